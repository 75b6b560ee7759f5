"""A performer does an action: written keys become poses over time, never twice the same."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crossglg.sources.choreography.body import pose_body
from crossglg.sources.choreography.manner import stray
from crossglg.sources.choreography.performer import Performer
from crossglg.sources.choreography.reach import Target, locate, reach
from crossglg.sources.choreography.script import Action, Key
from crossglg.sources.choreography.spline import interpolate
from crossglg.sources.choreography.turns import COLUMN, DOFS, SIDES, keep_within_limits

# Of a performer whose freedom is 1.
_TAKE_SHARE = 0.4  # how far a repeat strays from the habit, relative to the habit's own spread
_WARP = 0.35  # largest change of pace within a take
_PAUSE_S = 0.6  # longest stillness before and after

_WOBBLE_HZ = (0.2, 1.2)
_WOBBLE_WAVES = 4
_WOBBLE_DEG = {"neck": 1.5, "shoulder": 2.0, "elbow": 2.5, "wrist": 4.0, "step": 0.0}
_WOBBLE_ELSEWHERE_DEG = 0.7


def perform(
    habit: Action, performer: Performer, *, fps: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Do an action once.

    Args:
        habit: The action as ``manner.form_habit`` gives it.
        performer: Who does it.
        fps: Frames per second.
        rng: What makes this time different from the others.

    Returns:
        Poses (T D).
    """
    freedom = performer.freedom
    cycles = int(rng.integers(habit.cycles[0], habit.cycles[1] + 1))
    keys = list(stray(habit.script(cycles), spread=_TAKE_SHARE * freedom, rng=rng))
    before, after = rng.uniform(0, _PAUSE_S, 2) * freedom
    times = before + np.cumsum([key.seconds for key in keys])
    seconds = np.arange(int(np.ceil((times[-1] + after) * fps)) + 1) / fps
    poses = interpolate(
        times,
        _pose_keys(keys, performer),
        np.array([key.ease for key in keys]),
        at=_warp(seconds, strength=rng.uniform(0, _WARP) * freedom, rng=rng),
    )
    return keep_within_limits(poses + performer.wobble * _wobble(seconds, rng=rng))


def _pose_keys(keys: Sequence[Key], performer: Performer) -> NDArray[np.float64]:
    """(K D) what the body does at each key; settings last, hand targets become angles."""
    poses = np.empty((len(keys), len(DOFS)))
    targets: dict[str, list[Target | None]] = {side: [] for side in SIDES}
    hands: dict[str, Target] = {}
    pose = performer.posture.copy()
    for index, key in enumerate(keys):
        if key.settings is None:
            pose, hands = performer.posture.copy(), {}
        else:
            pose[[COLUMN[name] for name in key.settings.values]] = list(
                key.settings.values.values()
            )
            hands |= key.settings.hands
        poses[index] = keep_within_limits(pose)
        for side in SIDES:
            targets[side].append(hands.get(side))
    figure = pose_body(poses, performer.body)
    for side in SIDES:
        if any(targets[side]):
            places = locate(targets[side], figure, performer.body, side=side)
            poses = reach(poses, performer.body, side=side, targets=places)
    return poses


def _warp(
    seconds: NDArray[np.float64], *, strength: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Time that hurries and tarries by turns, and comes out even; monotone for strength < 1."""
    rate = 2 * np.pi / max(float(seconds[-1]), 1e-9)
    phase = rng.uniform(0, 2 * np.pi)
    swing: NDArray[np.float64] = np.sin(rate * seconds + phase) - np.sin(phase)
    return seconds + strength / rate * swing


def _wobble(seconds: NDArray[np.float64], *, rng: np.random.Generator) -> NDArray[np.float64]:
    """(T D) slow waves in every degree of freedom."""
    phases = 2 * np.pi * np.outer(seconds, rng.uniform(*_WOBBLE_HZ, _WOBBLE_WAVES))
    waves = np.concatenate([np.sin(phases), np.cos(phases)], axis=1) / np.sqrt(_WOBBLE_WAVES)
    wobble: NDArray[np.float64] = waves @ (
        rng.normal(size=(waves.shape[1], len(DOFS))) * _WOBBLE_SPREAD
    )
    return wobble


def _wobble_spread(name: str) -> float:
    segment = name.split(".")[0].rsplit("_", 1)[-1]
    return _WOBBLE_DEG.get(segment, _WOBBLE_ELSEWHERE_DEG)


_WOBBLE_SPREAD = np.array([_wobble_spread(name) for name in DOFS])
