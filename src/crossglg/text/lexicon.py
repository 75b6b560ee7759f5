"""Body words and the joints they stand for, in whatever layout is at hand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from crossglg.skeleton.layout import Layout, body_part

SIDES = ("left", "right")
_MIDDLE = frozenset({"head", "nose", "mouth", "neck", "chest", "spine", "pelvis"})


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
        appositions: Words that join members to the list's own name ("such as").
        demoters: Words that make little of a role behind them ("merely holds").
        minor_roles: Roles that these words make little of.
        places: Words after which a body word is a place and not an actor ("above the head").
        clause_starts: Words that begin a clause of their own.
        stillness: Words that say the body parts of their clause do not matter.
        stillness_exceptions: Pairs of words in which such a word says no such thing.
        idioms: Words that speak of no body part together ("on the one hand").
        compounds: Words that make a thing of a body word before them ("palm tree").
        deeds: Names of actions that a body word before them describes ("a knee strike").
        bulk: Words for the body as a whole: a load to what carries it.
        carriers: Verbs that make a load of the body.
        people: Words for persons.
        strangers: Persons who are done something to.
        marks_others: Words that make another one of a person.
        pronouns: Words that stand for what was named before, or for nothing named.
        auxiliaries: Verbs that make a statement, whatever stands before them.
        functions: Prepositions and adverbs; "-ly" is known without them.
        asides: Adverbs that may come between "and" and what it joins.
        summaries: Words that sum up a list ("all of them").
        ways: Words that make a start of the body word before them ("from the waist up").
        directions: Words after which a side is a direction ("to the left").
        refer_back: Pronouns for the body part spoken of before.
        whereabouts: Words that tell where a part is, not where it goes.
        things: Words that make a thing of a body word behind them ("clock hands").
        stances: Words that say stillness behind "is" or "are" ("the head is upright").
        postures: Words that say stillness right behind a body word only ("hands flat").
        descriptive: Words of stillness that may describe a thing ("a steady beat").
        face_targets: Verbs that touch the face only ("holds the nose").
        spots: Words for a spot on a body part ("the crook of the elbow").
        raised: How a part acts though it stays so ("stays bent").
        held_up: How an arm acts though it stays so ("stays overhead").
        raised_as: What a part that stays up acts as.
        bears: What a part does on one spot ("presses down and stays there").
        motions: What a part does that does not rest ("on the ground and step forward").
        resting_places: Words of stillness where the clause has no verb of motion ("at the sides").
        touched: What is done to the place a hand touches ("the knee is patted").
        targets: Verbs whose object is a place.
        modals: Verbs that only allow what follows ("may tilt").
        doubts: Adverbs that leave open whether anything acts ("maybe one foot").
        frequencies: Words that say that something is done at times only.
        noticing: What one may do without acting ("you might see").
        gazing: Verbs of looking somewhere.
        gazers: Body words that look.
        pointing: Verbs of pointing somewhere.
        pointers: Body words that point without acting ("the toes point up").
        balance: What limbs serve that act for it only ("for balance").
        balancing: Words that lead to it.
        bearing: Verbs of bearing a load ("supports the body").
        taking: Verbs that do so of legs only ("takes the weight").
        loads: What is borne without a deed.
        waiting: Verbs of doing nothing ("just stand there").
        posts: What a part keeps or holds that rests ("its place").
        hedges: Words that qualify a statement ("fairly level", "pretty much stays").
        shapes: What parts that keep a posture form together ("one line").
        comparers: Words that lead to another action ("unlike a squat").
        distinguishers: Verbs whose "from" leads to another action ("differs from a squat").
        relatives: Words that begin a clause on the words before it.
        denials: Words of stillness that deny others ("not to be ignored").
        activity: Words that deny a word of stillness before them ("remains active").
        taking_part: What a part does not do where it is said not to matter.
        excluders: Words of stillness that speak of the phrase behind them ("rather than").
        exceptors: Words behind which the contrary holds ("except").
        echoes: Words that say the last clause once more ("the same goes").
        no_place_after: Word of place -> words before it that take the place away ("focus on").
        place_only_after: Word -> the words before it that make it one of place ("rolled up").
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
    appositions: frozenset[str]
    demoters: frozenset[str]
    minor_roles: frozenset[str]
    places: frozenset[str]
    clause_starts: frozenset[str]
    stillness: frozenset[str]
    stillness_exceptions: frozenset[str]
    idioms: frozenset[str]
    compounds: frozenset[str]
    deeds: frozenset[str]
    bulk: frozenset[str]
    carriers: frozenset[str]
    people: frozenset[str]
    strangers: frozenset[str]
    marks_others: frozenset[str]
    pronouns: frozenset[str]
    auxiliaries: frozenset[str]
    functions: frozenset[str]
    asides: frozenset[str]
    summaries: frozenset[str]
    ways: frozenset[str]
    directions: frozenset[str]
    refer_back: frozenset[str]
    whereabouts: frozenset[str]
    things: frozenset[str]
    stances: frozenset[str]
    postures: frozenset[str]
    descriptive: frozenset[str]
    face_targets: frozenset[str]
    spots: frozenset[str]
    raised: frozenset[str]
    held_up: frozenset[str]
    raised_as: frozenset[str]
    bears: frozenset[str]
    motions: frozenset[str]
    resting_places: frozenset[str]
    touched: frozenset[str]
    targets: frozenset[str]
    modals: frozenset[str]
    doubts: frozenset[str]
    frequencies: frozenset[str]
    noticing: frozenset[str]
    gazing: frozenset[str]
    gazers: frozenset[str]
    pointing: frozenset[str]
    pointers: frozenset[str]
    balance: frozenset[str]
    balancing: frozenset[str]
    bearing: frozenset[str]
    taking: frozenset[str]
    loads: frozenset[str]
    waiting: frozenset[str]
    posts: frozenset[str]
    hedges: frozenset[str]
    shapes: frozenset[str]
    comparers: frozenset[str]
    distinguishers: frozenset[str]
    relatives: frozenset[str]
    denials: frozenset[str]
    activity: frozenset[str]
    taking_part: frozenset[str]
    excluders: frozenset[str]
    exceptors: frozenset[str]
    echoes: frozenset[str]
    no_place_after: Mapping[str, frozenset[str]]
    place_only_after: Mapping[str, frozenset[str]]
    measures: frozenset[str]
    rest: frozenset[str]
    details: Mapping[str, frozenset[str]]


@cache
def get_lexicon() -> Lexicon:
    """The lexicon that comes with the package, read once."""
    path = resources.files("crossglg").joinpath("resources/lexicon.json")
    record = json.loads(path.read_text("utf-8"))
    in_order = {"nouns", "stand_ins"}
    return Lexicon(**{name: _frozen(record[name], in_order=name in in_order) for name in record})


def _frozen(words: Any, *, in_order: bool) -> Any:
    """Lists as tuples or sets, those inside an object too; single words stay."""
    if isinstance(words, dict):
        return {key: _frozen(value, in_order=in_order) for key, value in words.items()}
    if isinstance(words, list):
        return tuple(words) if in_order else frozenset(words)
    return words


def joints_of_noun(noun: str, sides: Sequence[str], layout: Layout) -> tuple[str, ...]:
    """The joints of a layout that a body word on these sides stands for.

    Where the layout has none of the word's own joints (a wrist in a layout of hands only), the
    nearest joint that can speak for the first of them answers.
    """
    own = get_lexicon().nouns[noun]
    found = tuple(joint for base in own for joint in _joints_called(base, sides, layout))
    return found or nearest_joints(own[0], sides, layout)


def limb_of(noun: str) -> str | None:
    """``arm`` or ``leg`` where a body word stands for joints of one; None for all others."""
    parts = {body_part(f"left_{joint}") for joint in get_lexicon().nouns[noun]}
    return {"left_arm": "arm", "left_leg": "leg"}.get(parts.pop()) if len(parts) == 1 else None


def is_paired(noun: str) -> bool:
    """Whether the body has the part on either side, unlike the head."""
    return get_lexicon().nouns[noun][0] not in _MIDDLE


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
