"""Performers: people who differ in build, pace, amplitude, handedness, posture and steadiness."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crossglg.sources.choreography.body import PROPORTIONS, Body
from crossglg.sources.choreography.camera import Camera
from crossglg.sources.choreography.turns import COLUMN, DOFS, SIDES

LEFT_HANDED_SHARE = 0.12
_STATURE_M = (1.50, 1.95)
_STRETCH = 0.04
_SPEED = (0.7, 1.4)
_AMPLITUDE = (0.75, 1.2)
_FREEDOM = (1.0, 2.0)
_WOBBLE = (1.2, 2.8)

# Turn -> (mean, standard deviation) of how people stand, degrees; sides differ a little.
_STANCE = {
    "pelvis.bend": (0.0, 2.0),
    "spine.bend": (4.0, 5.0),
    "spine.side": (0.0, 1.5),
    "spine.twist": (0.0, 2.5),
    "neck.bend": (3.0, 5.0),
}
_SIDE_STANCE = {
    "collar.raise": (0.0, 3.0),
    "shoulder.flexion": (4.0, 5.0),
    "shoulder.abduction": (10.0, 4.0),
    "shoulder.rotation": (12.0, 10.0),
    "elbow.flexion": (15.0, 6.0),
    "wrist.flexion": (5.0, 6.0),
    "hip.abduction": (4.0, 2.5),
    "hip.rotation": (-10.0, 6.0),
    "knee.flexion": (2.0, 2.0),
}
_SIDE_DIFFERENCE = 0.4


def _rest() -> NDArray[np.float64]:
    return np.zeros(len(DOFS))


@dataclass(frozen=True, eq=False)
class Performer:
    """Who moves; the default is the average body doing exactly what is written.

    Attributes:
        body: Bones.
        speed: Pace relative to what is written.
        amplitude: Size of movements relative to what is written.
        left_handed: Whether handed actions are done with the other side.
        posture: (D) the pose of rest.
        freedom: How far this person departs from what is written; 1 is usual.
        wobble: How much the body sways all the while; 1 is usual.
        camera: Where this performer is seen from, and how well.
    """

    body: Body = field(default_factory=Body)
    speed: float = 1.0
    amplitude: float = 1.0
    left_handed: bool = False
    posture: NDArray[np.float64] = field(default_factory=_rest)
    freedom: float = 0.0
    wobble: float = 0.0
    camera: Camera = field(default_factory=Camera)


def draw_performer(rng: np.random.Generator) -> Performer:
    """A random person."""
    stretch = dict(zip(PROPORTIONS, np.exp(rng.normal(0, _STRETCH, len(PROPORTIONS))), strict=True))
    return Performer(
        body=Body(rng.uniform(*_STATURE_M), stretch),
        speed=rng.uniform(*_SPEED),
        amplitude=rng.uniform(*_AMPLITUDE),
        left_handed=bool(rng.random() < LEFT_HANDED_SHARE),
        posture=_draw_posture(rng),
        freedom=rng.uniform(*_FREEDOM),
        wobble=rng.uniform(*_WOBBLE),
        camera=Camera.draw(rng),
    )


def _draw_posture(rng: np.random.Generator) -> NDArray[np.float64]:
    posture = _rest()
    for name, (mean, spread) in _STANCE.items():
        posture[COLUMN[name]] = rng.normal(mean, spread)
    for name, (mean, spread) in _SIDE_STANCE.items():
        both = rng.normal(mean, spread)
        for side in SIDES:
            posture[COLUMN[f"{side}_{name}"]] = rng.normal(both, _SIDE_DIFFERENCE * spread)
    return posture
