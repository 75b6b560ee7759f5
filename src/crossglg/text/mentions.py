"""Find the noun phrases that name body parts in the words of one clause.

A phrase reaches over what owns the part ("the fingers of the right hand" speaks of fingers only)
and over a side named afterwards ("wrist and elbow, both on the left side").
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crossglg.text.lexicon import SIDES, get_lexicon, limb_of
from crossglg.text.tokens import OPENING, Token, singular


@dataclass(frozen=True)
class Span:
    """Where a phrase stands in its clause.

    Attributes:
        first: Its first word.
        noun: Its body word; a side ("the left") where the body word is left out.
        last: Its last word.
    """

    first: int
    noun: int
    last: int


def find_spans(words: Sequence[Token]) -> list[Span]:
    """All phrases of a clause in reading order, those without a body word included."""
    spans: list[Span] = []
    first: int | None = None
    done = -1
    for index, word in enumerate(words):
        if index <= done:
            continue
        if word.kind == "noun":
            done = _last_word(words, index)
            spans.append(Span(index if first is None else first, index, done))
            first = None
        elif _stands_alone(words, index):
            spans.append(Span(index if first is None else first, index, index))
            first = None
        elif first is None or not _continues(words, index):
            first = index if word.kind in OPENING else None
    return spans


def spoken_sides(words: Sequence[Token]) -> tuple[str, ...]:
    """The sides these words name; none where they name no side."""
    named = {word.word for word in words}
    if sides := tuple(side for side in SIDES if side in named):
        return sides  # "each right elbow" is right only
    return SIDES if any(word.kind == "both" for word in words) else ()


def goes_on(words: Sequence[Token], span: Span) -> bool:
    """Whether a phrase is a further member of a list."""
    before = span.first - 1  # a join that opens the clause joins no phrases
    if before > 1 and words[before].word == "of" and words[before - 1].word in get_lexicon().spots:
        before -= 2  # "to the shoulders, the back of the head"
        while before > 0 and words[before].kind in OPENING:
            before -= 1
    while before > 0 and words[before].word in get_lexicon().asides:
        before -= 1
    if before <= 0:
        return False
    word = words[before]
    return word.kind == "join" or word.word == ":" or (word.kind == "noun" and _is_bare(span))


def _is_bare(span: Span) -> bool:
    return span.first == span.noun


def _continues(words: Sequence[Token], index: int) -> bool:
    """Whether this word carries on the phrase that was opened before it."""
    word = words[index]
    following = words[index + 1].kind if index + 1 < len(words) else "break"
    if word.kind in ("side", "both", "adjective"):
        return True
    # Words we do not know describe the part as well: "the left tightly gripped hand".
    describes = word.kind in ("other", "still", "function") and (
        word.word.endswith(("ing", "ed", "ly")) or word.kind == "still"
    )
    if words[index - 1].kind == "side" and word.kind == "other" and following == "noun":
        return True  # "the right big toe"
    if describes and following in ("noun", "adjective", "side", "other"):
        return True
    return _joins_sides(words, index)


def _joins_sides(words: Sequence[Token], index: int) -> bool:
    """Whether this word belongs to the middle of "left and right" or "the left and the right"."""
    around = [token.kind for token in (*words[index - 1 : index], *words[index + 1 : index + 3])]
    word = words[index]
    if word.kind == "determiner":
        return around[:2] == ["join", "side"] and "side" in [w.kind for w in words[:index]]
    if word.kind != "join" or word.word == "," or around[0] != "side":
        return False
    return around[1:2] != ["noun"] and "side" in around[1:]


def _stands_alone(words: Sequence[Token], index: int) -> bool:
    """Whether a side speaks for a body word named before: "..., and the left one does not"."""
    word = words[index]
    if word.kind != "side" and word.word != "other":
        return False
    before = [token.word for token in words[max(0, index - 2) : index]]
    if not before or words[index - 1].kind != "determiner":
        return False
    lexicon = get_lexicon()
    if len(before) == 2 and before[0] in lexicon.places | lexicon.directions:
        return False
    if word.word == "other" and index > 1 and words[index - 2].kind not in ("join", "break"):
        return False  # a person: "touches the other"
    rest = words[index + 1 : index + 3]
    if word.word == "other" and not rest and before[0] in ("after", "to"):
        return False  # "one number after the other"
    if not rest or rest[0].word in ("one", "ones"):
        return True
    ends = rest[0].kind in ("verb", "still", "join") or _is_side_that_acts(word, rest)
    return ends and not _joins_sides(words, index + 1)


def _is_side_that_acts(word: Token, rest: Sequence[Token]) -> bool:
    """Whether a side is followed by what it does: "while the left stretches the skin"."""
    verb = rest[0].kind in ("other", "target") and rest[0].word.endswith("s")
    said = [following.kind for following in rest[1:]] in (["determiner"], ["function"])
    return word.kind == "side" and verb and said


# --- what follows the body word -----------------------------------------------------------------


def _last_word(words: Sequence[Token], noun: int) -> int:
    """The end of a phrase, with owner and side named afterwards."""
    owner = _owner_at(words, noun + 1)
    if owner is not None:
        is_part = words[owner].kind == "noun"
        return _last_word(words, owner) if is_part else owner
    side = _side_at(words, noun + 1)
    return noun if side is None else side


def _owner_at(words: Sequence[Token], start: int) -> int | None:
    """The owner that "of ..." names here, a body part, a person or "which"."""
    if start >= len(words) or words[start].word != "of":
        return None
    for index in range(start + 1, len(words)):
        word = words[index]
        if word.kind in ("noun", "person") or word.word in ("which", "whom"):
            return index
        following = words[index + 1].kind if index + 1 < len(words) else "break"
        if word.word == "other" and following not in (*OPENING, "noun", "person"):
            return index
        if word.kind not in OPENING:
            return None
    return None


def _side_at(words: Sequence[Token], start: int) -> int | None:
    """The side that "(all of them) on the left side" names here."""
    index = start
    while index < len(words) and words[index].word in get_lexicon().summaries:
        index += 1
    here = words[index : index + 3]
    if len(here) < 3 or here[0].word not in ("on", "of") or here[1].kind != "determiner":
        return None
    last = index + 2
    following = [word.word for word in words[last + 1 : last + 3]]
    named = here[2].word in SIDES or (here[2].word in ("same", "opposite", "other"))
    if named and following[:1] == ["side"]:
        return last + 1 if following[1:] != ["of"] else None
    kind = words[last + 1].kind if following else "break"
    ends = kind not in (*OPENING, "noun", "other") and following[:1] != ["of"]
    return last if here[2].word in SIDES and ends else None


def is_of_others(words: Sequence[Token], span: Span) -> bool:
    """Whether the part is somebody else's ("the other person's knee") and no subject."""
    lexicon = get_lexicon()
    near = [*words[max(0, span.first - 1) : span.noun], *words[span.noun + 1 : span.last + 1]]
    named = {word.word.removesuffix("'s").removesuffix("'") for word in near}
    a_person = any(word in lexicon.people for word in named)
    an_other = words[span.last].word == "other" or any(w.word == "other's" for w in near)
    marked = a_person and bool(named & lexicon.marks_others)
    strange = an_other or marked or bool(named & lexicon.strangers)
    noun = singular(words[span.noun].word) or "head"
    acts = any(word.word.endswith("ing") for word in words[span.last + 1 : span.last + 2])
    idle = ("break", "determiner", "adjective", "function", "join")
    led = next((w.word for w in reversed(words[: span.first]) if w.kind not in OPENING), "")
    if led == "by" and limb_of(noun) == "arm":
        return False  # "is caught by the other person's arms"
    return strange and not acts and any(word.kind not in idle for word in words[: span.first])


def shares_joints(one: str, other: str) -> bool:
    """Whether two body words name parts of one limb: "foot" and "leg"."""
    nouns = get_lexicon().nouns
    return bool(set(nouns[one]) & set(nouns[other]))


def owners(words: Sequence[Token], span: Span) -> Iterator[str]:
    """The body words that own the phrase's part."""
    for word in words[span.noun + 1 : span.last + 1]:
        if word.kind == "noun" and (noun := singular(word.word)):
            yield noun
