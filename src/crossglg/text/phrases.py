"""Find the body parts a text names as important, and turn them into a distribution over joints.

A text is cut into clauses (``text.clauses``), a clause into noun phrases (``text.mentions``).
Phrases spoken of as still do not count (``text.stillness``), nor do those that only tell a place
or target ("above the head"). What is left marks joints by the lexicon; a body word without side
marks both sides. Rules and words instead of a parser: the texts are plain, and the reading stays
reproducible and free of further packages.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crossglg.skeleton.layout import Layout
from crossglg.text.bystanders import bystanders
from crossglg.text.clauses import split_clauses
from crossglg.text.comparisons import compared
from crossglg.text.descriptions import ActionDescription
from crossglg.text.lexicon import SIDES, get_lexicon, is_paired, joints_of_noun, limb_of
from crossglg.text.mentions import (
    Span,
    find_spans,
    goes_on,
    owners,
    shares_joints,
    spoken_sides,
)
from crossglg.text.places import is_place, is_touched, lies_somewhere
from crossglg.text.postures import mark_still
from crossglg.text.stillness import still_nouns
from crossglg.text.tokens import Token, read_tokens, singular

_TELLING = frozenset({"is", "say", "usually", "typically", "normally", "preferably", "mostly"})

Role = Literal["acts", "still", "place"]


@dataclass(frozen=True)
class Phrase:
    """One mention of a body part.

    Attributes:
        text: The words found, lower case, such as ``the right wrist``.
        noun: The body word of the lexicon, singular.
        sides: ``left``, ``right`` or both.
        role: ``acts`` counts; ``still`` and ``place`` are mentioned without mattering.
    """

    text: str
    noun: str
    sides: tuple[str, ...]
    role: Role


@dataclass
class _Memory:
    """What was spoken of last, for words that point back: "its", "the left", "the other hand".

    Attributes:
        nouns: Body words of the last list.
        side: The last single side.
        of_side: The body word last spoken of with one side.
        limbs: ``arm`` and ``leg`` -> the sides spoken of so far.
    """

    nouns: tuple[str, ...] = ()
    side: tuple[str, ...] = ()
    of_side: str = ""
    limbs: dict[str, set[str]] = field(default_factory=dict)


PhraseReader = Callable[[str], tuple[Phrase, ...]]


def find_phrases(text: str) -> tuple[Phrase, ...]:
    """All mentions of body parts in reading order, those that do not count included."""
    tokens = mark_still(read_tokens(text))
    clauses = split_clauses(tokens)
    still = still_nouns(tokens, clauses) | bystanders(tokens, clauses) | compared(tokens)
    memory = _Memory()
    found: list[tuple[int, Phrase]] = []
    for clause in clauses:
        words = [tokens[i] for i in clause.indices]
        resting = {place for place, i in enumerate(clause.indices) if i in still}
        for span, phrase in _read_clause(words, resting, memory):
            before = words[span.first - 1].word if span.first else ""
            if before in _TELLING or (before == ":" and words[span.noun].kind == "side"):
                _tell_side(found, phrase)
            found.append((clause.indices[span.noun], phrase))
    return tuple(phrase for _, phrase in sorted(found, key=_position))


def _tell_side(found: list[tuple[int, Phrase]], told: Phrase) -> None:
    """Give the last mention the side told of it: "the hand that throws is the right one"."""
    if not found or len(told.sides) != 1:
        return
    place, last = found[-1]
    if last.noun == told.noun and last.sides == SIDES:
        found[-1] = (place, replace(last, sides=told.sides))


def _position(found: tuple[int, Phrase]) -> int:
    return found[0]


def key_joints(
    text: str, layout: Layout, *, read: PhraseReader = find_phrases
) -> NDArray[np.float32]:
    """How much each joint matters according to a global text.

    Args:
        text: The global text.
        layout: Its joints are weighted.
        read: Finds the phrases; see ``text.extractors`` for others than our own rules.

    Returns:
        (V) float32, sums to 1: equal weight on every joint named, or uniform where the text
        names none.
    """
    named = {
        joint
        for phrase in read(text)
        if phrase.role == "acts"
        for joint in joints_of_noun(phrase.noun, phrase.sides, layout)
    }
    marked = np.array([joint in named for joint in layout.joints], dtype=np.float32)
    if not marked.any():
        marked[:] = 1
    distribution: NDArray[np.float32] = marked / marked.sum()
    return distribution


def key_joint_matrix(
    descriptions: Sequence[ActionDescription],
    layout: Layout,
    *,
    read: PhraseReader = find_phrases,
) -> NDArray[np.float32]:
    """(K V) float32: ``key_joints`` of every description's global text."""
    rows = [key_joints(text.global_text, layout, read=read) for text in descriptions]
    return np.stack(rows) if rows else np.zeros((0, layout.joint_count), dtype=np.float32)


# --- reading a clause -------------------------------------------------------------------------


def _read_clause(
    words: Sequence[Token], still: Collection[int], memory: _Memory
) -> Iterator[tuple[Span, Phrase]]:
    spans = find_spans(words)
    placed = False
    listed: tuple[str, ...] = ()
    for number, span in enumerate(spans):
        in_list = goes_on(words, span)
        listed = listed if in_list else ()
        placed = (
            is_place(words, span, comes_later=number > 0)
            or is_touched(words, spans, number)
            or lies_somewhere(words, span)
            or (placed and in_list)
        )
        role: Role = "still" if span.noun in still else "place" if placed else "acts"
        spoken = _spoken(words, spans, number) or _pointed_at(words, span, memory)
        if not spoken and not listed and _of_same_limb(words, span, memory):
            listed = memory.side  # "the right arm is raised and waved from the elbow"
        elif not spoken and not listed:
            listed = _of_only_limb(words, span, memory)
        listed = spoken or listed
        for noun in _nouns(words, span, memory):
            both = _means_both(words[span.noun].word) or not is_paired(noun)
            sides = spoken or (SIDES if both else listed or SIDES)
            yield span, Phrase(_text(words, span), noun, sides, role)
        _remember(words, span, memory, in_list=in_list, spoken=spoken)


def _text(words: Sequence[Token], span: Span) -> str:
    return " ".join(word.word for word in words[span.first : span.last + 1])


def _nouns(words: Sequence[Token], span: Span, memory: _Memory) -> tuple[str, ...]:
    noun = singular(words[span.noun].word)
    if noun is None:
        return memory.nouns
    whole = next(owners(words, span), noun)
    if noun in get_lexicon().spots and limb_of(whole) != limb_of(noun):
        return (whole,)  # "the heel of the hand"
    return (noun,)


# --- sides --------------------------------------------------------------------------------------


def _spoken(words: Sequence[Token], spans: Sequence[Span], number: int) -> tuple[str, ...]:
    """The sides a phrase names, or else those its list names at the end."""
    span = spans[number]
    counted = any(word.word == "two" for word in words[span.first : span.noun])
    one_hand = counted and words[span.noun].word in get_lexicon().many_on_one_side
    sides = spoken_sides(words[span.first : span.last + 1])
    if sides and not (one_hand and sides == SIDES):  # "two straight fingers" may be of one hand
        return sides
    for later in spans[number + 1 :]:
        if not goes_on(words, later) or spoken_sides(words[later.first : later.noun]):
            return ()
        if sides := spoken_sides(words[later.noun + 1 : later.last + 1]):
            own = singular(words[span.noun].word) or ""
            # "The thumb and fingers of the right hand", not "the knee and fingers of ...".
            near = all(own and shares_joints(own, noun) for noun in owners(words, later))
            return sides if near else ()
    return ()


def _pointed_at(words: Sequence[Token], span: Span, memory: _Memory) -> tuple[str, ...]:
    """The side that "its", "of which" or "the other" points back at."""
    named = {word.word for word in words[span.first : span.last + 1]}
    if words[span.noun].word in get_lexicon().many_on_one_side:
        named.discard("other")  # "the other fingers" are of the same hand
    if named & {"its", "which", "same"}:
        return memory.side
    if "opposite" in named or ("other" in named and _same_limb(words, span, memory)):
        return tuple(side for side in SIDES if memory.side and side not in memory.side)
    return ()


def _of_same_limb(words: Sequence[Token], span: Span, memory: _Memory) -> bool:
    """Whether this part without side hangs on the arm or leg last spoken of with its side."""
    word = words[span.noun].word
    noun = singular(word)
    if noun is None or not memory.of_side or _means_both(word):
        return False
    if set(get_lexicon().nouns[noun]) <= set(get_lexicon().nouns[memory.of_side]):
        return True  # "the left hand presses, the fingers running"
    limb = limb_of(noun)
    return limb is not None and limb == limb_of(memory.of_side) and len(memory.limbs[limb]) == 1


def _of_only_limb(words: Sequence[Token], span: Span, memory: _Memory) -> tuple[str, ...]:
    """The side of "the hand" where one arm only was spoken of so far; none for others."""
    noun = singular(words[span.noun].word)
    limb = limb_of(noun) if noun == words[span.noun].word else None
    sides = memory.limbs.get(limb, set()) if limb else set()
    named = [word.word for word in words[span.first : span.last + 1]]
    return tuple(sides) if len(sides) == 1 and named == ["the", noun] else ()


def _same_limb(words: Sequence[Token], span: Span, memory: _Memory) -> bool:
    """Whether this part belongs to the limb last spoken of with its side."""
    noun = singular(words[span.noun].word) or next(iter(memory.nouns), "")
    return bool(noun and memory.of_side) and shares_joints(noun, memory.of_side)


def _means_both(word: str) -> bool:
    """Whether a body word means both sides by itself; fingers may all be of one hand."""
    lexicon = get_lexicon()
    return word in lexicon.plurals and word not in lexicon.many_on_one_side


def _remember(
    words: Sequence[Token],
    span: Span,
    memory: _Memory,
    *,
    in_list: bool,
    spoken: tuple[str, ...],
) -> None:
    noun = singular(words[span.noun].word)
    if noun is not None and is_paired(noun):  # "before the chest, the left one ..."
        memory.nouns = (*memory.nouns, noun) if in_list else (noun,)
    if len(spoken) == 1:
        memory.side = spoken
        memory.of_side = noun or memory.of_side or next(iter(memory.nouns), "")
    if (meant := noun or memory.of_side) and (limb := limb_of(meant)):
        memory.limbs.setdefault(limb, set()).update(spoken)
