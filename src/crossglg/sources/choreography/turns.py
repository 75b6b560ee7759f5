"""The degrees of freedom of the body: which turns each segment makes, by name, and their limits.

A pose is one row of numbers, one column per name in ``DOFS``. Turns are degrees and read alike
on both sides of the body (``abduction`` is outward for either arm); for the segments in the middle
``bend`` is forward, ``side`` and ``twist`` are towards the person's right. Thighs are measured from
the vertical, not from the pelvis, so that a bow leaves the legs where they are. ``step`` moves the
whole body, in fractions of stature.
"""

import numpy as np
from numpy.typing import NDArray

SIDES = ("left", "right")

_TRUNK = ("bend", "side", "twist")
_LIMB = ("flexion", "abduction", "rotation")

_TURNS = {
    "root": _TRUNK,
    "pelvis": _TRUNK,
    "spine": _TRUNK,
    "neck": _TRUNK,
    "collar": ("roll", "raise", "forward"),
    "shoulder": _LIMB,
    # How far the elbow points outward when the hand is put at a target; no turn of its own.
    "elbow": ("flexion", "out", "rotation"),
    "wrist": _LIMB,
    "hip": _LIMB,
    "knee": _LIMB,
    "ankle": _LIMB,
}

_MIDDLE_SEGMENTS = ("root", "pelvis", "spine", "neck")
_SIDE_SEGMENTS = ("collar", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")

SEGMENTS: tuple[str, ...] = _MIDDLE_SEGMENTS + tuple(
    f"{side}_{segment}" for side in SIDES for segment in _SIDE_SEGMENTS
)
"""Segments that turn, middle first, then left, then right."""

DOFS: tuple[str, ...] = (
    *(f"{segment}.{turn}" for segment in SEGMENTS for turn in _TURNS[segment.rsplit("_", 1)[-1]]),
    "step.side",
    "step.up",
    "step.forward",
)
"""Names of the columns of a pose: three turns per segment, about x, z and y, then the steps."""

COLUMN: dict[str, int] = {name: index for index, name in enumerate(DOFS)}
"""Column of each degree of freedom."""

_MIDDLE_SIGNS = (-1, -1, -1)
_SIGNS_OF_THE_RIGHT = {
    "elbow": (1, 0, 1),
    "knee": (-1, 1, 1),
}


def _signs(segment: str) -> tuple[int, ...]:
    if segment in _MIDDLE_SEGMENTS:
        return _MIDDLE_SIGNS
    side, kind = segment.split("_")
    about_x, about_z, about_y = _SIGNS_OF_THE_RIGHT.get(kind, (1, 1, 1))
    return (about_x, about_z, about_y) if side == "right" else (about_x, -about_z, -about_y)


SIGNS: NDArray[np.int64] = np.array([_signs(segment) for segment in SEGMENTS])
"""(segments 3) sign that makes each named turn a right-handed turn about x, z, y."""

_LIMITS = {
    "elbow.flexion": (0.0, 150.0),
    "knee.flexion": (0.0, 150.0),
    "hip.flexion": (-45.0, 125.0),
    "hip.abduction": (-30.0, 85.0),
    "pelvis.bend": (-30.0, 95.0),
    "spine.bend": (-35.0, 65.0),
    "neck.bend": (-60.0, 60.0),
    "wrist.flexion": (-80.0, 80.0),
}


def keep_within_limits(poses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Clip poses (T D) to what joints can do: no knee or elbow bends backwards."""
    return poses.clip(_LOWEST, _HIGHEST)


def _bounds(name: str) -> tuple[float, float]:
    return _LIMITS.get(name.removeprefix("left_").removeprefix("right_"), (-np.inf, np.inf))


_LOWEST, _HIGHEST = np.array([_bounds(name) for name in DOFS]).T


def mirror_setting(name: str, value: float) -> tuple[str, float]:
    """The same turn or step seen in a mirror: sides change places, sideways turns change sign."""
    if name.startswith("left_"):
        return "right_" + name.removeprefix("left_"), value
    if name.startswith("right_"):
        return "left_" + name.removeprefix("right_"), value
    return name, value if name.endswith((".bend", ".up", ".forward")) else -value
