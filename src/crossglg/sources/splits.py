"""Splits: protocols by name, from the facts in ``resources/protocols.json``, and their clips."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ProtocolError, suggest
from crossglg.skeleton.torso import sees_torso
from crossglg.sources.clipset import ClipSet
from crossglg.sources.protocol import DrawRule, Protocol

__all__ = [
    "DEVELOPMENT",
    "Protocol",
    "check_fits",
    "custom_protocol",
    "first_usable",
    "get_protocol",
    "list_protocols",
    "select_clips",
]

DEVELOPMENT = "-dev"
"""Ending of the name of a protocol inside the base classes of another, for choosing settings."""

_EVERY = 4
"""Where no development classes are published, every so many base classes are taken, from the
first."""

_FEWEST_BASE = 5
"""With fewer base classes there is nothing left to choose by."""


def list_protocols() -> tuple[str, ...]:
    """Names that ``get_protocol`` takes, without their development protocols."""
    return tuple(name for name in _known() if not name.endswith(DEVELOPMENT))


def get_protocol(name: str) -> Protocol:
    """A protocol by name; with ``-dev`` added, the one for choosing settings by.

    A development protocol lies wholly inside the base classes: some of them are novel, the
    others base, and the novel classes of the real protocol do not occur.

    Raises:
        ProtocolError: There is none of this name.
    """
    if name not in _known():
        hint = suggest(name, _known())
        raise ProtocolError(
            f"No protocol is called '{name}'.{hint} Known: {', '.join(list_protocols())}; or name "
            "the novel labels, such as --novel 0,3,6."
        )
    return _known()[name]


@cache
def _known() -> dict[str, Protocol]:
    text = resources.files("crossglg").joinpath("resources/protocols.json").read_text("utf-8")
    listed = [protocol for record in json.loads(text) for protocol in _expand(record)]
    return {protocol.name: protocol for protocol in listed}


def _expand(record: Mapping[str, Any]) -> Iterator[Protocol]:
    """The protocols of one record: one for every number of base classes, each with ``-dev``.

    Where a record names no novel classes, all that are not base are.
    """
    labels = range(record["class_count"])
    for count in record.get("first_base", [None]):
        novel = record["novel"] if "novel" in record else labels[count:]
        others = [label for label in labels if label not in novel]
        base = others if count is None else others[:count]
        name, about = record["name"].format(count), record["about"].format(count)
        yield _build(record, name, about, base=base, novel=novel)
        held = [k for k in base if k in record.get("development", base[::_EVERY])]
        if len(base) >= _FEWEST_BASE:
            yield _build(
                record,
                name + DEVELOPMENT,
                f"for choosing settings: {len(held)} base classes of '{name}' as novel ones",
                base=[k for k in base if k not in held],
                novel=held,
            )


def _build(
    record: Mapping[str, Any], name: str, about: str, *, base: Sequence[int], novel: Sequence[int]
) -> Protocol:
    published = {int(k): clip for k, clip in record.get("exemplars", {}).items()}
    draw = record["draw"]
    if draw == "fixed" and not set(novel) <= set(published):
        draw = "clip"
    everything = len(base) + len(novel) == record["class_count"]
    return Protocol(
        name=name,
        data=record["data"],
        class_count=record["class_count"],
        novel=tuple(novel),
        draw=draw,
        base_list=() if everything else tuple(base),
        exemplars={k: published[k] for k in novel} if draw == "fixed" else {},
        class_clips=tuple(record.get("class_clips", ())),
        mask=record.get("mask", ""),
        about=about,
    )


def custom_protocol(
    novel: Sequence[int], *, class_count: int, draw: DrawRule = "subject"
) -> Protocol:
    """Novel classes of one's own choice.

    Raises:
        ProtocolError: The labels repeat or are out of range.
    """
    name = "novel:" + ",".join(map(str, novel))
    return Protocol(name=name, data="", class_count=class_count, novel=tuple(novel), draw=draw)


def choose_draw(novel: Sequence[int], data: ClipSet) -> DrawRule:
    """``subject`` if anybody performed all these classes, else ``clip``."""
    performed = {(int(s), int(k)) for s, k in zip(data.subjects, data.labels, strict=True)}
    people = {subject for subject, _ in performed if subject >= 0}
    able = any(all((person, label) in performed for label in novel) for person in people)
    return "subject" if able else "clip"


def whole_protocol(*, class_count: int) -> Protocol:
    """Every class is base: for models that shall be used on other data."""
    return Protocol(name="all", data="", class_count=class_count, novel=(), draw="subject")


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


def first_usable(data: ClipSet, classes: Sequence[int]) -> dict[int, str]:
    """Of every class the first clip by name in which somebody's hips and shoulders are once seen.

    Raises:
        ProtocolError: A class has no such clip.
    """
    chosen: dict[int, str] = {}
    for label in classes:
        members = sorted(
            np.flatnonzero(data.labels == label).tolist(), key=data.clip_names.__getitem__
        )
        usable = next((index for index in members if sees_torso(data.clip(index)).any()), None)
        if usable is None:
            raise ProtocolError(
                f"Expected a clip of class '{data.class_names[label]}' in which somebody's hips "
                f"and shoulders are seen, found none in '{data.name}'."
            )
        chosen[label] = data.clip_names[usable]
    return chosen
