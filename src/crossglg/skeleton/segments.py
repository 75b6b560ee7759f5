"""Segments of a body, as anatomy calls them: a thigh goes from the hip to the knee."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossglg.skeleton.layout import Layout
from crossglg.skeleton.torso import find_torso

_SHOULDERS = ("left_shoulder", "right_shoulder")
_HIPS = ("left_hip", "right_hip")

# name, where it begins and where it ends: the first of the joints that a layout has, or the middle
# of several that go together
_MIDDLE = (
    ("trunk", (_HIPS,), (_SHOULDERS,)),
    ("head", (_SHOULDERS,), (("head",), ("nose",))),
)
_ON_EACH_SIDE = (
    ("upper arm", ("shoulder",), ("elbow",)),
    ("forearm", ("elbow",), ("wrist", "hand")),
    ("thigh", ("hip",), ("knee",)),
    ("shin", ("knee",), ("ankle", "foot")),
)


@dataclass(frozen=True, eq=False)
class Segments:
    """The segments of a layout. S segments, V joints.

    Attributes:
        names: S of them: ``left thigh``. Each points away from the hips.
        span: (S V) by which joints (... V 3) give the vectors (... S 3) along the segments.
        across: (2 V) by which they give those from left to right, of hips and shoulders.
    """

    names: tuple[str, ...]
    span: NDArray[np.float32]
    across: NDArray[np.float32]

    def point(self, joints: NDArray[np.floating]) -> NDArray[np.float32]:
        """Joints (... V 3) -> (... S 3) where segments point, of length one; zero without one."""
        return _level(self.span @ joints)

    def point_across(self, joints: NDArray[np.floating]) -> NDArray[np.float32]:
        """Joints (... V 3) -> (... 2 3) where the right is, by hips and shoulders."""
        return _level(self.across @ joints)


def _level(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-6), dtype=np.float32)


def find_segments(layout: Layout) -> Segments:
    """Those of which a layout has both ends.

    Raises:
        LayoutError: The layout lacks a hip or a shoulder.
    """
    left_hip, right_hip, left_shoulder, right_shoulder = find_torso(layout)
    across = np.zeros((2, layout.joint_count), dtype=np.float32)
    across[[0, 0, 1, 1], [left_hip, right_hip, left_shoulder, right_shoulder]] = -1, 1, -1, 1
    found = []
    for name, starts, ends in _list_all():
        start, end = _first_there(starts, layout), _first_there(ends, layout)
        if start and end:
            found.append((name, start, end))
    span = np.zeros((len(found), layout.joint_count), dtype=np.float32)
    for row, (_, start, end) in zip(span, found, strict=True):
        row[[layout.index(joint) for joint in end]] += 1 / len(end)
        row[[layout.index(joint) for joint in start]] -= 1 / len(start)
    return Segments(tuple(name for name, _, _ in found), span, across)


_Choices = tuple[tuple[str, ...], ...]


def _list_all() -> list[tuple[str, _Choices, _Choices]]:
    sided = [
        (
            f"{side} {name}",
            tuple((f"{side}_{joint}",) for joint in starts),
            tuple((f"{side}_{joint}",) for joint in ends),
        )
        for name, starts, ends in _ON_EACH_SIDE
        for side in ("left", "right")
    ]
    return [*_MIDDLE, *sided]


def _first_there(choices: _Choices, layout: Layout) -> tuple[str, ...]:
    return next((joints for joints in choices if set(joints) <= set(layout.joints)), ())
