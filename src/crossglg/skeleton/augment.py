"""Seeded changes that leave an action what it is: turn, crop, change pace, shake, lose joints.

Mirroring is kept apart: it changes the action ("right" becomes "left"), so the caller decides
what the mirrored clip is called.
"""

from dataclasses import asdict, dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ConfigError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.normalize import rotation_about_vertical, sample_frames


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """How strongly training clips are varied; zero everywhere means not at all.

    Attributes:
        turn_rad: Largest turn about the vertical.
        tilt_rad: Largest tilt about each horizontal axis (a camera held crooked).
        scale: Largest relative change of size.
        crop: Largest share of the clip's frames cut off.
        pace: Strength of a smooth change of pace, 0 to below 1.
        noise: Standard deviation of joint jitter, in the clip's length unit.
        drop: Probability that a joint is lost; it then follows its parent.
    """

    turn_rad: float = 0.3
    tilt_rad: float = 0.1
    scale: float = 0.1
    crop: float = 0.25
    pace: float = 0.3
    noise: float = 0.01
    drop: float = 0.02

    def __post_init__(self) -> None:
        limits = {"crop": 1.0, "pace": 1.0, "drop": 1.0, "scale": 1.0}
        for name, value in asdict(self).items():
            if not 0 <= value < limits.get(name, inf):
                raise ConfigError(
                    f"Augmentation.{name}: expected 0 <= {name} < {limits.get(name, inf)}, "
                    f"found {value}."
                )


def augment(
    clip: SkeletonClip,
    rng: np.random.Generator,
    *,
    strength: Augmentation,
    frame_count: int,
) -> SkeletonClip:
    """A varied copy of an aligned clip, sampled at ``frame_count`` frames."""
    sampled = sample_frames(clip, _vary_time(clip.frame_count, frame_count, strength, rng))
    joints = sampled.joints @ _vary_view(strength, rng).T
    joints = joints + rng.normal(0.0, strength.noise, joints.shape).astype(np.float32)
    lost = rng.random(clip.layout.joint_count) < strength.drop
    source = _find_kept_ancestors(lost, clip.layout.parent_index)
    visible = sampled.visible & sampled.visible[:, :, source]
    joints = np.where(visible[..., None], joints[:, :, source], np.float32(0))
    return sampled.with_joints(joints, visible)


def mirror(clip: SkeletonClip) -> SkeletonClip:
    """The clip as seen in a mirror (x negated), left and right joints swapped."""
    swap = clip.layout.mirror_index
    flip = np.array([-1, 1, 1], dtype=np.float32)
    return clip.with_joints(clip.joints[:, :, swap] * flip, clip.visible[:, :, swap])


def _vary_time(
    frames: int, frame_count: int, strength: Augmentation, rng: np.random.Generator
) -> NDArray[np.float64]:
    """(T') frame positions: a random part of the clip, run through at a changing pace."""
    kept = 1.0 - strength.crop * rng.random()
    start = (1.0 - kept) * rng.random()
    phase = np.linspace(0.0, 1.0, frame_count)
    # Monotone for |pace| < 1: the derivative of p + a sin(2 pi p + b) / 2 pi is 1 + a cos(...).
    amount, shift = strength.pace * rng.random(), 2 * np.pi * rng.random()
    bent = phase + amount * (np.sin(2 * np.pi * phase + shift) - np.sin(shift)) / (2 * np.pi)
    return (start + kept * np.clip(bent, 0.0, 1.0)) * (frames - 1)


def _vary_view(strength: Augmentation, rng: np.random.Generator) -> NDArray[np.float32]:
    turn, tilt_x, tilt_z, size = rng.uniform(-1, 1, 4)
    about_x = _rotation_about_axis(tilt_x * strength.tilt_rad, axis=0)
    about_z = _rotation_about_axis(tilt_z * strength.tilt_rad, axis=2)
    turned = about_x @ about_z @ rotation_about_vertical(turn * strength.turn_rad)
    return (turned * (1 + size * strength.scale)).astype(np.float32)


def _rotation_about_axis(angle_rad: float, *, axis: int) -> NDArray[np.float64]:
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[first, first] = matrix[second, second] = np.cos(angle_rad)
    matrix[first, second], matrix[second, first] = -np.sin(angle_rad), np.sin(angle_rad)
    return matrix


def _find_kept_ancestors(lost: NDArray[np.bool_], parents: NDArray[np.int64]) -> NDArray[np.int64]:
    """(V) each joint itself, or where it is lost (V) its nearest ancestor that is not."""
    source = np.arange(len(parents))
    for _ in range(len(parents)):
        source = np.where(lost[source], parents[source], source)
    return source
