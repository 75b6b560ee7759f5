"""A moving skeleton as the small whole numbers that the player in the page draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError
from crossglg.skeleton.layout import Layout

_UNIT = 1000
"""Steps from the middle of a scene to its rim: finer than a pixel of the canvas."""
_SMALLEST_RADIUS = 1e-6
_TOP_JOINTS = 5
_SHARE_STEPS = 100
"""Steps of a colour from none to the strongest: finer than an eye tells apart."""

Scale = Literal["importance", "contribution"]
"""What colours mean: not negative, from not at all to most; or for and against an answer."""


@dataclass(frozen=True, eq=False)
class MovingSkeleton:
    """Persons to be drawn, with what is known about them.

    Letters: M persons, T frames, V joints.

    Attributes:
        title: Caption, such as the name of the action.
        joints: (M T V 3), any unit of length, y up; a joint that is not finite is not drawn.
        present: (M T) False where a person is not drawn.
        importance: (V), or (T V) where it changes over time, of any size; not negative, unless it
            is a contribution to an answer; None draws all joints alike.
        fps: Frames per second, positive.
        layout: Which joint is which.
        note: Second line of the caption, such as the predicted label.
        correct: Whether the prediction is right; None where nothing was predicted.
        scale: What ``importance`` is.

    Raises:
        ClipError: Shapes disagree, there is no frame, or ``importance`` or ``fps`` makes no sense.
    """

    title: str
    joints: NDArray[np.floating]
    present: NDArray[np.bool_]
    importance: NDArray[np.floating] | None
    fps: float
    layout: Layout
    note: str = ""
    correct: bool | None = None
    scale: Scale = "importance"

    def __post_init__(self) -> None:
        expected = (self.layout.joint_count, 3)
        if self.joints.ndim != 4 or self.joints.shape[2:] != expected or not self.joints.size:
            raise ClipError(
                f"Skeleton '{self.title}': expected joints of shape (M, T, {expected[0]}, 3) with "
                f"at least one person and frame, found {self.joints.shape}."
            )
        if self.present.shape != self.joints.shape[:2]:
            raise ClipError(
                f"Skeleton '{self.title}': expected presence of shape {self.joints.shape[:2]}, "
                f"found {self.present.shape}."
            )
        if not (np.isfinite(self.fps) and self.fps > 0):
            raise ClipError(
                f"Skeleton '{self.title}': expected a positive frame rate, found {self.fps}."
            )
        self._refuse_odd_importance()

    def _refuse_odd_importance(self) -> None:
        if self.importance is None:
            return
        frames, joints = self.joints.shape[1:3]
        if self.importance.shape not in ((joints,), (frames, joints)):
            raise ClipError(
                f"Skeleton '{self.title}': expected one importance for each of {joints} joints, or "
                f"for each of {frames} frames and {joints} joints, found shape "
                f"{self.importance.shape}."
            )
        signed = self.scale == "contribution"
        if not np.isfinite(self.importance).all() or (not signed and self.importance.min() < 0):
            raise ClipError(
                f"Skeleton '{self.title}': expected finite importance of zero or more, found "
                f"values from {self.importance.min()} to {self.importance.max()}."
            )

    @property
    def mean_importance(self) -> NDArray[np.float64] | None:
        """(V) averaged over time; None where importance is unknown or all zero."""
        if self.importance is None or not self.importance.any():
            return None
        return self.importance.astype(np.float64).reshape(-1, self.layout.joint_count).mean(axis=0)

    @property
    def shares(self) -> NDArray[np.float64] | None:
        """``importance`` over its largest size: 0 to 1, or -1 to 1 of a contribution."""
        # From zero, not from the least important joint: nearly equal joints must look nearly equal.
        if self.importance is None or not self.importance.any():
            return None
        return np.asarray(self.importance / np.abs(self.importance).max(), dtype=np.float64)


@dataclass(frozen=True)
class JointRank:
    """One row of the table of important joints.

    Attributes:
        name: Joint in words.
        times_average: Importance over the mean of all joints; 1 means like any other.
        share_of_top: Importance over that of the most important joint, 0 to 1.
    """

    name: str
    times_average: float
    share_of_top: float


def describe_scene(skeleton: MovingSkeleton) -> dict[str, object]:
    """The record the player reads: flat whole numbers, centred, with the rim at 1000."""
    drawn = drawn_joints(skeleton)
    steps = np.rint(place_in_unit(skeleton) * _UNIT).astype(np.int64)
    seen = None if drawn.all() else ["".join("01"[int(v)] for v in m.ravel()) for m in drawn]
    return {
        "frames": skeleton.joints.shape[1],
        "fps": round(float(skeleton.fps), 3),
        "parents": skeleton.layout.parent_index.tolist(),
        "persons": [person.ravel().tolist() for person in steps],
        "seen": seen,
        "floor": int(steps[drawn][:, 1].min()) if drawn.any() else -_UNIT,
        "shares": None if skeleton.shares is None else _steps(skeleton.shares),
        "scale": skeleton.scale,
    }


def drawn_joints(skeleton: MovingSkeleton) -> NDArray[np.bool_]:
    """(M T V) which joints are to be seen."""
    finite = np.all(np.isfinite(skeleton.joints), axis=-1)
    return np.asarray(finite & skeleton.present[:, :, None])


def place_in_unit(skeleton: MovingSkeleton) -> NDArray[np.float64]:
    """(M T V 3) centred, within one of the middle however it is turned about the vertical."""
    drawn = drawn_joints(skeleton)
    points = np.where(drawn[..., None], skeleton.joints, 0.0).astype(np.float64)
    centre, radius = _frame_points(points[drawn])
    return np.asarray((points - centre) / radius)


def rank_joints(skeleton: MovingSkeleton) -> Sequence[JointRank]:
    """The most important joints, best first; none where importance is unknown or all zero."""
    values = skeleton.mean_importance
    if values is None:
        return ()
    best = np.argsort(-values, kind="stable")[:_TOP_JOINTS]
    return tuple(
        JointRank(
            skeleton.layout.joints[joint].replace("_", " "),
            float(values[joint] / values.mean()),
            float(values[joint] / values.max()),
        )
        for joint in best
    )


def _frame_points(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Middle (3) of drawn points (R 3), and a radius that holds them however they are turned."""
    if not len(points):
        return np.zeros(3), 1.0
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    away = np.abs(points - centre)
    radius = max(away[:, 1].max(), np.hypot(away[:, 0], away[:, 2]).max())
    return centre, max(float(radius), _SMALLEST_RADIUS)


def _steps(shares: NDArray[np.float64]) -> list[int]:
    """(V) or (T V) -> flat whole numbers."""
    steps: list[int] = np.rint(shares * _SHARE_STEPS).astype(np.int64).ravel().tolist()
    return steps
