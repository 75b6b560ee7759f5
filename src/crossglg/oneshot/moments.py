"""Importance over time: the importance module asked about one part of a clip after another.

The method reads one importance per clip, from features averaged over all of it. Here the same
layers read averages over a window instead. The answer is the module's own; that it was only ever
trained on whole clips is to be kept in mind when looking at it.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from crossglg.checkpoint import PlainCheckpoint
from crossglg.oneshot.features import prepare_clip
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.stack import stack_clips

_WINDOW = 0.25
"""Share of the clip that a moment is read from: long enough to hold a phase of a movement."""


@torch.inference_mode()
def importance_over_time(
    checkpoint: PlainCheckpoint, clip: SkeletonClip, *, window: float = _WINDOW
) -> NDArray[np.float32] | None:
    """What matters around each moment of a clip.

    Args:
        checkpoint: The trained branch and what its clips must look like.
        clip: Of any layout that maps to the model's.
        window: Share of the clip around each moment that is read, above 0; from 2 on every
            moment reads the whole clip, as recognition does.

    Returns:
        (T V) at the model's ``frame_count`` frames and joints, averaged over persons, each row
        sums to one; None where the model predicts no importance.

    Raises:
        LayoutError: The clip's joints say nothing about a joint of the model.
        ClipError: Nobody is seen.
    """
    prepared = prepare_clip(clip, checkpoint)
    joints, present = stack_clips([prepared], max_persons=checkpoint.max_persons)
    branch = checkpoint.folded
    read = branch.importance_over_time(torch.from_numpy(joints), window=window)
    if read is None:
        return None
    there = present[0].any(axis=-1)
    mean: NDArray[np.float32] = read.numpy()[there].mean(axis=0)
    return stretch(mean, checkpoint.frame_count)


def stretch(values: NDArray[np.float32], frame_count: int) -> NDArray[np.float32]:
    """(T' V) at the middles of equal spans -> (T V) at frames, by linear interpolation."""
    middles = (np.arange(len(values)) + 0.5) / len(values)
    times = (np.arange(frame_count) + 0.5) / frame_count
    columns = [np.interp(times, middles, column) for column in values.T]
    return np.stack(columns, axis=1).astype(np.float32)
