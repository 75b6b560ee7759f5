"""Which names mean the same movement: ``resources/same_actions.json``, written by hand.

A name in two groups is of either: subjects of UI-PRMD lunge with the foot that they like.
"""

import json
from functools import cache
from importlib import resources

from crossglg.words import plain_name


def same_action(name: str) -> str:
    """The one name under which all names of a movement go: ``hand clap`` -> ``clap hands``.

    A name that is not in the table, or of two movements, stays as it is.
    """
    groups = _groups().get(plain_name(name), ())
    return groups[0][0] if len(groups) == 1 else name


def list_spellings(name: str) -> tuple[str, ...]:
    """All names of the movement, this one first."""
    return (name, *(other for group in _groups().get(plain_name(name), ()) for other in group))


@cache
def _groups() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Plain name -> the names of each movement that it may mean."""
    text = resources.files("crossglg").joinpath("resources/same_actions.json").read_text("utf-8")
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for group in json.loads(text):
        for plain in {plain_name(name) for name in group}:
            found[plain] = (*found.get(plain, ()), tuple(group))
    return found
