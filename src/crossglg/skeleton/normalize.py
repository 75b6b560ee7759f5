"""Take place, facing and body size out of a clip, and give it a fixed number of frames.

One frame of reference is found per clip, on the first person at the first frame in which their
torso is seen, and applied to everybody: two persons keep their geometry, later travel of the
body stays visible, and a person who enters late is not lost. (The published pipelines align each
person alone by frame 1, which destroys both; method page, section 4.1.) Where they face, all
their frames may say (``facing``).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.facing import Facing, find_facing
from crossglg.skeleton.packed import Moments, PackedClips, PersonRows, sample_packed
from crossglg.skeleton.rotation import rotation_about_vertical
from crossglg.skeleton.torso import find_torso, sees_torso

_SHORTEST_TORSO_M = 1e-3


def normalize(
    clip: SkeletonClip, *, frame_count: int, facing: Facing = "first-frame"
) -> SkeletonClip:
    """``align``, then ``resample``: what every encoder and matcher is fed with."""
    return resample(align(clip, facing=facing), frame_count=frame_count)


def align(clip: SkeletonClip, *, facing: Facing = "first-frame") -> SkeletonClip:
    """Put the hips at the origin, turn the body to face -z, make the torso one unit long.

    The vertical is kept: a lying person stays lying. A clip without depth (all z equal, such as
    poses from one picture) is not turned, since nobody knows where it faces.

    Args:
        clip: With at least one frame in which somebody's torso is seen.
        facing: Which of those frames say where the body faces.

    Returns:
        The clip in torso lengths instead of metres; same frames, same visibility.

    Raises:
        LayoutError: The layout lacks a hip or a shoulder.
        ClipError: In no frame are both hips and both shoulders of anybody seen.
    """
    torso = clip.joints[:, :, find_torso(clip.layout)]  # (M T 4 3)
    seen = sees_torso(clip)  # (M T)
    if not seen.any():
        raise ClipError(
            "Expected at least one frame in which somebody's hips and shoulders are seen, found "
            f"none in {clip.frame_count} frames; the clip cannot be centred or scaled."
        )
    person = int(np.flatnonzero(np.any(seen, axis=1))[0])
    torso = torso[person][seen[person]]
    hips = torso[:, :2]
    rows = (clip.joints - hips[0].mean(axis=0)).reshape(-1, 3)
    is_deep = np.ptp(clip.joints[..., 2][clip.visible]) > 0
    torso_length = np.float32(max(_torso_length(torso), _SHORTEST_TORSO_M))
    turn = rotation_about_vertical(find_facing(hips, facing) if is_deep else 0.0) / torso_length
    joints = (rows @ turn.T).reshape(clip.joints.shape)
    return clip.with_joints(np.where(clip.visible[..., None], joints, np.float32(0)))


def resample(clip: SkeletonClip, *, frame_count: int) -> SkeletonClip:
    """Stretch or squeeze a clip to ``frame_count`` frames by linear interpolation.

    Between a seen and an unseen frame nothing is invented: the seen one is repeated. The
    duration stays, so ``fps`` changes.
    """
    times = np.linspace(0.0, clip.frame_count - 1.0, frame_count)
    resampled = sample_frames(clip, times)
    return replace(resampled, fps=clip.fps * frame_count / clip.frame_count)


def sample_frames(clip: SkeletonClip, times: NDArray[np.float64]) -> SkeletonClip:
    """The clip at fractional frame positions ``times`` (T'), each within [0, T - 1]."""
    before = np.floor(times).astype(np.int64)
    after = np.minimum(np.ceil(times).astype(np.int64), clip.frame_count - 1)
    share = (times - before).astype(np.float32)[:, None]
    seen = np.where(clip.visible[..., None], clip.joints, np.float32(0))  # unseen may be NaN
    joints, visible = blend(
        (seen[:, before], clip.visible[:, before]), (seen[:, after], clip.visible[:, after]), share
    )
    return clip.with_joints(joints, visible)


def blend(
    first: tuple[NDArray[np.float32], NDArray[np.bool_]],
    second: tuple[NDArray[np.float32], NDArray[np.bool_]],
    share: float | NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Joints (... V 3) and visibility (... V) between two moments, ``share`` of the second.

    Between a seen and an unseen joint nothing is invented: the seen one is repeated.
    """
    (before, seen_before), (after, seen_after) = first, second
    share = np.where(seen_before & seen_after, share, np.where(seen_before, 0.0, 1.0))[..., None]
    joints = before * (1 - share) + after * share
    return joints.astype(np.float32), seen_before | seen_after


def align_packed(clips: PackedClips, *, facing: Facing = "first-frame") -> PackedClips:
    """``align`` for N clean clips at once; the rows of the result are its own, in order.

    Everything is visible, so the frame of reference is the first person's first frame.

    Raises:
        LayoutError: The layout lacks a hip or a shoulder.
    """
    torso_index = find_torso(clips.layout)
    lengths = clips.persons * clips.frames
    starts = np.cumsum(lengths) - lengths
    row = np.arange(lengths.sum()) + np.repeat(clips.starts - starts, lengths)
    rows = np.asarray(clips.rows)[row]
    hips = rows[:, torso_index[:2]]  # (R 2 3) of all rows
    angle = [
        find_facing(hips[start : start + count], facing)
        for start, count in zip(starts, clips.frames, strict=True)
    ]
    rows -= np.repeat(hips[starts].mean(axis=1), lengths, axis=0)[:, None]
    depth = rows[..., 2]
    is_deep = np.maximum.reduceat(depth.max(axis=1), starts) > np.minimum.reduceat(
        depth.min(axis=1), starts
    )
    turn = rotation_about_vertical(np.where(is_deep, angle, 0.0))
    turn /= _torso_lengths(rows, starts, clips, torso_index)
    rows = rows @ np.repeat(turn.swapaxes(1, 2), lengths, axis=0)
    return replace(clips, rows=rows, starts=starts)


def resample_packed(
    clips: PackedClips, *, frame_count: int, max_persons: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """``resample`` for N clean clips at once, stacked.

    Returns:
        Joints (N M T V 3), zero for absent persons, and presence (N M T).

    Raises:
        ClipError: A clip has more than ``max_persons`` persons.
    """
    times = np.linspace(0.0, clips.frames - 1.0, frame_count, axis=1)
    persons = PersonRows.find(clips)
    joints = sample_packed(clips, Moments.find(clips, persons, times))
    return persons.spread(joints, clip_count=len(clips), max_persons=max_persons)


def normalize_together(
    clips: Sequence[SkeletonClip],
    *,
    frame_count: int,
    max_persons: int,
    facing: Facing = "first-frame",
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """``normalize`` and stack clean clips of one layout.

    Returns:
        Joints (N M T V 3), zero for absent persons, and presence (N M T).

    Raises:
        LayoutError: The layout lacks a hip or a shoulder.
        ClipError: A clip has a gap, or more than ``max_persons`` persons.
    """
    aligned = align_packed(PackedClips.pack(clips), facing=facing)
    return resample_packed(aligned, frame_count=frame_count, max_persons=max_persons)


def _torso_length(torso: NDArray[np.float32]) -> float:
    """Median over frames (T 4 3) of the distance from the hips' middle to the shoulders'."""
    spine = torso[:, 2:].mean(axis=1) - torso[:, :2].mean(axis=1)
    return float(np.median(np.linalg.norm(spine, axis=-1)))


def _torso_lengths(
    rows: NDArray[np.float32],
    starts: NDArray[np.int64],
    clips: PackedClips,
    torso_index: list[int],
) -> NDArray[np.float32]:
    """(N 1 1) ``_torso_length`` of the first person of each clip, not below the shortest."""
    spine = rows[:, torso_index[2:]].mean(axis=1) - rows[:, torso_index[:2]].mean(axis=1)
    lengths = np.linalg.norm(spine, axis=-1)
    # Clips differ in length: behind its end each has infinities, and the middle stays its own.
    frame = np.arange(clips.frames.max())
    inside = frame < clips.frames[:, None]
    position = np.minimum(starts[:, None] + frame, len(lengths) - 1)
    ordered = np.sort(np.where(inside, lengths[position], np.inf), axis=1)
    middle = np.stack([(clips.frames - 1) // 2, clips.frames // 2], axis=1)
    median = np.take_along_axis(ordered, middle, axis=1).mean(axis=1)
    return np.maximum(median, _SHORTEST_TORSO_M).astype(np.float32)[:, None, None]
