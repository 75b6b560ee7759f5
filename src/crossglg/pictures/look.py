"""A clip as a moving skeleton, coloured by what a model looks at, moment by moment."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from crossglg.checkpoint import PlainCheckpoint
from crossglg.oneshot import prepare_clip
from crossglg.oneshot.moments import importance_over_time, stretch
from crossglg.report import Look, MovingSkeleton
from crossglg.skeleton.cleaning import clean
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.normalize import normalize

_FPS = 20.0
_FEWEST_FRAMES, _MOST_FRAMES = 24, 96
_MOST_PERSONS = 2


def show_clip(clip: SkeletonClip, checkpoint: PlainCheckpoint) -> SkeletonClip:
    """A clip as the model is shown it, with as many frames as the eye needs."""
    return prepare_clip(clip, replace(checkpoint, frame_count=_count_frames(clip)))


def picture_clip(
    clip: SkeletonClip, checkpoint: PlainCheckpoint | None, *, title: str, note: str = ""
) -> MovingSkeleton:
    """A clip to be drawn.

    Args:
        clip: Of any layout; with a model, of one that maps to the model's.
        checkpoint: Colours joints by importance over time; None leaves them alike.
        title: What the clip is called.
        note: More about it.

    Raises:
        LayoutError: The clip's joints say nothing about a joint of the model.
        ClipError: Nobody is seen.
    """
    importance = None
    if checkpoint is None:
        cleaned = clean(clip, max_persons=min(clip.person_count, _MOST_PERSONS))
        shown = normalize(cleaned, frame_count=_count_frames(clip))
    else:
        shown = show_clip(clip, checkpoint)
        over_time = importance_over_time(checkpoint, clip)
        importance = None if over_time is None else stretch(over_time, shown.frame_count)
    return MovingSkeleton(
        title=title,
        joints=shown.joints,
        present=shown.present,
        importance=importance,
        fps=shown.fps,
        layout=shown.layout,
        note=note,
    )


def picture_look(predicted: MovingSkeleton, named: NDArray[np.bool_] | None) -> Look:
    """A clip beside itself, coloured by the joints (V) that a text named."""
    if named is None:
        return Look(predicted, None)
    words = replace(predicted, importance=named.astype(np.float32), note="")
    return Look(predicted, words)


def _count_frames(clip: SkeletonClip) -> int:
    return int(np.clip(round(clip.duration_s * _FPS), _FEWEST_FRAMES, _MOST_FRAMES))
