"""``augment`` for a batch of clips in a few array operations, each clip by its own key."""

import numpy as np
from numpy.typing import NDArray

from crossglg.skeleton.augment import (
    Augmentation,
    Throws,
    find_kept_ancestors,
    vary_time,
    vary_view,
)
from crossglg.skeleton.chance import Keys, draw_normal, draw_uniform, make_keys
from crossglg.skeleton.packed import PackedClips, PersonRows, sample_packed


def throw(clips: PackedClips, keys: Keys, *, strength: Augmentation, frame_count: int) -> Throws:
    """What the dice say for N clips; one's depend on its key alone, not on its company.

    Numbers that no strength asks for are not drawn.
    """
    joint_count = clips.layout.joint_count
    numbers = draw_uniform(keys, 8 + joint_count)
    persons = PersonRows.find(clips)
    noise = np.zeros((len(persons), frame_count, joint_count, 3), dtype=np.float32)
    if strength.noise:
        own = make_keys(keys[persons.owner], 1 + persons.number)
        noise = draw_normal(own, noise[0].size).reshape(noise.shape)
    return Throws(numbers[:, :4], 2 * numbers[:, 4:8] - 1, numbers[:, 8:], noise)


def vary_packed(
    clips: PackedClips,
    throws: Throws,
    *,
    mirrored: NDArray[np.bool_],
    strength: Augmentation,
    max_persons: int,
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """``vary`` for N clips at once, of which some are mirrored afterwards, stacked.

    Args:
        clips: N aligned clips.
        throws: The dice.
        mirrored: (N).
        strength: How strongly they vary.
        max_persons: M of the result.

    Returns:
        Joints (N M T V 3), zero for absent persons, and presence (N M T).

    Raises:
        ClipError: A clip has more than ``max_persons`` persons.
    """
    layout, persons = clips.layout, PersonRows.find(clips)
    sampled = sample_packed(clips, persons, vary_time(throws, clips.frames, strength))
    view = vary_view(throws.view, strength)[persons.owner]
    points = sampled.reshape(len(persons), -1, 3) @ view.swapaxes(1, 2)
    joints = points.reshape(sampled.shape)
    if strength.noise:
        joints += np.float32(strength.noise) * throws.noise
    # Losing joints and mirroring both come down to which joint is taken in whose place.
    source = find_kept_ancestors(throws.loss < strength.drop, layout.parent_index)
    source = np.where(mirrored[:, None], source[:, layout.mirror_index], source)
    _take_joints(joints, source[persons.owner])
    joints[mirrored[persons.owner], ..., 0] *= -1
    return persons.spread(joints, clip_count=len(clips), max_persons=max_persons)


def _take_joints(joints: NDArray[np.float32], source: NDArray[np.int64]) -> None:
    """Put joint ``source`` (P V) in the place of each joint of (P T V 3), where it is another."""
    _, frame_count, joint_count, _ = joints.shape
    changed = np.flatnonzero((source != np.arange(joint_count)).any(axis=1))
    frame = changed[:, None, None] * frame_count + np.arange(frame_count)[:, None]
    index = frame * joint_count + source[changed][:, None]
    joints[changed] = joints.reshape(-1, 3).take(index, axis=0)
