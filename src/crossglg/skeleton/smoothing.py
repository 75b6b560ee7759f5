"""A movement without what trembles in it."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from crossglg.skeleton.clip import SkeletonClip


def smooth(clip: SkeletonClip, span_s: float) -> SkeletonClip:
    """Each joint where it is on average over so many seconds around; everything must be seen."""
    width = max(1, round(span_s * clip.fps))
    joints = average_rows(clip.joints.swapaxes(0, 1), width).swapaxes(0, 1)
    return clip.with_joints(np.ascontiguousarray(joints, dtype=np.float32))


def average_rows(rows: NDArray[np.floating], width: int) -> NDArray[np.floating]:
    """(T ...) the mean of so many rows around each; beyond the ends they stay as they are there."""
    around = [(width // 2, (width - 1) // 2)] + [(0, 0)] * (rows.ndim - 1)
    return sliding_window_view(np.pad(rows, around, mode="edge"), width, axis=0).mean(axis=-1)
