"""An explanation as a picture: exemplar, query and runner-up in step, coloured by who spoke."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from crossglg.gallery import Exemplar, Explanation
from crossglg.oneshot.alignment import Alignment, align_movements
from crossglg.oneshot.moments import stretch
from crossglg.pictures.look import show_clip
from crossglg.recogniser import Recogniser
from crossglg.report import Decision, MovingSkeleton, PathPicture
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.normalize import sample_frames


def picture_explanation(
    explanation: Explanation,
    recogniser: Recogniser,
    *,
    title: str,
    note: str = "",
    correct: bool | None = None,
) -> Decision:
    """Everything the page and the animation show of an explanation.

    Args:
        explanation: The answer with its parts.
        recogniser: The model that gave it.
        title: What the query is called.
        note: More about it.
        correct: Whether the answer is right, where that is known.
    """
    checkpoint = recogniser.checkpoint
    query = show_clip(explanation.clip, checkpoint)
    importance = recogniser.embed([explanation.clip]).importance[0]
    parts = stretch(explanation.parts.astype(np.float32), query.frame_count)
    others = (explanation.nearest, explanation.rival)
    clips = [show_clip(other.clip, checkpoint) for other in others]
    # Joints count as in the matcher: by how much they matter in either clip.
    paths = [
        align_movements(query, clip, (importance + other.features.importance[0]) / 2)
        for clip, other in zip(clips, others, strict=True)
    ]
    nearest, rival = (
        _colour(in_step(clip, path, like=query), parts, title=other.title, note=other.source)
        for clip, other, path in zip(clips, others, paths, strict=True)
    )
    asked = _colour(query, parts, title=title, note=note)
    return Decision(
        sentence=explanation.sentence,
        skeletons=(nearest, replace(asked, correct=correct), rival),
        parts=explanation.parts,
        difference=explanation.distances[1] - explanation.distances[0],
        joints=explanation.joints,
        duration_s=explanation.clip.duration_s,
        paths=tuple(_path(other, path) for other, path in zip(others, paths, strict=True)),
    )


def in_step(clip: SkeletonClip, path: Alignment, *, like: SkeletonClip) -> SkeletonClip:
    """Play a clip as it was aligned: at each moment of ``like`` it is where the path put it."""
    frames, others = path.costs.shape
    # Both begin and end together, and the middles of aligned frames meet.
    here = np.concatenate([[0.0], (np.arange(frames) + 0.5) / frames, [1.0]])
    there = np.concatenate([[0.0], (path.partners() + 0.5) / others, [1.0]])
    asked = (np.arange(like.frame_count) + 0.5) / like.frame_count
    times = np.interp(asked, here, there) * clip.frame_count - 0.5
    moved = sample_frames(clip, np.clip(times, 0, clip.frame_count - 1))
    return replace(moved, fps=like.fps)


def _colour(
    clip: SkeletonClip, parts: NDArray[np.float32], *, title: str, note: str
) -> MovingSkeleton:
    return MovingSkeleton(
        title=title,
        joints=clip.joints,
        present=clip.present,
        importance=parts,
        fps=clip.fps,
        layout=clip.layout,
        note=note,
        scale="contribution",
    )


def _path(exemplar: Exemplar, path: Alignment) -> PathPicture:
    return PathPicture(exemplar.title, path.costs, path.query, path.exemplar)
