"""The two colour scales of the page: how important, and for or against an answer.

Both run evenly in lightness, so that they can be told apart by people who see few colours and on
paper without any. ``style.css`` has the same colours for the page, and others for the dark.
``figure.py``, whose one picture stands on light and dark alike, has a scale of its own.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossglg.report.scene import Scale

IMPORTANCE = ("#d5cfc6", "#f2a779", "#d9586b", "#92297a", "#3b0f60")
CONTRIBUTION = ("#a8480a", "#e0a06a", "#d9d7d2", "#6aa9cf", "#0b4f86")
BONE, INK, PAPER, GROUND = "#8d929e", "#1b1c20", "#ffffff", "#e4e4df"

_STEPS, _FADES, _LAST_FADE = 40, 16, 0.8

_SCALES: dict[Scale, tuple[tuple[str, ...], float]] = {
    "importance": (IMPORTANCE, 0.0),
    "contribution": (CONTRIBUTION, -1.0),
}


def colour_of(share: float, scale: Scale) -> tuple[int, int, int]:
    """Red, green, blue of a share, 0 to 1, or -1 to 1 of a contribution."""
    ramp, lowest = _SCALES[scale]
    stops = np.array([_rgb(colour) for colour in ramp])
    place = (np.clip(share, lowest, 1.0) - lowest) / (1.0 - lowest) * (len(stops) - 1)
    mixed = [round(float(np.interp(place, np.arange(len(stops)), part))) for part in stops.T]
    return mixed[0], mixed[1], mixed[2]


def list_colours() -> list[tuple[int, int, int]]:
    """All colours of a picture: both scales, and lines that fade into the paper; at most 256."""
    paper = _rgb(PAPER)
    found = [_plain(paper), _plain(_rgb(GROUND))]
    found += [
        colour_of(float(share), scale)
        for scale, (_, lowest) in _SCALES.items()
        for share in np.linspace(lowest, 1.0, _STEPS)
    ]
    for line in (BONE, INK):
        # Short of the paper itself: white would be taken for what is nearly white.
        for part in np.linspace(0.0, _LAST_FADE, _FADES):
            found.append(_plain(np.rint(_rgb(line) * (1 - part) + paper * part)))
    return list(dict.fromkeys(found))


def _plain(colour: NDArray[Any]) -> tuple[int, int, int]:
    return int(colour[0]), int(colour[1]), int(colour[2])


def _rgb(colour: str) -> NDArray[np.int64]:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], dtype=np.int64)
