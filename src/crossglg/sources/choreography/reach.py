"""Put a hand at a target: the shoulder and elbow angles that bring it there (two-bone IK)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from crossglg.sources.choreography.body import Body, Figure, turn
from crossglg.sources.choreography.turns import COLUMN


@dataclass(frozen=True)
class Target:
    """Where a hand goes.

    Attributes:
        place: A place on the body (one of ``PLACES``) or the arm's own shoulder.
        offset: (outward, up, forward) from there along the chest's axes, arm lengths.
    """

    place: str = "shoulder"
    offset: tuple[float, ...] = (0.0, 0.0, 0.0)

    @property
    def is_free(self) -> bool:
        """Whether it is a point in the air, not a place on the body to be met."""
        return self.place == "shoulder"

    @classmethod
    def from_json(cls, record: str | list[float]) -> Self:
        """A place by its name, or the offset from the shoulder."""
        return cls(place=record) if isinstance(record, str) else cls(offset=tuple(record))


# Place -> the joint it lies at (on the hand's own side), the segment it moves with, and where it is
# from the joint: (outward, up, forward) in fractions of stature.
PLACES: dict[str, tuple[str, str, tuple[float, float, float]]] = {
    "mouth": ("head", "neck", (0.010, -0.030, 0.050)),
    "chin": ("head", "neck", (0.020, -0.055, 0.040)),
    "ear": ("head", "neck", (0.060, -0.035, 0.010)),
    "brow": ("head", "neck", (0.085, 0.000, 0.040)),
    "forehead": ("head", "neck", (0.000, 0.040, 0.045)),
    "far cheek": ("head", "neck", (-0.035, -0.010, 0.045)),
    "near cheek": ("head", "neck", (0.045, -0.015, 0.040)),
    "hairline": ("head", "neck", (0.030, 0.065, 0.020)),
    "crown": ("head", "neck", (0.035, 0.080, -0.045)),
    "nape": ("head", "neck", (0.040, 0.000, -0.100)),
    "before chest": ("chest", "chest", (0.008, -0.050, 0.190)),
    "knee": ("knee", "root", (0.000, 0.030, 0.020)),
    "toes": ("foot", "root", (0.000, 0.030, 0.010)),
    "floor": ("foot", "root", (-0.010, 0.050, 0.060)),
}

_ELBOW_LEADS = 0.5  # elbows also tend backwards under low hands, forwards under high ones
_SHORTEST_REACH = 0.265  # of the arm; a hand does not get nearer to its own shoulder
_LONGEST_REACH = 0.995


def locate(
    targets: Sequence[Target | None], figure: Figure, body: Body, *, side: str
) -> NDArray[np.float64]:
    """Where hand targets lie, seen from the shoulder.

    Args:
        targets: T targets; None where the hand has none.
        figure: The body in T poses; places move with its trunk and head.
        body: Whose bones.
        side: Whose hand, ``left`` or ``right``.

    Returns:
        (T 3) outward, up, forward in the chest's axes, arm lengths; NaN where there is no target.
    """
    found = np.full((len(targets), 3), np.nan)
    for index, target in enumerate(targets):
        if target is not None:
            found[index] = target.offset
        if target is not None and not target.is_free:
            found[index] += _locate_place(target.place, figure, body, side=side)[index]
    return found


def _locate_place(place: str, figure: Figure, body: Body, *, side: str) -> NDArray[np.float64]:
    joint, segment, offset = PLACES[place]
    axes = np.array((1.0 if side == "right" else -1.0, 1.0, -1.0))
    near = figure.joints[joint if joint in figure.joints else f"{side}_{joint}"]
    there = near + figure.frames[segment] @ (axes * offset * body.stature)
    from_shoulder = there - figure.joints[f"{side}_shoulder"]
    seen: NDArray[np.float64] = np.einsum("tij,ti->tj", figure.frames["chest"], from_shoulder)
    return axes * seen / _arm_length(body)


def reach(
    poses: NDArray[np.float64], body: Body, *, side: str, targets: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Set one arm's angles so that its hand is at its target.

    Args:
        poses: (T D); the elbow's direction is read from ``<side>_elbow.out``.
        body: Whose bones.
        side: ``left`` or ``right``.
        targets: (T 3) as ``locate`` gives them; a row of NaN leaves that pose's elbow as it is.

    Returns:
        Poses (T D) whose shoulder angles go the short way from each pose to the next.
    """
    columns = [COLUMN[f"{side}_shoulder.{turn}"] for turn in ("flexion", "abduction", "rotation")]
    bent, out = COLUMN[f"{side}_elbow.flexion"], COLUMN[f"{side}_elbow.out"]
    reached = poses.copy()
    for row, target in zip(reached, targets, strict=True):
        if np.isfinite(target).all():
            row[columns], row[bent] = _solve(
                target * _arm_length(body), body, elbow_out=float(row[out])
            )
    for before, row in pairwise(reached):
        row[columns] = _nearest_alias(row[columns], before[columns])
    return reached


def _arm_length(body: Body) -> float:
    return body.length("elbow") + body.length("wrist") + body.length("hand")


def _solve(
    place: NDArray[np.float64], body: Body, *, elbow_out: float
) -> tuple[NDArray[np.float64], float]:
    """Shoulder (flexion, abduction, rotation) and elbow flexion, degrees; wrist kept straight."""
    upper, lower = body.length("elbow"), body.length("wrist") + body.length("hand")
    arm = upper + lower
    distance = float(np.linalg.norm(place))
    reached = float(np.clip(distance, _SHORTEST_REACH * arm, _LONGEST_REACH * arm))
    towards = place / max(distance, 1e-9)
    lean = (upper**2 + reached**2 - lower**2) / (2 * upper * reached)
    fold = (upper**2 + lower**2 - reached**2) / (2 * upper * lower)
    out = np.radians(elbow_out)
    pole = np.array((np.sin(out), -np.cos(out), _ELBOW_LEADS * towards[1]))
    pole -= (pole @ towards) * towards
    pole /= max(float(np.linalg.norm(pole)), 1e-9)
    upper_arm = lean * towards + np.sqrt(max(1 - lean**2, 0.0)) * pole
    forearm = (reached * towards - upper * upper_arm) / lower
    flexion = np.degrees(np.arctan2(upper_arm[2], -upper_arm[1]))
    abduction = np.degrees(np.arcsin(np.clip(upper_arm[0], -1, 1)))
    # Solved as a right arm in world axes (x, y, z) = (outward, up, -forward).
    unturned = turn(np.array((flexion, abduction, 0.0))).T @ (forearm * (1.0, 1.0, -1.0))
    rotation = np.degrees(np.arctan2(-unturned[0], -unturned[2]))
    elbow = 180.0 - np.degrees(np.arccos(np.clip(fold, -1, 1)))
    return np.array((flexion, abduction, rotation)), float(elbow)


def _nearest_alias(angles: NDArray[np.float64], before: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the angle triples that mean the same shoulder, the one nearest to the pose before."""
    flipped = np.array((angles[0] + 180.0, 180.0 - angles[1], angles[2] + 180.0))
    aliases = [triple - 360.0 * np.round((triple - before) / 360.0) for triple in (angles, flipped)]
    return min(aliases, key=lambda triple: float(np.abs(triple - before).sum()))
