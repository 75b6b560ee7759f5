"""Actions as written down in ``resources/choreography/actions.json``: keys, cycles, handedness.

The file is one object, action name -> script, in the order of the class labels. A script has

- ``start``: settings that hold before the first key (absent: standing at rest),
- ``begin``, ``cycle``, ``finish``: lists of keys; ``cycle`` is played ``cycles`` = [least, most]
  times; ``finish`` defaults to going back to rest in 0.6 s, ``[]`` means that the pose is kept,
- ``plant``: feet that keep their place (``both`` unless said),
- ``mirror``: ``left-handed`` (left-handed performers do it with the other side), ``either``
  (performers choose a side), ``never`` (the side belongs to the name, or there is none).

A key is ``[seconds since the key before, settings, ease]``; ``ease`` defaults to ``stop``. Settings
last until changed; ``"rest"`` undoes them all. They are turns (``right_knee.flexion``: degrees),
steps, or hand targets (``right_hand``: a place's name, or [outward, up, forward] of the shoulder
in arm lengths); ``both_`` stands for ``left_`` and ``right_``.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import islice
from typing import Any, Literal, Self, TypeAlias

from crossglg.sources.choreography.body import Plant
from crossglg.sources.choreography.reach import Target
from crossglg.sources.choreography.spline import Ease
from crossglg.sources.choreography.turns import SIDES, mirror_setting

Mirror: TypeAlias = Literal["left-handed", "either", "never"]

_BACK_TO_REST: list[list[Any]] = [[0.6, "rest"]]
_OTHER = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class Settings:
    """What a key says: degrees of freedom by name, and targets by hand (``left``, ``right``)."""

    values: Mapping[str, float]
    hands: Mapping[str, Target]

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """Read one object of settings, ``both_`` written out."""
        single = {
            name.replace("both_", f"{side}_"): value
            for name, value in record.items()
            for side in (SIDES if name.startswith("both_") else SIDES[:1])
        }
        hands = {
            name.removesuffix("_hand"): Target.from_json(value)
            for name, value in single.items()
            if name.endswith("_hand")
        }
        return cls({n: float(v) for n, v in single.items() if not n.endswith("_hand")}, hands)

    def mirrored(self) -> Self:
        """The same with left and right exchanged."""
        return replace(
            self,
            values=dict(mirror_setting(name, value) for name, value in self.values.items()),
            hands={_OTHER[side]: target for side, target in self.hands.items()},
        )


@dataclass(frozen=True)
class Key:
    """A moment of an action.

    Attributes:
        seconds: Time since the key before.
        settings: What changes; None goes back to rest.
        ease: How the key is met.
    """

    seconds: float
    settings: Settings | None
    ease: Ease = "stop"

    @classmethod
    def from_json(cls, record: list[Any]) -> Self:
        """Read ``[seconds, settings]`` or ``[seconds, settings, ease]``."""
        seconds, settings, *ease = record
        return cls(seconds, None if settings == "rest" else Settings.from_json(settings), *ease)

    def mirrored(self) -> Self:
        """The same with left and right exchanged."""
        return replace(self, settings=self.settings and self.settings.mirrored())


@dataclass(frozen=True)
class Action:
    """One named action as written; see the head of this file."""

    name: str
    start: Key
    begin: tuple[Key, ...]
    cycle: tuple[Key, ...]
    finish: tuple[Key, ...]
    cycles: tuple[int, int]
    plant: Plant
    mirror: Mirror

    @classmethod
    def from_json(cls, name: str, record: Mapping[str, Any]) -> Self:
        """Read one script."""
        least, most = record.get("cycles", (1, 1))
        return cls(
            name=name,
            start=Key(0.0, Settings.from_json(record.get("start", {}))),
            begin=tuple(map(Key.from_json, record.get("begin", []))),
            cycle=tuple(map(Key.from_json, record.get("cycle", []))),
            finish=tuple(map(Key.from_json, record.get("finish", _BACK_TO_REST))),
            cycles=(least, most),
            plant=record.get("plant", "both"),
            mirror=record.get("mirror", "left-handed"),
        )

    def mirrored(self) -> Self:
        """The action done with the other side of the body."""
        plants: dict[Plant, Plant] = {"left": "right", "right": "left"}
        flipped = self.with_keys(key.mirrored() for key in self.script())
        return replace(flipped, plant=plants.get(self.plant, self.plant))

    def script(self, cycles: int = 1) -> tuple[Key, ...]:
        """All keys in order, with the cycle played ``cycles`` times."""
        return (self.start, *self.begin, *self.cycle * cycles, *self.finish)

    def with_keys(self, keys: Iterable[Key]) -> Self:
        """The action with other keys, as many as ``script()`` has."""
        left = iter(keys)
        return replace(
            self,
            start=next(left),
            begin=tuple(islice(left, len(self.begin))),
            cycle=tuple(islice(left, len(self.cycle))),
            finish=tuple(left),
        )


@cache
def read_actions() -> tuple[Action, ...]:
    """All actions of the package, in the order of their labels."""
    file = resources.files("crossglg").joinpath("resources/choreography/actions.json")
    record = json.loads(file.read_text("utf-8"))
    return tuple(Action.from_json(name, script) for name, script in record.items())
