"""The body: limb proportions, rest pose, and forward kinematics to the 25 joints of ``ntu25``.

World axes: y up, right-handed, floor at y = 0. The person faces -z, so their right side is at +x.
At rest the person stands upright with hanging arms; every segment then has the world's axes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from crossglg.skeleton.layout import get_layout
from crossglg.sources.choreography.turns import COLUMN, SEGMENTS, SIDES, SIGNS

Plant: TypeAlias = Literal["both", "left", "right", "none"]
"""Which feet keep their place on the floor while the legs move."""

# Joint -> the joint it hangs on, the segment that carries it, and where it lies from there at rest:
# (outward, up, forward) in fractions of stature. Lengths after Drillis and Contini (1966), as
# tabulated in Winter, Biomechanics and Motor Control of Human Movement.
_MIDDLE_JOINTS = {
    "spine": ("pelvis", "pelvis", (0.0, 0.135, 0.0)),
    "chest": ("spine", "spine", (0.0, 0.130, 0.0)),
    "neck": ("chest", "chest", (0.0, 0.045, 0.0)),
    "head": ("neck", "neck", (0.0, 0.075, 0.035)),
}
_SIDE_JOINTS = {
    "shoulder": ("chest", "collar", (0.105, -0.005, 0.0)),
    "elbow": ("shoulder", "shoulder", (0.0, -0.186, 0.0)),
    "wrist": ("elbow", "elbow", (0.0, -0.146, 0.0)),
    "hand": ("wrist", "wrist", (0.0, -0.045, 0.0)),
    "hand_tip": ("hand", "wrist", (0.0, -0.050, 0.0)),
    "thumb": ("hand", "wrist", (0.0, -0.010, 0.030)),
    "hip": ("pelvis", "pelvis", (0.055, -0.015, 0.0)),
    "knee": ("hip", "hip", (0.0, -0.245, 0.0)),
    "ankle": ("knee", "knee", (0.0, -0.246, 0.0)),
    "foot": ("ankle", "ankle", (0.0, -0.025, 0.090)),
}
_ANKLE_HEIGHT = 0.039
_FOOT_HEIGHT = 0.014

# The spine's turn is shared evenly by its lower half ("spine") and its upper half ("chest").
_CARRIERS = {"pelvis": "root", "spine": "pelvis", "chest": "spine", "neck": "chest"}
_SIDE_CARRIERS = {
    "collar": "chest",
    "shoulder": "chest",  # not the collar: a shrug lifts the arm without turning it
    "elbow": "shoulder",
    "wrist": "elbow",
    "hip": "root",
    "knee": "hip",
    "ankle": "knee",
}

# How far the ankle can bend to keep the sole flat: toes up, toes down.
_FLAT_UP_DEG, _FLAT_DOWN_DEG = 30.0, 40.0

PROPORTIONS: tuple[str, ...] = (*_MIDDLE_JOINTS, *_SIDE_JOINTS)
"""Bones whose relative length a body may change, by the joint at their end."""


@dataclass(frozen=True)
class Body:
    """One person's bones.

    Attributes:
        stature: Height, metres.
        stretch: Bone (one of ``PROPORTIONS``) -> its length relative to the average body's.
    """

    stature: float = 1.75
    stretch: Mapping[str, float] = field(default_factory=dict)

    def bone(self, name: str) -> NDArray[np.float64]:
        """(outward, up, forward) of a bone at rest, metres."""
        offset = (_MIDDLE_JOINTS | _SIDE_JOINTS)[name][2]
        return np.array(offset) * self.stature * self.stretch.get(name, 1.0)

    def length(self, name: str) -> float:
        """Length of a bone, metres."""
        return float(np.linalg.norm(self.bone(name)))


@dataclass(frozen=True, eq=False)
class Figure:
    """A posed body.

    Attributes:
        joints: Joint -> (T 3) metres.
        frames: Segment -> (T 3 3), columns are the segment's axes in the world.
    """

    joints: dict[str, NDArray[np.float64]]
    frames: dict[str, NDArray[np.float64]]

    def to_array(self) -> NDArray[np.float64]:
        """(T V 3) in the joint order of layout ``ntu25``."""
        return np.stack([self.joints[name] for name in get_layout("ntu25").joints], axis=1)


def turn(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rotation matrices (... 3 3) that turn about y, then z, then x; angles (... 3) are x, z, y."""
    (cx, cz, cy), (sx, sz, sy) = (
        np.moveaxis(f(np.radians(angles)), -1, 0) for f in (np.cos, np.sin)
    )
    top = (cz * cy, -sz, cz * sy)
    middle = (sz * cy, cz, sz * sy)
    bottom = (-sy, np.zeros_like(sy), cy)
    rows = (
        np.stack(top, axis=-1),
        np.stack([cx * m - sx * b for m, b in zip(middle, bottom, strict=True)], axis=-1),
        np.stack([sx * m + cx * b for m, b in zip(middle, bottom, strict=True)], axis=-1),
    )
    return np.stack(rows, axis=-2)


def pose_body(poses: NDArray[np.float64], body: Body, *, plant: Plant = "both") -> Figure:
    """Put a body into poses, standing on the floor.

    Args:
        poses: (T D) one column per name in ``DOFS``.
        body: Whose bones.
        plant: Feet that stay where they stand; the pelvis moves instead.
    """
    frames = _orient(poses)
    joints = {"pelvis": np.zeros((len(poses), 3))}
    for name, (parent, carrier, _) in _MIDDLE_JOINTS.items():
        joints[name] = joints[parent] + frames[carrier] @ _in_world(body.bone(name))
    for side in SIDES:
        for name, (parent, carrier, _) in _SIDE_JOINTS.items():
            start = joints[parent if parent in joints else f"{side}_{parent}"]
            frame = frames[carrier if carrier in frames else f"{side}_{carrier}"]
            joints[f"{side}_{name}"] = start + frame @ _in_world(body.bone(name), side=side)
    shift = _stand(joints, body, plant) + _in_world(poses[:, -3:] * body.stature)
    return Figure({name: place + shift for name, place in joints.items()}, frames)


def _in_world(offset: NDArray[np.float64], side: str = "right") -> NDArray[np.float64]:
    """(outward, up, forward) -> (x, y, z)."""
    return offset * (1.0 if side == "right" else -1.0, 1.0, -1.0)


def _orient(poses: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    angles = poses[:, :-3].reshape(len(poses), len(SEGMENTS), 3) * SIGNS
    angles[:, SEGMENTS.index("spine")] *= 0.5
    for side in SIDES:
        shin = poses[:, COLUMN[f"{side}_hip.flexion"]] - poses[:, COLUMN[f"{side}_knee.flexion"]]
        flat = np.clip(-shin, -_FLAT_DOWN_DEG, _FLAT_UP_DEG)
        angles[:, SEGMENTS.index(f"{side}_ankle"), 0] += flat
    turns = turn(angles)
    local = {segment: turns[:, index] for index, segment in enumerate(SEGMENTS)}
    local["chest"] = local["spine"]
    frames = {"root": local["root"]}
    for segment, carrier in _CARRIERS.items():
        frames[segment] = frames[carrier] @ local[segment]
    for side in SIDES:
        for segment, carrier in _SIDE_CARRIERS.items():
            under = frames[carrier if carrier in frames else f"{side}_{carrier}"]
            frames[f"{side}_{segment}"] = under @ local[f"{side}_{segment}"]
    return frames


def _stand(
    joints: Mapping[str, NDArray[np.float64]], body: Body, plant: Plant
) -> NDArray[np.float64]:
    """(T 3) what puts the lowest foot on the floor and the planted feet in their place."""
    shift = np.zeros_like(joints["pelvis"])
    clearance = [
        joints[f"{side}_{name}"][:, 1] - height * body.stature
        for side in SIDES
        for name, height in (("ankle", _ANKLE_HEIGHT), ("foot", _FOOT_HEIGHT))
    ]
    shift[:, 1] = -np.min(clearance, axis=0)
    for side in SIDES if plant == "both" else () if plant == "none" else (plant,):
        here = joints[f"{side}_ankle"][:, [0, 2]]
        home = _in_world(body.bone("hip"), side=side)[[0, 2]]
        shift[:, [0, 2]] += (home - here) / (2 if plant == "both" else 1)
    return shift
