"""Protocols: which classes are base, which are novel, and how exemplars are chosen."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ProtocolError, suggest
from crossglg.sources.clipset import ClipSet

DrawRule = Literal["subject", "clip", "fixed"]


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """The rules of an evaluation; labels are 0-based.

    Attributes:
        name: What the command line calls it.
        data: Short name of the data set it was made for; empty for any.
        class_count: Number of classes of that data set.
        novel: Labels of the novel classes.
        base_list: Labels of the base classes where not all others are.
        draw: ``subject``: one random subject shows every novel class, the others are recognised;
            ``clip``: an exemplar per class, its subject left out within the class; ``fixed``.
        exemplars: For ``fixed``, label -> name of the clip.
        mask: Name of a boolean array of the data that says which clips count; empty for all.
        about: One line for people.

    Raises:
        ProtocolError: Labels repeat, are out of range, are both base and novel, or leave no base
            class; or fixed exemplars are not one for each novel class.
    """

    name: str
    data: str
    class_count: int
    novel: tuple[int, ...]
    draw: DrawRule
    base_list: tuple[int, ...] = ()
    exemplars: Mapping[int, str] = field(default_factory=dict)
    mask: str = ""
    about: str = ""

    def __post_init__(self) -> None:
        self._check_labels("novel", self.novel)
        self._check_labels("base", self.base_list)
        if len(self.novel) < 2:
            raise self._fail("at least two novel labels", _join(self.novel))
        if shared := sorted(set(self.novel) & set(self.base_list)):
            raise self._fail("base and novel classes apart", f"{_join(shared)} in both")
        if not self.base:
            raise self._fail("a base class to learn from", "every class novel")
        expected = set(self.novel) if self.draw == "fixed" else set()
        if set(self.exemplars) != expected:
            raise self._fail(
                f"fixed exemplars for {_join(sorted(expected))}", _join(sorted(self.exemplars))
            )

    def _check_labels(self, kind: str, labels: Sequence[int]) -> None:
        if strange := [label for label in labels if not 0 <= label < self.class_count]:
            raise self._fail(f"{kind} labels from 0 to {self.class_count - 1}", _join(strange))
        if len(set(labels)) != len(labels):
            raise self._fail(f"different {kind} labels", _join(labels))

    def _fail(self, expected: str, found: str) -> ProtocolError:
        return ProtocolError(f"Protocol '{self.name}': expected {expected}, found {found}.")

    @property
    def base(self) -> tuple[int, ...]:
        """Labels of the base classes: ``base_list``, or else all that are not novel."""
        return self.base_list or tuple(k for k in range(self.class_count) if k not in self.novel)


def _join(labels: Sequence[int]) -> str:
    return ", ".join(map(str, labels)) or "none"


@cache
def _known() -> dict[str, Protocol]:
    text = resources.files("crossglg").joinpath("resources/protocols.json").read_text("utf-8")
    return {
        record["name"]: Protocol(
            **record
            | {
                "novel": tuple(record["novel"]),
                "base_list": tuple(record.get("base_list", ())),
                "exemplars": {int(k): name for k, name in record.get("exemplars", {}).items()},
            }
        )
        for record in json.loads(text)
    }


def list_protocols() -> tuple[str, ...]:
    """Names that ``get_protocol`` takes."""
    return tuple(_known())


def get_protocol(name: str) -> Protocol:
    """A protocol by name.

    Raises:
        ProtocolError: There is none of this name.
    """
    if name not in _known():
        hint = suggest(name, _known())
        raise ProtocolError(
            f"No protocol is called '{name}'.{hint} Known: {', '.join(_known())}; or name the "
            "novel labels, such as --novel 0,3,6."
        )
    return _known()[name]


def custom_protocol(novel: Sequence[int], *, class_count: int) -> Protocol:
    """Novel classes of one's own choice; exemplars are drawn subject by subject.

    Raises:
        ProtocolError: The labels repeat, are out of range, or leave no base class.
    """
    name = "novel:" + ",".join(map(str, novel))
    return Protocol(name=name, data="", class_count=class_count, novel=tuple(novel), draw="subject")


def check_fits(protocol: Protocol, data: ClipSet) -> None:
    """Make sure that a protocol's labels mean something in this data.

    Raises:
        ProtocolError: The data has another number of classes.
    """
    if len(data.class_names) != protocol.class_count:
        raise ProtocolError(
            f"Protocol '{protocol.name}'"
            + (f" (made for '{protocol.data}')" if protocol.data else "")
            + f": expected data of {protocol.class_count} classes, found {len(data.class_names)} "
            f"in '{data.name}'. Choose a protocol for this data, or name the novel labels with "
            "--novel."
        )


def select_clips(
    protocol: Protocol, data: ClipSet, masks: Mapping[str, NDArray[np.bool_]]
) -> ClipSet:
    """The clips that count under a protocol.

    Args:
        protocol: The rules.
        data: All clips.
        masks: Boolean arrays (N) that came with the data.

    Raises:
        ProtocolError: The data has another number of classes, or the mask is absent or of
            another length.
    """
    check_fits(protocol, data)
    if not protocol.mask:
        return data
    if protocol.mask not in masks:
        raise ProtocolError(
            f"Protocol '{protocol.name}' needs the array '{protocol.mask}' to say which clips "
            f"count, which '{data.name}' does not carry (archives never do). Give the .npz file."
        )
    mask = masks[protocol.mask]
    if mask.shape != (len(data),):
        raise ProtocolError(
            f"Protocol '{protocol.name}': expected array '{protocol.mask}' of shape "
            f"({len(data)},), one entry per clip, found {mask.shape}. Give the mask of this file."
        )
    return data.select(np.flatnonzero(mask))
