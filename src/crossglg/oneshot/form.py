"""By how many degrees a movement differs from the one that was shown, segment by segment.

Source: ours. Both movements are brought to the same number of moments and aligned in time so that
the mean angle between segments is least (DTW): slow and quick are no difference. Sizes of bodies
are none either: directions have no length. Chosen on development exercises (docs/streams.md).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossglg.oneshot.alignment import Alignment, align
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.normalize import resample
from crossglg.skeleton.rotation import rotation_about_vertical
from crossglg.skeleton.segments import Segments
from crossglg.skeleton.smoothing import smooth

_MOMENTS = 48
"""Of either movement."""
_SMOOTHED = 1 / 12
"""Of a movement, over how much joints are averaged: sensors tremble."""
_LASTING = 0.75
"""A segment is off by the angle that it does not exceed in this share of the movement: what is
off for less than a quarter of it may be a joint that was misplaced for a moment."""

Body = NDArray[np.float32]
"""(T V 3) a movement's moments."""
Directions = NDArray[np.float32]
"""(T S 3) of length one."""


@dataclass(frozen=True, eq=False)
class FormDifference:
    """How a movement differs from another. S segments.

    Attributes:
        degrees: (S) by how much each segment points elsewhere, for a quarter of the time or more.
        overall: Mean over segments and moments, degrees.
        ways: (S 3) where each points instead while it does, seen from who moves: to the right,
            up, back; differences of directions of length one.
        moments: (S) when it is off most, from 0, the beginning, to 1.
    """

    degrees: NDArray[np.float32]
    overall: float
    ways: NDArray[np.float32]
    moments: NDArray[np.float64]


def sample_form(clip: SkeletonClip) -> Body:
    """The steadied moments of one person, aligned, everything seen, without rests around."""
    steady = smooth(clip, _SMOOTHED * clip.duration_s)
    return resample(steady, frame_count=_MOMENTS).joints[0]


def compare_roughly(
    done: Body, shown: NDArray[np.float32], segments: Segments
) -> NDArray[np.float32]:
    """(E) mean differences in degrees from movements (E T V 3) if all kept the same pace."""
    return _measure_angles(segments.point(done), segments.point(shown)).mean(axis=(1, 2))


def compare_form(done: Body, shown: Body, segments: Segments) -> FormDifference:
    """Compare two movements, as ``sample_form`` gives them."""
    theirs = segments.point(shown)
    path = _align(segments.point(done), theirs)
    turned = done @ _find_turn(done[path.query], shown[path.exemplar], segments).T
    mine = segments.point(turned)
    path = _align(mine, theirs)
    before, after = theirs[path.exemplar], mine[path.query]  # (L S 3)
    degrees, apart = _measure_angles(after, before), after - before
    lasting = np.quantile(degrees, _LASTING, axis=0)
    while_off = degrees >= lasting  # (L S)
    ways = (apart * while_off[..., None]).sum(axis=0) / while_off.sum(axis=0)[:, None]
    moments = path.query[degrees.argmax(axis=0)] / (_MOMENTS - 1)
    return FormDifference(lasting, float(degrees.mean()), ways, moments)


def _align(mine: Directions, theirs: Directions) -> Alignment:
    return align(_measure_angles(mine[:, None], theirs[None]).mean(axis=-1))


def _find_turn(done: Body, shown: Body, segments: Segments) -> NDArray[np.float32]:
    """The rotation (3 3) about the vertical after which bodies (L V 3) face the same way.

    All moments are heard, as the hips of one frame, by which clips are aligned, say it to a few
    degrees only. A median, as a limb that is off is no reason to turn the others.
    """
    mine, theirs = (_look_from_above(each, segments) for each in (done, shown))
    turns = mine.conj() * theirs
    mean = turns.sum()
    off = np.angle(turns * mean.conj())
    order = off.argsort()
    weights = np.abs(turns)[order].cumsum()
    middle = off[order[np.searchsorted(weights, weights[-1] / 2)]]
    return rotation_about_vertical(float(np.angle(mean) + middle))


def _look_from_above(joints: Body, segments: Segments) -> NDArray[np.complex64]:
    """Where segments, hips and shoulders point to the right and ahead, all in one row."""
    pointed = (segments.point(joints), segments.point_across(joints))
    directions = np.concatenate(pointed, axis=1)  # (L S+2 3)
    return np.asarray(directions[..., 0] - 1j * directions[..., 2], dtype=np.complex64).ravel()


def _measure_angles(some: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Degrees (...) between directions (... 3) of length one; half the chord is exact near zero."""
    halves = np.linalg.norm(some - others, axis=-1) / 2
    return np.asarray(np.degrees(2 * np.arcsin(np.minimum(halves, 1.0))), dtype=np.float32)
