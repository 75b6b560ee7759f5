"""Between the keys: smooth curves that stop at a key, pass through it, or hit it."""

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ease: TypeAlias = Literal["stop", "through", "hit"]
"""How a key is met: at rest, in passing, or at full speed and then at rest (a blow)."""

_BLOW = 2.0  # speed at a hit, relative to the mean speed on the way to it


def interpolate(
    times: NDArray[np.float64],
    values: NDArray[np.float64],
    eases: NDArray[np.str_],
    *,
    at: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Cubic Hermite curves through keys.

    Args:
        times: (K) seconds, increasing.
        values: (K D) what the keys say.
        eases: (K) one ``Ease`` per key.
        at: (T) seconds; outside the keys the nearest key holds.

    Returns:
        (T D) values at those times.
    """
    steps = np.diff(times)
    slopes = np.diff(values, axis=0) / steps[:, None]
    arriving, leaving = np.zeros_like(values), np.zeros_like(values)
    passing = np.zeros_like(values)
    passing[1:-1] = (values[2:] - values[:-2]) / (times[2:] - times[:-2])[:, None]
    through, hit = eases == "through", eases == "hit"
    arriving[through] = leaving[through] = passing[through]
    arriving[1:][hit[1:]] = _BLOW * slopes[hit[1:]]

    at = np.clip(at, times[0], times[-1])
    before = np.clip(np.searchsorted(times, at, side="right") - 1, 0, len(steps) - 1)
    step = steps[before][:, None]
    u = ((at - times[before]) / steps[before])[:, None]
    rise = u * u * (3 - 2 * u)
    return (
        values[before] * (1 - rise)
        + values[before + 1] * rise
        + step * u * (1 - u) * ((1 - u) * leaving[before] - u * arriving[before + 1])
    )
