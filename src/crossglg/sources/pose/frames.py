"""Poses as they come: frames with a time, from a camera, a video, a sensor or a file."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.normalize import sample_frames

LONGEST_GAP_S = 0.5
"""Between frames farther apart than this nothing is interpolated: nobody was seen meanwhile."""


@dataclass(frozen=True, eq=False)
class PoseFrame:
    """Everybody at one moment.

    Attributes:
        time_s: When; a source's frames are in order of time.
        joints: (M V 3) float32, metres, y up, right-handed; zero where not visible.
        visible: (M V); a person who is not there is not visible in any joint. A person keeps
            their place among the M for as long as the source can tell who is who.
    """

    time_s: float
    joints: NDArray[np.float32]
    visible: NDArray[np.bool_]


class PoseSource(Protocol):
    """Anything that gives poses in order of time; write your own for a sensor of your own."""

    @property
    def layout(self) -> Layout:
        """Which joint is which."""
        ...

    def frames(self) -> Generator[PoseFrame]:
        """Frame after frame, M the same in all. Closing the generator frees the device or file."""
        ...


def gather_clip(frames: list[PoseFrame], layout: Layout) -> SkeletonClip:
    """One clip of a steady rate, the median rate of the frames.

    Raises:
        ClipError: There is no frame, or time does not go on.
    """
    if not frames:
        raise ClipError("Expected at least one frame with a pose, found none.")
    times = np.array([frame.time_s for frame in frames])
    joints = np.stack([frame.joints for frame in frames], axis=1)
    visible = np.stack([frame.visible for frame in frames], axis=1)
    if len(frames) == 1:
        return SkeletonClip(joints, visible, 1.0, layout)
    steps = np.diff(times)
    if not (steps > 0).all():
        raise ClipError("Expected frames in order of time, found one that is not later.")
    step_s = float(np.median(steps))
    clip = SkeletonClip(joints, visible, 1 / step_s, layout)
    if np.ptp(steps) < step_s / 10:
        return clip
    grid = times[0] + step_s * np.arange(round((times[-1] - times[0]) / step_s) + 1)
    grid = np.minimum(grid, times[-1])
    sampled = sample_frames(clip, np.interp(grid, times, np.arange(len(times))))
    return sampled.with_joints(sampled.joints, sampled.visible & ~_in_a_gap(grid, times))


def _in_a_gap(grid: NDArray[np.float64], times: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(1 T 1) whether a moment lies inside a stretch without frames."""
    after = np.searchsorted(times, grid - 1e-9)
    before = np.maximum(after - 1, 0)
    after = np.minimum(after, len(times) - 1)
    inside = (times[after] - times[before] > LONGEST_GAP_S) & (np.abs(times[after] - grid) > 1e-6)
    return inside[None, :, None]
