"""Body words and the joints they stand for, in whatever layout is at hand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from crossglg.skeleton.layout import Layout

SIDES = ("left", "right")


@dataclass(frozen=True)
class Lexicon:
    """The content of ``resources/lexicon.json``; joints are named without their side.

    Attributes:
        nouns: Body word -> the joints of one side it stands for.
        plurals: Plural -> the body word it is the plural of.
        many_on_one_side: Plurals one side has alone, such as fingers.
        need_an_article: Body words that are something else without article ("swings back").
        stand_ins: Joint -> joints that can speak for it, nearest first.
        both: Words that mean both sides.
        determiners: Articles and possessives.
        adjectives: Words that may stand between article and body word.
        joiners: Words that join the members of a list.
        places: Words after which a body word is a place and not an actor ("above the head").
        clause_starts: Words that begin a clause of their own.
        stillness: Words that say the body parts of their clause do not matter.
        stillness_exceptions: Pairs of words in which such a word says no such thing.
        measures: Words that turn a body word before them into a measure ("shoulder height").
        rest: Words of a joint text that say the joint keeps still.
        details: Kind of detail -> words of a joint text that give it (direction, speed, ...).
    """

    nouns: Mapping[str, tuple[str, ...]]
    plurals: Mapping[str, str]
    many_on_one_side: frozenset[str]
    need_an_article: frozenset[str]
    stand_ins: Mapping[str, tuple[str, ...]]
    both: frozenset[str]
    determiners: frozenset[str]
    adjectives: frozenset[str]
    joiners: frozenset[str]
    places: frozenset[str]
    clause_starts: frozenset[str]
    stillness: frozenset[str]
    stillness_exceptions: frozenset[str]
    measures: frozenset[str]
    rest: frozenset[str]
    details: Mapping[str, frozenset[str]]


@cache
def get_lexicon() -> Lexicon:
    """The lexicon that comes with the package, read once."""
    path = resources.files("crossglg").joinpath("resources/lexicon.json")
    record = json.loads(path.read_text("utf-8"))
    return Lexicon(
        nouns={noun: tuple(joints) for noun, joints in record["nouns"].items()},
        plurals=record["plurals"],
        many_on_one_side=frozenset(record["many_on_one_side"]),
        need_an_article=frozenset(record["need_an_article"]),
        stand_ins={joint: tuple(others) for joint, others in record["stand_ins"].items()},
        both=frozenset(record["both"]),
        determiners=frozenset(record["determiners"]),
        adjectives=frozenset(record["adjectives"]),
        joiners=frozenset(record["joiners"]),
        places=frozenset(record["places"]),
        clause_starts=frozenset(record["clause_starts"]),
        stillness=frozenset(record["stillness"]),
        stillness_exceptions=frozenset(record["stillness_exceptions"]),
        measures=frozenset(record["measures"]),
        rest=frozenset(record["rest"]),
        details={kind: frozenset(words) for kind, words in record["details"].items()},
    )


def joints_of_noun(noun: str, sides: Sequence[str], layout: Layout) -> tuple[str, ...]:
    """The joints of a layout that a body word on these sides stands for.

    Where the layout has none of the word's own joints (a wrist in a layout of hands only), the
    nearest joint that can speak for the first of them answers.
    """
    own = get_lexicon().nouns[noun]
    found = tuple(joint for base in own for joint in _joints_called(base, sides, layout))
    return found or nearest_joints(own[0], sides, layout)


def nearest_joints(base: str, sides: Sequence[str], layout: Layout) -> tuple[str, ...]:
    """The layout's joints called ``base`` on these sides, else those of its nearest stand-in.

    Args:
        base: A joint name without side, such as ``wrist``.
        sides: Any of ``left`` and ``right``; none for joints in the middle of the body.
        layout: The layout searched.

    Returns:
        Joint names; empty where nothing in the layout can speak for the joint.
    """
    for candidate in (base, *get_lexicon().stand_ins.get(base, ())):
        if found := _joints_called(candidate, sides, layout):
            return found
    return ()


def split_side(joint: str) -> tuple[str, tuple[str, ...]]:
    """``left_wrist`` -> (``wrist``, (``left``,)); ``pelvis`` -> (``pelvis``, ())."""
    for side in SIDES:
        if joint.startswith(f"{side}_"):
            return joint.removeprefix(f"{side}_"), (side,)
    return joint, ()


def _joints_called(base: str, sides: Sequence[str], layout: Layout) -> tuple[str, ...]:
    if base in layout.joints:
        return (base,)
    return tuple(f"{side}_{base}" for side in sides if f"{side}_{base}" in layout.joints)
