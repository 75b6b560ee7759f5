"""Clean what a sensor delivered: drop noise bodies, fill gaps, choose the persons.

Sensors report chairs as bodies, lose hands behind backs and number persons at random. After
``clean`` every person left is visible in every joint of every frame, the most active one first.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError, ConfigError
from crossglg.skeleton.clip import SkeletonClip

MIN_PRESENCE = 0.15
"""A body seen in a smaller share of the frames of the body seen longest is noise. NTU RGB+D
practice drops bodies of at most 11 frames, in clips of about 80."""

MAX_WIDTH_TO_HEIGHT = 0.8
"""A frame in which a body is wider than this share of its height is not human-like (NTU RGB+D
practice for the extents along x and y)."""

MAX_WIDE_FRAMES = 0.7
"""A body that is too wide in a larger share of its frames is noise (NTU RGB+D practice)."""


def clean(clip: SkeletonClip, *, max_persons: int = 2) -> SkeletonClip:
    """Drop noise bodies, fill all gaps, keep the most active persons.

    Cleaning a clean clip changes nothing. Noise goes before persons are chosen, since
    a flickering chair outdoes any person in activity.

    Args:
        clip: As the sensor delivered it.
        max_persons: Most persons to keep, at least 1.

    Returns:
        A clip of 1 to ``max_persons`` persons in which everything is visible.

    Raises:
        ClipError: Nobody is ever seen.
        ConfigError: ``max_persons`` is below 1.
    """
    persons = drop_noise(clip)
    filled = fill_gaps(persons)
    if filled is not persons:
        # Filling adds frames to judge; judging them now keeps a second cleaning from finding more.
        filled = drop_noise(filled)
    return choose_persons(filled, max_persons=max_persons)


def choose_persons(clip: SkeletonClip, *, max_persons: int) -> SkeletonClip:
    """Keep the persons that move most, most active first, whatever their order in the file.

    Activity is the mean speed of the joints times the share of the clip in which they are seen.
    Among equally active persons (a clip of one frame has only such) the one seen more comes
    first, then the one with the longer bones: in pictures, the nearer one. Persons never seen
    are left out.

    Raises:
        ClipError: Nobody is ever seen.
        ConfigError: ``max_persons`` is below 1.
    """
    if max_persons < 1:
        raise ConfigError(f"Expected to keep at least one person, found max_persons={max_persons}.")
    _refuse_empty(clip)
    if clip.person_count == 1:
        return clip
    seen_share = clip.visible.mean(axis=(1, 2))
    order = np.lexsort((-_measure_bones(clip), -seen_share, -_measure_activity(clip)))
    return _keep_persons(clip, order[seen_share[order] > 0][:max_persons])


def drop_noise(clip: SkeletonClip) -> SkeletonClip:
    """Leave out bodies that are seen too rarely or are too wide for a human; never all of them.

    Width is the greatest horizontal distance between two joints, so that turning the room changes
    no decision. Where every body is too wide (all lying, or all cut off by a desk), width tells
    nothing and is not judged.

    Raises:
        ClipError: Nobody is ever seen.
    """
    _refuse_empty(clip)
    if clip.person_count == 1:
        return clip
    frames_seen = clip.present.sum(axis=1)
    kept = _keep_persons(clip, np.flatnonzero(frames_seen >= MIN_PRESENCE * frames_seen.max()))
    if kept.person_count == 1:
        return kept
    slim = np.flatnonzero(_measure_wide_share(kept) <= MAX_WIDE_FRAMES)
    return _keep_persons(kept, slim) if len(slim) else kept


def fill_gaps(clip: SkeletonClip) -> SkeletonClip:
    """Give unseen joints a position and mark them visible.

    In time, a joint moves linearly from where it was last seen to where it is seen next, and rests
    before its first and after its last sighting. A joint never seen takes the place of its parent
    joint; a root never seen takes the middle of the joints that were. A person never seen stays
    absent.
    """
    if clip.visible.all():
        return clip
    in_time = _fill_in_time(clip)
    return in_time if in_time.visible.all() else _fill_from_parents(in_time)


def _refuse_empty(clip: SkeletonClip) -> None:
    if not clip.visible.any():
        raise ClipError(
            f"Expected a person in at least one of {clip.frame_count} frames, found nobody. "
            "Leave this clip out."
        )


def _keep_persons(clip: SkeletonClip, persons: NDArray[np.int64]) -> SkeletonClip:
    return replace(clip, joints=clip.joints[persons], visible=clip.visible[persons])


def _measure_activity(clip: SkeletonClip) -> NDArray[np.float64]:
    """(M) distance per frame that a joint travels in sight, averaged over joints and frames."""
    seen = np.where(clip.visible[..., None], clip.joints, 0.0).astype(np.float64)
    steps = np.linalg.norm(np.diff(seen, axis=1), axis=-1)
    in_sight = clip.visible[:, 1:] & clip.visible[:, :-1]
    travelled: NDArray[np.float64] = np.where(in_sight, steps, 0.0).sum(axis=(1, 2))
    return travelled / (clip.frame_count * clip.layout.joint_count)


def _measure_bones(clip: SkeletonClip) -> NDArray[np.float64]:
    """(M) length of the bones in sight, summed over joints and frames."""
    seen = np.where(clip.visible[..., None], clip.joints, 0.0).astype(np.float64)
    parents = clip.layout.parent_index
    lengths = np.linalg.norm(seen - seen[:, :, parents], axis=-1)
    in_sight = clip.visible & clip.visible[:, :, parents]
    total: NDArray[np.float64] = np.where(in_sight, lengths, 0.0).sum(axis=(1, 2))
    return total


def _measure_wide_share(clip: SkeletonClip) -> NDArray[np.float64]:
    """(M) share of a person's frames in which the body is too wide for its height."""
    shares = np.zeros(clip.person_count)
    for person in range(clip.person_count):
        in_frame = clip.present[person]
        body, seen = clip.joints[person, in_frame], clip.visible[person, in_frame]
        top = np.where(seen, body[..., 1], -np.inf).max(axis=-1)
        bottom = np.where(seen, body[..., 1], np.inf).min(axis=-1)
        # An unseen joint stands where the frame's first seen one does and widens nobody.
        first = np.take_along_axis(body, seen.argmax(axis=1)[:, None, None], axis=1)
        ground = np.where(seen[..., None], body, first)
        square = _spread(ground[..., 0]) + _spread(ground[..., 2])
        width = np.sqrt(square.max(axis=(1, 2)))
        shares[person] = (width > MAX_WIDTH_TO_HEIGHT * (top - bottom)).mean()
    return shares


def _spread(places: NDArray[np.float32]) -> NDArray[np.float32]:
    """(T V) -> (T V V) squared distances between all of a frame."""
    return np.square(places[:, :, None] - places[:, None])


def _fill_in_time(clip: SkeletonClip) -> SkeletonClip:
    """Interpolate every joint that is ever seen over its unseen stretches."""
    frame = np.arange(clip.frame_count)[None, :, None]
    last = clip.frame_count - 1
    before = np.maximum.accumulate(np.where(clip.visible, frame, -1), axis=1)
    after = np.where(clip.visible, frame, last + 1)
    after = np.minimum.accumulate(after[:, ::-1], axis=1)[:, ::-1]
    ever_seen = clip.visible.any(axis=1, keepdims=True)
    visible = np.repeat(ever_seen, clip.frame_count, axis=1)

    start = np.where(before >= 0, before, np.minimum(after, last))
    stop = np.where(after <= last, after, start)
    progress = (frame - start) / np.maximum(stop - start, 1)
    progress = np.clip(progress, 0.0, 1.0)[..., None].astype(np.float32)
    seen = np.where(clip.visible[..., None], clip.joints, np.float32(0))
    first = np.take_along_axis(seen, start[..., None], axis=1)
    second = np.take_along_axis(seen, stop[..., None], axis=1)
    between = first * (1 - progress) + second * progress
    joints = np.where(clip.visible[..., None], seen, between)
    return clip.with_joints(np.where(visible[..., None], joints, np.float32(0)), visible)


def _fill_from_parents(clip: SkeletonClip) -> SkeletonClip:
    """Put joints never seen where their parents are, from the root outwards.

    Args:
        clip: Filled in time: every joint is seen in all frames or in none.
    """
    joints, visible = clip.joints.copy(), clip.visible.copy()
    ever_seen = np.any(clip.visible, axis=1)
    never_seen = np.any(ever_seen, axis=1, keepdims=True) & ~ever_seen
    layout = clip.layout
    for joint in sorted(layout.joints, key=lambda joint: len(layout.path_to_root(joint))):
        index = layout.index(joint)
        persons = np.flatnonzero(never_seen[:, index])
        if not len(persons):
            continue
        if joint == layout.root:
            weights = visible[persons].astype(np.float32)[..., None]
            joints[persons, :, index] = (joints[persons] * weights).sum(axis=2) / weights.sum(
                axis=2
            )
        else:
            joints[persons, :, index] = joints[persons, :, layout.parent_index[index]]
        visible[persons, :, index] = True
    return clip.with_joints(joints, visible)
