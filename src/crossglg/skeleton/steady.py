"""Frames that came when they liked, as a clip of a steady rate.

One rule for all recordings: what a page, a video or a sensor saw becomes the same clip.
"""

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.normalize import sample_frames

LONGEST_GAP_S = 0.5
"""Between frames farther apart than this nothing is interpolated: nobody was seen meanwhile."""

_SAME_S = 1e-6


def make_steady(
    joints: NDArray[np.float32],
    visible: NDArray[np.bool_],
    times_s: NDArray[np.float64],
    layout: Layout,
) -> SkeletonClip:
    """Joints (M T V 3) and their visibility (M T V) at the median rate of their times (T).

    Raises:
        ClipError: Time does not go on.
    """
    if len(times_s) == 1:
        return SkeletonClip(joints, visible, 1.0, layout)
    steps = np.diff(times_s)
    if not (steps > 0).all():
        raise ClipError("Expected frames in order of time, found one that is not later.")
    step_s = float(np.median(steps))
    clip = SkeletonClip(joints, visible, 1 / step_s, layout)
    if np.ptp(steps) < step_s / 10:
        return clip
    grid = times_s[0] + step_s * np.arange(round((times_s[-1] - times_s[0]) / step_s) + 1)
    place = _find_places(np.minimum(grid, times_s[-1]), times_s)
    sampled = sample_frames(clip, place)
    before, after = np.floor(place).astype(np.int64), np.ceil(place).astype(np.int64)
    in_a_gap = times_s[after] - times_s[before] > LONGEST_GAP_S
    return sampled.with_joints(sampled.joints, sampled.visible & ~in_a_gap[None, :, None])


def _find_places(grid: NDArray[np.float64], times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """(T') where moments lie among the frames; whole numbers where they are a frame's own."""
    place = np.interp(grid, times_s, np.arange(len(times_s)))
    nearest = np.rint(place)
    is_same = np.abs(times_s[nearest.astype(np.int64)] - grid) < _SAME_S
    return np.where(is_same, nearest, place)
