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
from crossglg.skeleton.normalize import sample_frames
from crossglg.skeleton.rotation import rotation_about_axis


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


@dataclass(frozen=True, eq=False)
class Throws:
    """The dice behind a variation: random numbers that know neither clip nor strength.

    The leading axes are those of N clips at once, or none for one clip; P is the persons of all
    the clips in one row.

    Attributes:
        time: (... 4) in [0, 1): how much is cut off, where, how the pace changes, from when.
        view: (... 4) in [-1, 1): turn, two tilts, size.
        loss: (... V) in [0, 1): whether a joint is lost.
        noise: (P T V 3) of mean 0 and deviation 1.
    """

    time: NDArray[np.float64]
    view: NDArray[np.float64]
    loss: NDArray[np.float64]
    noise: NDArray[np.floating]


def augment(
    clip: SkeletonClip,
    rng: np.random.Generator,
    *,
    strength: Augmentation,
    frame_count: int,
) -> SkeletonClip:
    """A varied copy of an aligned clip, sampled at ``frame_count`` frames."""
    joint_count = clip.layout.joint_count
    time, view = rng.random(4), rng.uniform(-1, 1, 4)
    noise = rng.normal(size=(clip.person_count, frame_count, joint_count, 3))
    return vary(clip, Throws(time, view, rng.random(joint_count), noise), strength=strength)


def vary(clip: SkeletonClip, throws: Throws, *, strength: Augmentation) -> SkeletonClip:
    """The clip as the dice have it; as many frames as the noise has."""
    times = vary_time(throws, clip.frame_count, strength)
    sampled = sample_frames(clip, times)
    joints = sampled.joints @ vary_view(throws.view, strength).T
    joints = joints + (strength.noise * throws.noise).astype(np.float32)
    source = find_kept_ancestors(throws.loss < strength.drop, clip.layout.parent_index)
    visible = sampled.visible & sampled.visible[:, :, source]
    joints = np.where(visible[..., None], joints[:, :, source], np.float32(0))
    return sampled.with_joints(joints, visible)


def mirror(clip: SkeletonClip) -> SkeletonClip:
    """The clip as seen in a mirror (x negated), left and right joints swapped."""
    swap = clip.layout.mirror_index
    flip = np.array([-1, 1, 1], dtype=np.float32)
    return clip.with_joints(clip.joints[:, :, swap] * flip, clip.visible[:, :, swap])


def vary_time(
    throws: Throws, frames: int | NDArray[np.int64], strength: Augmentation
) -> NDArray[np.float64]:
    """(... T') frame positions: a random part of a clip, run through at a changing pace."""
    cut, where, pace, since = (throws.time[..., number, None] for number in range(4))
    kept = 1.0 - strength.crop * cut
    start = (1.0 - kept) * where
    phase = np.linspace(0.0, 1.0, throws.noise.shape[1])
    # Monotone for |pace| < 1: the derivative of p + a sin(2 pi p + b) / 2 pi is 1 + a cos(...).
    amount, shift = strength.pace * pace, 2 * np.pi * since
    bent = phase + amount * (np.sin(2 * np.pi * phase + shift) - np.sin(shift)) / (2 * np.pi)
    return (start + kept * np.clip(bent, 0.0, 1.0)) * (np.asarray(frames)[..., None] - 1)


def vary_view(view: NDArray[np.float64], strength: Augmentation) -> NDArray[np.float32]:
    """(... 3 3) a turn, two tilts and a change of size."""
    turn, tilt_x, tilt_z, size = np.moveaxis(view, -1, 0)
    about_x = rotation_about_axis(tilt_x * strength.tilt_rad, axis=0)
    about_y = rotation_about_axis(turn * strength.turn_rad, axis=1)
    about_z = rotation_about_axis(tilt_z * strength.tilt_rad, axis=2)
    scale = (1 + size * strength.scale)[..., None, None]
    return (about_x @ about_z @ about_y * scale).astype(np.float32)


def find_kept_ancestors(lost: NDArray[np.bool_], parents: NDArray[np.int64]) -> NDArray[np.int64]:
    """(... V) each joint itself, or where it is lost its nearest ancestor that is not."""
    source = np.broadcast_to(np.arange(len(parents)), lost.shape)
    for _ in range(len(parents)):
        climbed = np.where(np.take_along_axis(lost, source, axis=-1), parents[source], source)
        if np.array_equal(climbed, source):
            break
        source = climbed
    return source
