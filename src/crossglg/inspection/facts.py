"""What is read from every clip, once; findings are made from these alone."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossglg.inspection.body import Body, Posture, read_posture
from crossglg.skeleton.clip import SkeletonClip

_FEW_FRAMES = 5
"""In shorter clips nothing can be said about what stands still."""


@dataclass(frozen=True, eq=False)
class ClipFacts:
    """One clip. V joints.

    Attributes:
        name: Of the clip.
        class_name: Of its action.
        fps: Frames per second.
        digest: Equal for clips of equal content.
        unseen: (V) share of frames in which each joint was not seen, of the person seen most.
        still: (V) whether a joint that was seen never moved, though others did.
        at_origin: (V) whether a joint lies in the origin in most frames.
        frozen: Share of frames exactly equal to the one before.
        body: The person seen most.
        posture: None where the layout lacks a torso.
        hand_speed: 95th percentile over frames, body heights per second; NaN if unknown.
    """

    name: str
    class_name: str
    fps: float
    digest: bytes
    unseen: NDArray[np.float64]
    still: NDArray[np.bool_]
    at_origin: NDArray[np.bool_]
    frozen: float
    body: Body
    posture: Posture | None
    hand_speed: float


def read_facts(clip: SkeletonClip, *, name: str, class_name: str) -> ClipFacts:
    """Look at one clip."""
    body = Body.of(clip)
    joints = body.joints
    seen = np.asarray(np.isfinite(joints).all(axis=-1))
    same = np.all((joints[1:] == joints[:-1]).all(axis=-1) | ~(seen[1:] | seen[:-1]), axis=1)
    same &= seen[1:].any(axis=1)  # who is not seen is not frozen
    enough = len(joints) >= _FEW_FRAMES
    frozen = float(same.mean()) if enough else 0.0
    there = seen[..., None]
    lowest = joints.min(axis=0, where=there, initial=np.inf)
    highest = joints.max(axis=0, where=there, initial=-np.inf)
    moved = (highest > lowest).any(axis=-1) | ~seen.any(axis=0)
    still = ~moved & bool(enough and moved.any())
    origin = ((joints == 0).all(axis=-1) & seen).mean(axis=0) > 0.5
    posture = read_posture(body) if body.knows_torso else None
    content = clip.joints.tobytes() + clip.visible.tobytes()
    return ClipFacts(
        name,
        class_name,
        clip.fps,
        hashlib.blake2b(content, digest_size=16).digest(),
        1.0 - seen.mean(axis=0),
        still,
        origin,
        frozen,
        body,
        posture,
        float("nan") if posture is None else _measure_hands(body, posture, clip.fps),
    )


def _measure_hands(body: Body, posture: Posture, fps: float) -> float:
    hands = [body.at(side + body.wrist) for side in ("left_", "right_")]
    steps = np.concatenate([np.linalg.norm(np.diff(hand, axis=0), axis=1) for hand in hands])
    steps = steps[np.isfinite(steps)]
    if not steps.size or not posture.height > 0:
        return float("nan")
    return float(np.percentile(steps, 95)) * fps / posture.height
