"""Poses as they come: frames with a time, from a camera, a video, a sensor or a file."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.steady import make_steady


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
    joints = np.stack([frame.joints for frame in frames], axis=1)
    visible = np.stack([frame.visible for frame in frames], axis=1)
    return make_steady(joints, visible, np.array([frame.time_s for frame in frames]), layout)
