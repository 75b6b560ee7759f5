"""Find the body parts a text names as important, and turn them into a distribution over joints.

A text is cut into clauses, a clause into noun phrases ("the right wrist, elbow and shoulder",
"both knees"). Phrases of a clause that speaks of stillness do not count ("the legs stay still"),
nor do phrases that only tell a place ("above the head"). What is left marks joints by the
lexicon; a body word without side marks both sides. Rules and words instead of a parser: the
texts are plain, and the reading stays reproducible and free of further packages.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crossglg.skeleton.layout import Layout
from crossglg.text.descriptions import ActionDescription
from crossglg.text.lexicon import SIDES, get_lexicon, joints_of_noun

Role = Literal["acts", "still", "place"]
_Kind = Literal[
    "noun", "side", "both", "determiner", "adjective", "join", "place", "still", "break", "other"
]

_OPENING: tuple[_Kind, ...] = ("determiner", "adjective", "side", "both")

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[.,;:!?()]|[\u2013\u2014]")
_AS_ONE_AND = re.compile(r"\b(?:as well as|along with|together with|but also)\b|&")


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


@dataclass(frozen=True)
class _Token:
    word: str
    kind: _Kind


PhraseReader = Callable[[str], tuple[Phrase, ...]]


def find_phrases(text: str) -> tuple[Phrase, ...]:
    """All mentions of body parts in reading order, those that do not count included."""
    return tuple(
        phrase for clause in _split_clauses(_read_tokens(text)) for phrase in _read_clause(clause)
    )


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


# --- words ------------------------------------------------------------------------------------


def _read_tokens(text: str) -> list[_Token]:
    words = _WORD.findall(_AS_ONE_AND.sub(" and ", text.lower().replace("\u2019", "'")))
    tokens = [_tag(word.removesuffix("'s")) for word in _join_pairs(words)]
    return [_reconsider(tokens, index) for index in range(len(tokens))]


def _join_pairs(words: list[str]) -> Iterator[str]:
    """Make one word of pairs the lexicon knows ("upper arm", "front of", "not only")."""
    lexicon = get_lexicon()
    known = {*lexicon.nouns, *lexicon.plurals, *lexicon.places, *lexicon.stillness_exceptions}
    index = 0
    while index < len(words):
        pair = " ".join(words[index : index + 2])
        joined = " " in pair and pair in known
        yield pair if joined else words[index]
        index += 2 if joined else 1


def _singular(word: str) -> str | None:
    """The lexicon's body word for a singular or plural, or None."""
    lexicon = get_lexicon()
    singular = lexicon.plurals.get(word, word)
    return singular if singular in lexicon.nouns else None


def _tag(word: str) -> _Token:
    lexicon = get_lexicon()
    if _singular(word) is not None:
        return _Token(word, "noun")
    kinds: tuple[tuple[_Kind, bool], ...] = (
        ("side", word in SIDES),
        ("both", word in lexicon.both),
        ("determiner", word in lexicon.determiners),
        ("adjective", word in lexicon.adjectives),
        ("join", word == "," or word in lexicon.joiners),
        ("still", word in lexicon.stillness or word.endswith("n't")),
        ("break", not word[0].isalpha() or word in lexicon.clause_starts),
        ("place", word in lexicon.places),
    )
    return _Token(word, next((kind for kind, fits in kinds if fits), "other"))


def _reconsider(tokens: Sequence[_Token], index: int) -> _Token:
    """A body word that means something else among its neighbours becomes an ordinary word."""
    token = tokens[index]
    if token.kind != "noun":
        return token
    lexicon = get_lexicon()
    before = tokens[index - 1].kind if index else "break"
    after = [follower.word for follower in tokens[index + 1 : index + 2]]
    ambiguous = token.word in lexicon.need_an_article
    means_else = (
        any(word in lexicon.measures for word in after)
        or (ambiguous and before not in ("determiner", "adjective"))
        or (after == ["of"] and (ambiguous or not _is_of_body(tokens[index + 2 :])))
    )
    return _Token(token.word, "other") if means_else else token


def _is_of_body(tokens: Sequence[_Token]) -> bool:
    """Whether what follows "of" is a body part, unlike in "the head of the racket"."""
    for token in tokens:
        if token.kind not in ("determiner", "adjective", "side", "both"):
            return token.kind == "noun"
    return False


# --- clauses ----------------------------------------------------------------------------------


def _split_clauses(tokens: Sequence[_Token]) -> Iterator[list[_Token]]:
    clause: list[_Token] = []
    for index, token in enumerate(tokens):
        if token.kind == "break" or _starts_clause(tokens, index):
            yield clause
            clause = []
        else:
            clause.append(token)
    yield clause


def _starts_clause(tokens: Sequence[_Token], index: int) -> bool:
    """Whether this comma or "and" starts a clause instead of going on with a list."""
    if tokens[index].kind != "join" or index == 0:
        return False
    rest = [token for token in tokens[index + 1 : index + 4] if token.kind != "join"]
    if not rest or rest[0].kind not in ("noun", *_OPENING):
        return False
    before = [token for token in tokens[:index] if token.kind != "join"]
    last = before[-1].kind if before else "other"
    if last == "side":
        return rest[0].kind == "determiner" and (len(rest) < 2 or rest[1].kind != "side")
    if last == "noun":
        return rest[0].kind == "determiner" and _tells_place(before)
    return last not in ("both", "adjective")


def _tells_place(tokens: Sequence[_Token]) -> bool:
    """Whether the phrase these tokens end with follows a word of place ("above the head")."""
    index = len(tokens) - 2
    while index >= 0 and tokens[index].kind in ("adjective", "side", "both"):
        index -= 1
    if index >= 0 and tokens[index].kind == "determiner":
        index -= 1
    return index >= 0 and tokens[index].kind == "place"


# --- phrases ----------------------------------------------------------------------------------


def _read_clause(clause: Sequence[_Token]) -> Iterator[Phrase]:
    still = any(token.kind == "still" for token in clause)
    listed: tuple[str, ...] = ()
    placed = False
    for first, last in _phrase_spans(clause):
        before = clause[first - 1].kind if first else "other"
        goes_on = before == "join" or (before == "noun" and first == last)
        listed = listed if goes_on else ()
        placed = _tells_place(clause[: last + 1]) or (placed and goes_on)
        spoken = _spoken_sides(clause[first:last])
        word = clause[last].word
        noun = _singular(word)
        assert noun is not None, "only body words end a phrase"
        yield Phrase(
            text=" ".join(token.word for token in clause[first : last + 1]),
            noun=noun,
            sides=spoken or (SIDES if _means_both(word) else listed or SIDES),
            role="still" if still else "place" if placed else "acts",
        )
        listed = spoken or listed


def _spoken_sides(words: Sequence[_Token]) -> tuple[str, ...]:
    if any(token.kind == "both" for token in words):
        return SIDES
    return tuple(side for side in SIDES if side in {token.word for token in words})


def _means_both(word: str) -> bool:
    """Whether a body word means both sides by itself; fingers may all be of one hand."""
    lexicon = get_lexicon()
    return word in lexicon.plurals and word not in lexicon.many_on_one_side


def _phrase_spans(clause: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    """(index of the first word, index of the body word) of every phrase."""
    first: int | None = None
    for index, token in enumerate(clause):
        if token.kind == "noun":
            yield index if first is None else first, index
            first = None
        elif not (first is not None and _joins_sides(clause, index)):
            opens = token.kind in ("side", "both", "adjective") and first is not None
            first = first if opens else index if token.kind in _OPENING else None


def _joins_sides(clause: Sequence[_Token], index: int) -> bool:
    """Whether this word belongs to the middle of "left and right" or "the left and the right"."""
    around = [token.kind for token in (*clause[index - 1 : index], *clause[index + 1 : index + 2])]
    word = clause[index]
    if word.kind == "determiner":
        return around == ["join", "side"]
    return word.kind == "join" and word.word != "," and around[0] == "side"
