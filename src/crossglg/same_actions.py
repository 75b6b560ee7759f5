"""Which names mean the same movement: ``resources/same_actions.json``, written by hand."""

import json
from functools import cache
from importlib import resources

from crossglg.words import plain_name


def same_action(name: str) -> str:
    """The one name under which all names of a movement go: ``hand clap`` -> ``clap hands``.

    A name that is not in the table stays as it is.
    """
    group = _groups().get(plain_name(name))
    return name if group is None else group[0]


def list_spellings(name: str) -> tuple[str, ...]:
    """All names of the movement, this one first."""
    return (name, *_groups().get(plain_name(name), ()))


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    """Plain name -> the names of its movement."""
    text = resources.files("crossglg").joinpath("resources/same_actions.json").read_text("utf-8")
    return {plain_name(name): tuple(group) for group in json.loads(text) for name in group}
