"""Cut a text into words and say what each word is: body word, side, place, stillness, ...

A body word among neighbours that make it a thing ("palm tree"), a verb ("the person heads
towards") or a measure ("shoulder height") becomes an ordinary word here, so that later steps
may trust what they see.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from crossglg.text.lexicon import SIDES, get_lexicon

Kind = Literal[
    "noun", "side", "both", "determiner", "adjective", "person", "pronoun", "join", "place",
    "target", "still", "break", "verb", "function", "other",
]  # fmt: skip

OPENING: tuple[Kind, ...] = ("determiner", "adjective", "side", "both")

_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*(?:(?<=s)'(?!\w))?|[.,;:!?()]|[\u2013\u2014]")
_AS_ONE_AND = re.compile(r"\b(?:as well as|along with|together with|but also)\b|&")
_LONE_POSSESSIVE = re.compile(r"\s+'s\b")
_SIDE_IN_BRACKETS = re.compile(r"\((?:the )?(left|right)(?: side| one)?\)")
_SIDE_LETTER = re.compile(r"\b[lr]\b(?=\.? [a-z]|\))\.?")
_ORDINALS = frozenset({"first", "second", "third"})
_IS = re.compile(r"\b(it|he|she|that|this|there|here|what|who|which)'s\b")
_SHORT_IS = re.compile(
    r"\b([a-z]+)'s ((?:(?:[a-z]+ly|just|also|still) )*"
    r"(?:[a-z]+(?:ed|ing)|bent|held|kept|not|still|up))\b(?=(?: ([a-z]+))?)"
)


@dataclass(frozen=True)
class Token:
    """A word, or words the lexicon knows as one.

    Attributes:
        word: Lower case.
        kind: What it is; ``other`` where nothing is known of it.
    """

    word: str
    kind: Kind


def read_tokens(text: str) -> list[Token]:
    """The words of a text in order, punctuation marks included."""
    plain = text.lower().replace("\u2019", "'")
    plain = _SHORT_IS.sub(_spell_is, plain)
    plain = _IS.sub(r"\1 is", _LONE_POSSESSIVE.sub("'s", _AS_ONE_AND.sub(" and ", plain)))
    plain = _SIDE_LETTER.sub(_spell_side, plain)
    plain = _SIDE_IN_BRACKETS.sub(r" on the \1 side ", plain)
    written = _WORD.findall(plain)
    words = [
        part
        for word, after in zip(written, [*written[1:], ""], strict=False)
        for part in _open_hyphens(word, after)
    ]
    tokens = [_tag(word) for word in _join_known(words)]
    return [_reconsider(tokens, index) for index in range(len(tokens))]


def _spell_is(short: re.Match[str]) -> str:
    """Open "head's tilted down", but not "the hand's curled fingers"."""
    contracted = singular(short[1]) is not None and (
        short[3] in get_lexicon().need_an_article or singular(short[3] or "") is None
    )
    return f"{short[1]} is {short[2]}" if contracted else short[0]


def _spell_side(letter: re.Match[str]) -> str:
    return SIDES["lr".index(letter[0][0])]


def singular(word: str) -> str | None:
    """The lexicon's body word for a singular or plural, or None."""
    lexicon = get_lexicon()
    found = lexicon.plurals.get(word, word)
    return found if found in lexicon.nouns else None


# --- words ------------------------------------------------------------------------------------


@cache
def _known_groups() -> frozenset[str]:
    """Everything in the lexicon that is more than one word."""
    lexicon = get_lexicon()
    return frozenset(
        words
        for words in {
            *lexicon.nouns, *lexicon.plurals, *lexicon.places, *lexicon.stillness,
            *lexicon.stillness_exceptions, *lexicon.appositions, *lexicon.idioms,
            *lexicon.minor_roles, *lexicon.excluders, *lexicon.exceptors, *lexicon.echoes,
            *lexicon.postures, *lexicon.comparers, *lexicon.raised_as, *lexicon.doubts,
            *lexicon.hedges, *lexicon.frequencies,
        }
        if " " in words
    )  # fmt: skip


def _open_hyphens(word: str, after: str) -> list[str]:
    """Parts of hyphenated words that speak of the body; "first-hand" and others stay whole."""
    parts = word.split("-")
    if len(parts) == 1 or word in get_lexicon().idioms:
        return [word]
    if parts[0] in SIDES and singular(parts[1]):
        return parts[:1] if singular(after) else parts[:2]  # "right-hand thumb", "-hand-only sign"
    if " ".join(parts) in _known_groups():
        return parts
    if all(singular(part) for part in parts):
        return " and ".join(parts).split(" ")  # "the wrist-elbow chain"
    if singular(parts[0]) and all(part in get_lexicon().adjectives for part in parts[1:]):
        return parts  # "the knee-joint"
    return [word]


def _join_known(words: Sequence[str]) -> Iterator[str]:
    """Make one word of those the lexicon knows together ("upper arm", "front of")."""
    known = _known_groups()
    longest = max(len(group.split(" ")) for group in known)
    index = 0
    while index < len(words):
        sizes = range(min(longest, len(words) - index), 1, -1)
        groups = {size: " ".join(words[index : index + size]) for size in sizes}
        size = next((size for size, group in groups.items() if group in known), 1)
        yield groups.get(size, words[index])
        index += size


def _tag(word: str) -> Token:
    if word.endswith(("'s", "s'")):
        # An owner describes what it owns: "the hand's fingers", "the person's knee".
        stem = word[:-2] if word.endswith("'s") else word[:-1]
        if stem in get_lexicon().things:
            return Token(stem, "other")  # "the clock's hands"
        return Token(word, "adjective" if singular(stem) else "determiner")
    lexicon = get_lexicon()
    kinds: tuple[tuple[Kind, bool], ...] = (
        ("other", word in lexicon.idioms or word in lexicon.stillness_exceptions),
        ("noun", singular(word) is not None),
        ("side", word in SIDES),
        ("both", word in lexicon.both),
        ("determiner", word in lexicon.determiners),
        ("adjective", word in lexicon.adjectives),
        ("join", word == "," or word in lexicon.joiners | lexicon.appositions),
        ("still", _says_still(word)),
        ("place", word in lexicon.places),
        ("break", not word[0].isalpha() or word in lexicon.clause_starts),
        ("target", word in lexicon.targets),
        ("person", word in lexicon.people),
        ("pronoun", word in lexicon.pronouns),
        ("verb", word in lexicon.auxiliaries),
        ("function", word in lexicon.functions | lexicon.hedges or word.endswith("ly")),
    )
    return Token(word, next((kind for kind, fits in kinds if fits), "other"))


def _says_still(word: str) -> bool:
    lexicon = get_lexicon()
    return (
        word in lexicon.stillness
        or word in lexicon.excluders
        or word in lexicon.exceptors
        or word.endswith("n't")
    )


# --- neighbours -------------------------------------------------------------------------------


def _reconsider(tokens: Sequence[Token], index: int) -> Token:
    """The token as its neighbours make it."""
    lexicon = get_lexicon()
    token = tokens[index]
    if token.word in _ORDINALS and _counts(tokens, index):
        return replace(token, kind="adjective")  # "the first person's back"
    if token.word == "that" and _points(tokens, index):
        return Token("the", "determiner")
    if token.kind != "noun":
        return token
    after = tokens[index + 1 : index + 2]
    ambiguous = token.word in lexicon.need_an_article
    if ambiguous and after and after[0].kind in ("noun", "side"):
        return replace(token, kind="adjective")  # "the back foot"
    rules = (
        _names_the_action,
        _is_bare_verb,
        _describes_a_thing,
        _lacks_its_article,
        _belongs_to_a_thing,
    )
    return replace(token, kind="other") if any(rule(tokens, index) for rule in rules) else token


def _counts(tokens: Sequence[Token], index: int) -> bool:
    """Whether an ordinal stands inside a phrase: "the second person", "the first one's back"."""
    after = [token.kind for token in tokens[index + 1 : index + 2]]
    opened = index > 0 and tokens[index - 1].kind == "determiner"
    return opened and after in (["noun"], ["person"], ["determiner"])


def _points(tokens: Sequence[Token], index: int) -> bool:
    """Whether "that" points at a thing instead of starting a clause: "with that hand"."""
    around = [token.kind for token in (*tokens[index - 1 : index], *tokens[index + 1 : index + 2])]
    leads_in = len(around) == 2 and (
        around[0] in ("function", "place", "target") or tokens[index - 1].word == "with"
    )
    return leads_in and around[1] in ("noun", "person", *OPENING)


def _names_the_action(tokens: Sequence[Token], index: int) -> bool:
    """The action's own name before what is said of it: "Elbow strike: the right elbow ..."."""
    named = [token.word for token in tokens[index + 1 : index + 3]]
    is_bare = index == 0 and tokens[index].word not in get_lexicon().plurals
    return is_bare and named[1:] == [":"] and tokens[1].kind in ("other", "target")


def _describes_a_thing(tokens: Sequence[Token], index: int) -> bool:
    """A measure or a compound: "shoulder height", "palm tree", "clock hands"."""
    lexicon = get_lexicon()
    if index and tokens[index - 1].word in lexicon.things:
        return True
    after = tokens[index + 1].word if index + 1 < len(tokens) else ""
    opens = not index or tokens[index - 1].kind not in ("join", *OPENING)
    alone = opens or tokens[index - 1].word in ("a", "an")
    if after in lexicon.deeds and alone and tokens[index].word not in lexicon.plurals:
        return True  # "a knee strike", but "the elbow and the wrist press"
    # After plurals such words are verbs: "the eyes watch".
    if after == "rest" and index and tokens[index - 1].kind == "join":
        return False  # "the back and head rest on the floor"
    if _ends_a_list(tokens, index) and _takes_an_object(tokens, index + 1):
        return after in lexicon.measures  # "the left hand and the right hand light the candle"
    compound = after in lexicon.compounds and tokens[index].word not in lexicon.plurals
    return compound or after in lexicon.measures


def _ends_a_list(tokens: Sequence[Token], index: int) -> bool:
    """Whether a body word is the last of several: "the elbow and the right shoulder"."""
    before = index - 1
    while before >= 0 and tokens[before].kind in OPENING:
        before -= 1
    return before > 0 and tokens[before].word == "and" and tokens[before - 1].kind == "noun"


def _takes_an_object(tokens: Sequence[Token], index: int) -> bool:
    """Whether a word is followed by what it is done to: "sling it", "light the candle"."""
    return [token.kind for token in tokens[index + 1 : index + 2]] in (["determiner"], ["pronoun"])


def _lacks_its_article(tokens: Sequence[Token], index: int) -> bool:
    """An adverb or verb: "swings back", "face the wall"."""
    before = index - 1
    while before >= 0 and (
        tokens[before].kind in ("adjective", "side") or tokens[before].word.endswith("ed")
    ):
        before -= 1  # "an arched back"
    opened = before >= 0 and tokens[before].kind in ("determiner", "both")
    has_article = opened and tokens[before].word != "one"  # "one slanted back"
    return tokens[index].word in get_lexicon().need_an_article and not has_article


def _belongs_to_a_thing(tokens: Sequence[Token], index: int) -> bool:
    """The part of a thing: "the head of the racket", "the back of the hand"."""
    lexicon = get_lexicon()
    token = tokens[index]
    if [other.word for other in tokens[index + 1 : index + 2]] != ["of"]:
        return False
    owner = _owner(tokens[index + 2 :])
    if token.word in lexicon.need_an_article:
        return owner is None or owner.kind == "noun" or owner.word in lexicon.refer_back
    return owner is None


def _owner(tokens: Sequence[Token]) -> Token | None:
    """The body part, the person or the side that what follows "of" speaks of; None for things."""
    for position, token in enumerate(tokens):
        if token.kind in ("noun", "person", "pronoun") or token.word in ("which", "whom"):
            return token
        following = tokens[position + 1].kind if position + 1 < len(tokens) else "break"
        if token.kind in ("side", "both") or token.word == "other":
            if following not in (*OPENING, "noun", "person", "join"):
                return token
        elif token.kind not in OPENING and token.word != "of":
            return None
    return None


def _is_bare_verb(tokens: Sequence[Token], index: int) -> bool:
    """A body word that is a verb: "to shoulder", "the person heads towards", "hands it over"."""
    lexicon = get_lexicon()
    before = tokens[index - 1] if index else Token("", "break")
    after = tokens[index + 1] if index + 1 < len(tokens) else Token("", "break")
    if before.kind in OPENING:
        return False
    is_one = tokens[index].word not in lexicon.plurals
    if (
        is_one
        and before.kind == "break"
        and after.word in ("for", "to", "toward", "towards", "off", "out")
    ):
        return True  # "Head for the exit"
    beyond = tokens[index + 2].kind if index + 2 < len(tokens) else "break"
    if after.word in ("the", "a", "an") and beyond == "other":
        return True  # "..., and shoulders the bag"
    if tokens[index].word not in lexicon.plurals:
        return before.word == "to" or before.kind == "verb"
    return before.kind in ("person", "pronoun") or after.word in ("it", "them", "him")
