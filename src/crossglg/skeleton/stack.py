"""Many clips as one array: (N M T V C) and who is there when."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError
from crossglg.skeleton.clip import SkeletonClip


def stack_clips(
    clips: Sequence[SkeletonClip], *, max_persons: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Stack clips of one layout and one number of frames.

    Args:
        clips: N clips; those of fewer persons are filled up with absent ones.
        max_persons: M of the result.

    Returns:
        Joints (N M T V 3), zero where not visible, and presence (N M T).

    Raises:
        ClipError: Clips differ in frames or joints, or one has more than ``max_persons`` persons.
    """
    shapes = {(clip.frame_count, clip.layout.joint_count) for clip in clips}
    if len(shapes) != 1:
        raise ClipError(f"Expected clips of one size, found (frames, joints) {sorted(shapes)}.")
    crowd = max(clip.person_count for clip in clips)
    if crowd > max_persons:
        raise ClipError(f"Expected at most {max_persons} persons, found {crowd}.")
    frames, joints = shapes.pop()
    stacked = np.zeros((len(clips), max_persons, frames, joints, 3), dtype=np.float32)
    present = np.zeros((len(clips), max_persons, frames), dtype=np.bool_)
    for number, clip in enumerate(clips):
        seen = np.where(clip.visible[..., None], clip.joints, np.float32(0))
        stacked[number, : clip.person_count] = seen
        present[number, : clip.person_count] = clip.present
    return stacked, present
