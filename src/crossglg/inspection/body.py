"""How one person stands: which way is up, how tall they are, and where they seem to face.

Letters: T frames, V joints. Joints that were not seen are NaN. Lengths are in the data's own unit.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout

Points = NDArray[np.float64]

_SIDES = ("left_", "right_")
_WALKED = 1.0
"""Somebody who ends this many leg lengths away has walked."""

# How far a cue must point, in leg lengths (a share of the way, for walking), to count fully: about
# its median over nine data sets of six sensors. Knees are left out: Kinects put them too far back.
_CUE_SCALES = {"toes": 0.08, "elbows": 0.03, "hands": 0.05, "walk": 0.8, "nose": 0.05}


@dataclass(frozen=True, eq=False)
class Posture:
    """What one clip says about its body.

    Attributes:
        up: (3) from the hips to the shoulders, median over frames; NaN if never seen.
        height: Head, torso and legs end to end, median over frames; NaN if never seen.
    """

    up: Points
    height: float


@dataclass(frozen=True, eq=False)
class Body:
    """The person of a clip who is seen most."""

    joints: Points
    layout: Layout

    @classmethod
    def of(cls, clip: SkeletonClip) -> "Body":
        """(T V 3), NaN where not seen."""
        person = int(np.argmax(clip.visible.sum(axis=(1, 2))))
        seen = clip.visible[person][..., None]
        return cls(np.where(seen, clip.joints[person], np.nan).astype(np.float64), clip.layout)

    def has(self, *names: str) -> bool:
        """Whether the layout has all these joints."""
        return set(names) <= set(self.layout.joints)

    def at(self, name: str) -> Points:
        """(T 3) of one joint."""
        return self.joints[:, self.layout.index(name)]

    def middle(self, name: str) -> Points:
        """(T 3) between the left and the right joint of this name."""
        return (self.at("left_" + name) + self.at("right_" + name)) / 2

    @cached_property
    def is_flat(self) -> bool:
        """Whether all joints lie in one plane of constant depth."""
        depth = self.joints[..., 2]
        seen = depth[np.isfinite(depth)]
        return bool(seen.size == 0 or np.ptp(seen) == 0)

    @property
    def wrist(self) -> str:
        """The joint of the hand that this layout has, without its side."""
        return "wrist" if self.has("left_wrist") else "hand"

    @property
    def ankle(self) -> str:
        """The joint at the lower end of the leg that this layout has, without its side."""
        return "ankle" if self.has("left_ankle") else "foot"

    @property
    def knows_torso(self) -> bool:
        """Whether hips, shoulders, knees and the ends of the limbs are in the layout."""
        names = ("hip", "shoulder", "knee", "elbow", self.wrist, self.ankle)
        return self.has(*(side + name for side in _SIDES for name in names))


def read_posture(body: Body) -> Posture:
    """Up and height of a body whose layout knows the torso."""
    hips, shoulders = body.middle("hip"), body.middle("shoulder")
    legs = [
        _length(body.at(side + "hip"), body.at(side + "knee"))
        + _length(body.at(side + "knee"), body.at(side + body.ankle))
        for side in _SIDES
    ]
    top = next((name for name in ("head", "nose", "neck") if body.has(name)), "")
    head = _length(shoulders, body.at(top)) if top else 0.0
    return Posture(
        _median(shoulders - hips, axis=0),
        float(np.mean(legs) + _length(hips, shoulders) + head),
    )


@dataclass(frozen=True)
class Sides:
    """Whether a body faces where its left and right say.

    Attributes:
        vote: 1 it does, -1 it faces the other way; NaN without any cue.
        cue_count: How many cues were read.
    """

    vote: float
    cue_count: int


def judge_sides(body: Body, up: Points) -> Sides:
    """Whether the body seems to face where its left and right say.

    Toes and nose point forward, elbows stick out backwards, hands are held in front, people
    walk forward; each cue has one vote of up to 1, and the votes are averaged.

    Args:
        body: Of a layout that knows the torso.
        up: (3) unit vector.
    """
    across = (body.at("right_hip") - body.at("left_hip")) + (
        body.at("right_shoulder") - body.at("left_shoulder")
    )
    across = across - (across @ up)[:, None] * up
    width = np.linalg.norm(across, axis=1, keepdims=True)
    forward = np.cross(up, across / np.where(width > 0, width, np.nan))
    leg = 2 * _length(body.middle("hip"), body.middle("knee"))
    if not leg > 0:
        return Sides(float("nan"), 0)
    votes = [
        float(np.tanh(value / (scale * (1.0 if name == "walk" else leg))))
        for name, value in _read_cues(body, forward, up, leg).items()
        if np.isfinite(value)
        for scale in (_CUE_SCALES[name],)
    ]
    return Sides(float(np.mean(votes)) if votes else float("nan"), len(votes))


def _read_cues(body: Body, forward: Points, up: Points, leg: float) -> dict[str, float]:
    """Cue -> how far it points forward, in the data's unit; walking as a share of the way."""

    def ahead(*vectors: Points) -> float:
        return float(_median(np.concatenate([(v * forward).sum(axis=1) for v in vectors])))

    def sides(first: str, *others: str) -> list[Points]:
        return [
            body.at(s + first) - np.mean([body.at(s + other) for other in others], axis=0)
            for s in _SIDES
        ]

    cues = {
        "elbows": -ahead(*sides("elbow", "shoulder", body.wrist)),
        "hands": ahead(*sides(body.wrist, "shoulder", "hip")),
    }
    if body.has("left_foot", "left_ankle"):
        cues["toes"] = ahead(*sides("foot", "ankle"))
    if body.has("nose", "left_ear", "right_ear"):
        cues["nose"] = ahead(body.at("nose") - body.middle("ear"))
    hips = body.middle("hip")
    seen = np.flatnonzero(np.isfinite(hips).all(axis=1))
    if len(seen) > 1:
        way = hips[seen[-1]] - hips[seen[0]]
        way = way - (way @ up) * up
        if (distance := float(np.linalg.norm(way))) > _WALKED * leg:
            facing = _median(forward, axis=0)
            cues["walk"] = float(way @ facing) / distance
    return cues


def _length(one: Points, other: Points) -> float:
    """Median distance over frames; NaN if never seen together."""
    return float(_median(np.linalg.norm(one - other, axis=1)))


def _median(values: Points, axis: int | None = None) -> Points:
    """Without NaN, and NaN where there is nothing else."""
    there = np.isfinite(values)
    filled = values[there if axis is None else there.all(axis=1)]
    if len(filled):
        return np.asarray(np.median(filled, axis=axis))
    return np.full(values.shape[1:] if axis == 0 else (), np.nan)
