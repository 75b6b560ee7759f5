"""The depth camera: where it stands, and how it errs."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from crossglg.skeleton.layout import get_layout
from crossglg.skeleton.rotation import rotation_about_axis

_YAW_DEG = 45.0
_TILT_DEG = 6.0
_HEIGHT_M = (0.8, 1.5)
_DISTANCE_M = (2.2, 3.8)
_ASIDE_M = 0.5
_NOISE_M = (0.004, 0.012)

# Depth cameras lose thin, quick ends of the body first.
_FARTHEST_ENDS = ("hand_tip", "thumb", "hand", "foot")
_ENDS = ("wrist", "ankle")
_END_FACTORS = (2.5, 1.5)

_DRIFT = 2.0  # slow error, relative to the frame-to-frame noise
_DRIFT_HZ = (0.1, 0.8)
_DRIFT_WAVES = 3
_SLIPS_PER_S = 0.4
_SLIP_M = 0.05
_SLIP_S = 0.12


@dataclass(frozen=True)
class Camera:
    """A camera in the room; it looks along +z of its own axes.

    Attributes:
        yaw_deg: Direction from which the person is seen; 0 is from the front.
        tilt_deg: Camera pitch left in the data, downwards positive.
        height_m: Height above the floor.
        distance_m: Distance to the person.
        aside_m: How far right of the middle the person stands.
        noise_m: Standard deviation of a steady joint from frame to frame.
    """

    yaw_deg: float = 0.0
    tilt_deg: float = 0.0
    height_m: float = 0.0
    distance_m: float = 0.0
    aside_m: float = 0.0
    noise_m: float = 0.0

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """A random place in the room."""
        return cls(
            yaw_deg=rng.uniform(-_YAW_DEG, _YAW_DEG),
            tilt_deg=rng.uniform(-_TILT_DEG, _TILT_DEG),
            height_m=rng.uniform(*_HEIGHT_M),
            distance_m=rng.uniform(*_DISTANCE_M),
            aside_m=rng.uniform(-_ASIDE_M, _ASIDE_M),
            noise_m=rng.uniform(*_NOISE_M),
        )

    def film(
        self, joints: NDArray[np.float64], *, fps: float, rng: np.random.Generator
    ) -> NDArray[np.float32]:
        """What the camera sees of a person.

        Args:
            joints: (T V 3) layout ``ntu25``, metres, person at the origin facing -z, floor y = 0.
            fps: Frames per second.
            rng: Where errors come from.

        Returns:
            (T V 3) in the camera's axes (y up, right-handed, the person faces -z or thereabouts).
        """
        yaw, tilt = np.radians((self.yaw_deg, self.tilt_deg))
        turned = joints @ rotation_about_axis(yaw, axis=1).T
        placed = turned + np.array((self.aside_m, -self.height_m, self.distance_m))
        seen: NDArray[np.float64] = placed @ rotation_about_axis(tilt, axis=0).T
        return (seen + self._err(joints.shape, fps=fps, rng=rng)).astype(np.float32)

    def _err(
        self, shape: tuple[int, ...], *, fps: float, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        ends = end_factors()[:, None]
        noise = rng.normal(0, self.noise_m, shape)
        error = (noise + _drift(shape, fps=fps, rng=rng) * _DRIFT * self.noise_m) * ends
        return error + (_slip(shape, fps=fps, rng=rng) if self.noise_m else 0.0)


def end_factors() -> NDArray[np.float64]:
    """(V) how much worse each joint is seen than the trunk."""
    return np.array([_end_factor(joint) for joint in get_layout("ntu25").joints])


def _end_factor(joint: str) -> float:
    if joint.endswith(_FARTHEST_ENDS):
        return _END_FACTORS[0]
    return _END_FACTORS[1] if joint.endswith(_ENDS) else 1.0


def _drift(shape: tuple[int, ...], *, fps: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Slow waves of unit variance, independent for each joint and axis."""
    seconds = np.arange(shape[0]) / fps
    phases = 2 * np.pi * np.outer(seconds, rng.uniform(*_DRIFT_HZ, _DRIFT_WAVES))
    waves = np.concatenate([np.sin(phases), np.cos(phases)], axis=1) / np.sqrt(_DRIFT_WAVES)
    weights = rng.normal(size=(waves.shape[1], shape[1] * shape[2]))
    drift: NDArray[np.float64] = waves @ weights
    return drift.reshape(shape)


def _slip(shape: tuple[int, ...], *, fps: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Now and then an end of the body jumps aside for some frames."""
    seconds = np.arange(shape[0]) / fps
    ends = np.flatnonzero(end_factors() > 1)
    slips = np.zeros(shape)
    for _ in range(rng.poisson(_SLIPS_PER_S * seconds[-1])):
        bump = np.exp(-(((seconds - rng.uniform(0, seconds[-1])) / _SLIP_S) ** 2))
        slips[:, rng.choice(ends)] += bump[:, None] * rng.normal(0, _SLIP_M, 3)
    return slips
