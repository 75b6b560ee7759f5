"""Everybody's own manner: the keys of an action, resized and strayed from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from crossglg.sources.choreography.performer import Performer
from crossglg.sources.choreography.reach import Target
from crossglg.sources.choreography.script import Action, Key, Settings
from crossglg.sources.choreography.turns import SIDES

# Spreads (standard deviations) of a performer whose freedom is 1. Tuned by eye, and until one-shot
# DTW between performers, 12 ways, was right in about 7 of 10 cases.
_TEMPO = 0.12
_AMPLITUDE = 0.08
_TURN_DEG = 13.0  # of a large turn; what is written as still strays by a smaller share
_LARGE_TURN_DEG = 45.0
_STILL_SHARE = 0.4
_STEP = 0.15  # relative; a step of nothing stays on the floor
_REACH = 0.08  # arm lengths by which a free hand target is displaced
_PLACE_SHARE = 0.3  # a named place on the body is met that much more closely
_TIMING = 0.10
_ALIKE = 0.6  # correlation between the two sides of the body

# Nobody strays farther than this.
_FARTHEST = 2.0
_PACES = (0.6, 1.5)
_SIZES = (0.7, 1.25)

# Half a turn is half a turn, however expansive the person.
_FIXED_SIZE = frozenset({"root.twist"})


def form_habit(action: Action, performer: Performer, *, rng: np.random.Generator) -> Action:
    """The action as this performer always does it: their side, pace, size and manner."""
    freedom = performer.freedom
    other_side = {
        "left-handed": performer.left_handed,
        "either": bool(rng.random() < 0.5),
        "never": False,
    }[action.mirror]
    own = action.mirrored() if other_side else action
    pace = performer.speed * np.exp(rng.normal(0, _TEMPO * freedom))
    size = performer.amplitude * np.exp(rng.normal(0, _AMPLITUDE * freedom))
    sized = _resize(
        own.script(), size=float(np.clip(size, *_SIZES)), pace=float(np.clip(pace, *_PACES))
    )
    return own.with_keys(stray(sized, spread=freedom, rng=rng))


def _resize(keys: Sequence[Key], *, size: float, pace: float) -> list[Key]:
    """Keys that come faster and reach farther; free hand targets spread about their middle."""
    middles = {side: _middle_of_free_targets(keys, side) for side in SIDES}
    return [
        replace(
            key,
            seconds=key.seconds / pace,
            settings=key.settings and _resize_settings(key.settings, size=size, middles=middles),
        )
        for key in keys
    ]


def _resize_settings(
    settings: Settings, *, size: float, middles: Mapping[str, NDArray[np.float64]]
) -> Settings:
    values = {
        name: value if name in _FIXED_SIZE else size * value
        for name, value in settings.values.items()
    }
    hands = dict(settings.hands)
    for side, target in hands.items():
        if target.is_free:
            offset = middles[side] + size * (np.array(target.offset) - middles[side])
            hands[side] = replace(target, offset=tuple(offset))
    return Settings(values, hands)


def _middle_of_free_targets(keys: Sequence[Key], side: str) -> NDArray[np.float64]:
    hands = [
        key.settings.hands[side] for key in keys if key.settings and side in key.settings.hands
    ]
    free = [hand.offset for hand in hands if hand.is_free]
    return np.mean(free, axis=0) if free else np.zeros(3)


def stray(keys: Iterable[Key], *, spread: float, rng: np.random.Generator) -> Iterator[Key]:
    """Keys with every number a little off.

    Args:
        keys: As they should be.
        spread: How far off; 1 is usual for a person's manner, a part of that for its repeats.
        rng: Where deviations come from.
    """
    for key in keys:
        delay = spread * _TIMING * float(_draw(rng, size=1)[0])
        settings = key.settings and _stray_settings(key.settings, spread=spread, rng=rng)
        yield replace(key, seconds=key.seconds * float(np.exp(delay)), settings=settings)


def _stray_settings(settings: Settings, *, spread: float, rng: np.random.Generator) -> Settings:
    turns = _draw_alike(list(settings.values), size=1, rng=rng)
    hands = _draw_alike([f"{side}_hand" for side in settings.hands], size=3, rng=rng)
    return Settings(
        {
            name: _stray_value(name, value, spread * float(draw[0]))
            for (name, value), draw in zip(settings.values.items(), turns, strict=True)
        },
        {
            side: _displace(target, spread * _REACH * draw)
            for (side, target), draw in zip(settings.hands.items(), hands, strict=True)
        },
    )


def _draw_alike(
    names: Sequence[str], *, size: int, rng: np.random.Generator
) -> list[NDArray[np.float64]]:
    """One standard normal draw (size) per name; those of left and right are akin."""
    shared: dict[str, NDArray[np.float64]] = {}
    draws = []
    for name in names:
        plain = name.removeprefix("left_").removeprefix("right_")
        if plain not in shared:
            shared[plain] = _draw(rng, size=size)
        own = _draw(rng, size=size)
        draws.append(np.sqrt(_ALIKE) * shared[plain] + np.sqrt(1 - _ALIKE) * own)
    return draws


def _draw(rng: np.random.Generator, *, size: int) -> NDArray[np.float64]:
    return np.clip(rng.normal(size=size), -_FARTHEST, _FARTHEST)


def _stray_value(name: str, value: float, deviation: float) -> float:
    if name.startswith("step."):
        return value * float(np.exp(_STEP * deviation))
    share = _STILL_SHARE + (1 - _STILL_SHARE) * min(abs(value) / _LARGE_TURN_DEG, 1.0)
    return value + _TURN_DEG * share * deviation


def _displace(target: Target, by: NDArray[np.float64]) -> Target:
    share = 1.0 if target.is_free else _PLACE_SHARE
    return replace(target, offset=tuple(target.offset + share * by))
