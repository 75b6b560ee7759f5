"""``augment`` for a batch of clips in a few array operations, each clip by its own key."""

from dataclasses import dataclass
from typing import Self

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
from crossglg.skeleton.packed import Moments, PackedClips, PersonRows, sample_packed


def throw(clips: PackedClips, keys: Keys, *, strength: Augmentation, frame_count: int) -> Throws:
    """What the dice say for N clips; one's depend on its key alone, not on its company.

    Numbers that no strength asks for are not drawn.
    """
    joint_count = clips.layout.joint_count
    numbers = draw_uniform(keys, 8 + joint_count)
    persons = PersonRows.find(clips)
    noise = np.zeros((len(persons), frame_count, joint_count, 3), dtype=np.float32)
    if strength.noise:
        noise = draw_normal(person_keys(keys, persons), noise[0].size).reshape(noise.shape)
    return Throws(numbers[:, :4], 2 * numbers[:, 4:8] - 1, numbers[:, 8:], noise)


def person_keys(keys: Keys, persons: PersonRows) -> Keys:
    """(P) whose noise is whose, from the keys (N) of their clips."""
    return make_keys(keys[persons.owner], 1 + persons.number)


@dataclass(frozen=True, eq=False)
class Variation:
    """How N clips of P persons in all are varied: small tables, and no points yet.

    Attributes:
        persons: The persons.
        moments: (P T') when they are seen.
        view: (P 3 3) how they are turned and scaled.
        source: (P V) which joint is taken in the place of each.
        mirrored: (P) whether x changes its sign in the end.
    """

    persons: PersonRows
    moments: Moments
    view: NDArray[np.float32]
    source: NDArray[np.int64]
    mirrored: NDArray[np.bool_]

    @classmethod
    def plan(
        cls,
        clips: PackedClips,
        throws: Throws,
        *,
        mirrored: NDArray[np.bool_],
        strength: Augmentation,
    ) -> Self:
        """As the dice have it; ``mirrored`` (N) is the caller's choice."""
        layout, persons = clips.layout, PersonRows.find(clips)
        # Losing joints and mirroring both come down to which joint is taken in whose place.
        source = find_kept_ancestors(throws.loss < strength.drop, layout.parent_index)
        if mirrored.any():
            source = np.where(mirrored[:, None], source[:, layout.mirror_index], source)
        return cls(
            persons,
            Moments.find(clips, persons, vary_time(throws, clips.frames, strength)),
            vary_view(throws.view, strength)[persons.owner],
            source[persons.owner],
            mirrored[persons.owner],
        )


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
    plan = Variation.plan(clips, throws, mirrored=mirrored, strength=strength)
    sampled = sample_packed(clips, plan.moments)
    points = sampled.reshape(len(sampled), -1, 3) @ plan.view.swapaxes(1, 2)
    joints = points.reshape(sampled.shape)
    if strength.noise:
        joints += np.float32(strength.noise) * throws.noise
    _take_joints(joints, plan.source)
    joints[plan.mirrored, ..., 0] *= -1
    return plan.persons.spread(joints, clip_count=len(clips), max_persons=max_persons)


def _take_joints(joints: NDArray[np.float32], source: NDArray[np.int64]) -> None:
    """Put joint ``source`` (P V) in the place of each joint of (P T V 3), where it is another."""
    _, frame_count, joint_count, _ = joints.shape
    changed = np.flatnonzero((source != np.arange(joint_count)).any(axis=1))
    frame = changed[:, None, None] * frame_count + np.arange(frame_count)[:, None]
    index = frame * joint_count + source[changed][:, None]
    joints[changed] = joints.reshape(-1, 3).take(index, axis=0)
