"""Cut words into clauses: a statement each, so that what one says does not spill into the next.

A clause may be interrupted by another ("the elbow, though bent, is not needed") and goes on
behind it with all of its own words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import dropwhile

from crossglg.text.lexicon import get_lexicon
from crossglg.text.targets import tells_place
from crossglg.text.tokens import OPENING, Kind, Token

_PRAISE_BY_CONTRAST = frozenset({"less", "no", "none", "nothing", "never"})
_DENIED_APART = frozenset({"no", "never", "not a", "nothing", "little else"})
_MOTION = frozenset({"motion", "movement", "action", "role", "part", "work", "use", "change"})
_HARD_BREAKS = frozenset(".;:!?")


@dataclass
class Clause:
    """Some words of a text that make one statement.

    Attributes:
        indices: Positions of its words in the text.
        after: The clause it interrupts or follows; None for the first.
        comes_at: How many words of that clause stood before it.
    """

    indices: list[int] = field(default_factory=list)
    after: "Clause | None" = None
    comes_at: int = 0


def split_clauses(tokens: Sequence[Token]) -> list[Clause]:
    """All clauses, in order of their first words."""
    current = Clause()
    clauses = [current]
    held: dict[int, Clause] = {}
    for index, token in enumerate(tokens):
        if index in held:
            current = held.pop(index)
        elif current.indices and (
            _opens_relative(tokens, index) or _starts_clause(tokens, index, current)
        ):
            goes_on_at = _end_of_interruption(tokens, index, current)
            if goes_on_at is not None:
                held[goes_on_at] = current
            current = Clause(after=current, comes_at=len(current.indices))
            clauses.append(current)
            if token.kind == "join":
                continue  # it joins clauses, no longer phrases
        if token.kind != "break" or token.word[0].isalpha() or token.word == ":":
            current.indices.append(index)
    return clauses


# --- where clauses begin and end ----------------------------------------------------------------


def _starts_clause(tokens: Sequence[Token], index: int, current: Clause) -> bool:
    token = tokens[index]
    if token.kind == "join":
        words = [tokens[i] for i in current.indices if tokens[i].kind != "join"]
        return bool(words) and _join_starts_clause(tokens, index, words)
    if token.kind == "place":  # "before the knees bend"
        return token.word in get_lexicon().clause_starts and _leads_to_verb(tokens[index + 1 :])
    if token.word == "than":  # "less than the knees", "nothing more than the knees": praise
        return any(tokens[i].word in _PRAISE_BY_CONTRAST for i in current.indices)
    if token.word == "?":  # "Which do not count? The hips."
        return False
    if token.word == ":":
        return _colon_starts_clause(tokens, index, [tokens[i] for i in current.indices])
    if token.word in get_lexicon().relatives:  # "the fingers of which"
        return index == 0 or tokens[index - 1].kind not in ("function", "place")
    if token.word == "with" and index and tokens[index - 1].kind != "join":
        # "Does not do anything with the arms": no statement of its own.
        return tokens[index - 1].kind == "break" or _leads_to_verb(tokens[index + 1 :])
    return token.kind == "break" or token.word in get_lexicon().clause_starts


def _colon_starts_clause(tokens: Sequence[Token], index: int, before: Sequence[Token]) -> bool:
    """Whether a statement follows, not what was spoken of: "Unimportant: the hips"."""
    listed = [token.kind for token in tokens[index + 1 : index + 2]]
    names = bool(listed) and listed[0] in ("noun", "still", *OPENING)
    says_more = not names or _leads_to_verb(tokens[index + 1 :])
    return not _introduces_list(before) or (has_verb(before) and says_more)


def _opens_relative(tokens: Sequence[Token], index: int) -> bool:
    """Whether ", on which" or "a surface over which" and the like begin here."""
    before, after = tokens[max(0, index - 1) : index], tokens[index + 1 : index + 2]
    opens = any(token.word == "," or token.kind in ("other", "still") for token in before)
    leads = tokens[index].kind in ("function", "place")
    return opens and leads and any(token.word in ("which", "whom") for token in after)


def _join_starts_clause(tokens: Sequence[Token], index: int, before: Sequence[Token]) -> bool:
    """Whether this comma or "and" starts a clause instead of going on with a list."""
    lexicon = get_lexicon()
    if any(token.word in lexicon.appositions for token in tokens[index : index + 2]):
        return False
    rest = [
        token
        for token in tokens[index + 1 : index + 5]
        if token.kind != "join" and token.word not in lexicon.asides
    ]
    first = rest[0].kind if rest else "other"
    if rest and rest[0].word in _DENIED_APART and tokens[index + 1].kind != "noun":
        # "..., never higher", "..., and no limb stirs", but "the left hand: no motion"
        return not any(token.word in _MOTION for token in rest[1:2])
    if first not in ("noun", "pronoun", *OPENING):
        return False
    return first == "pronoun" or _ends_before(tokens, index, before, rest)


def _ends_before(
    tokens: Sequence[Token], index: int, before: Sequence[Token], rest: Sequence[Token]
) -> bool:
    """Whether the words before the join are whole, so that ``rest`` begins another statement."""
    last = before[-1].kind
    if last == "side" and before[-3:-2] and before[-3].word in get_lexicon().directions:
        return _leads_to_verb(tokens[index + 1 :])  # "leans to the left, and the left leg ..."
    if last == "side":
        return rest[0].kind == "determiner" and (len(rest) < 2 or rest[1].kind != "side")
    if last == "noun":
        return _new_subject(tokens, index, before)
    if last == "adjective":  # "the left leg straight, the right leg bent"
        return has_verb(before)
    return last != "both"


def _new_subject(tokens: Sequence[Token], index: int, before: Sequence[Token]) -> bool:
    """Whether the body word before the join ends one statement and another one follows."""
    following = tokens[index + 1 :]
    if _shares_article(before, tokens[index : index + 3]):
        return False
    if tells_place(before):
        either = tokens[index].word == "or"
        return _leads_to_verb(following, also_place=True, lists=either) or _has_relative(following)
    if before[0].word == "with" and not has_verb(before):  # "is done with both hands, and ..."
        return _leads_to_verb(following, finite=True)
    return has_verb(before) and _leads_to_verb(following)


def _shares_article(before: Sequence[Token], joined: Sequence[Token]) -> bool:
    """Whether one article serves both parts: "(at) the heel and toe, ..."."""
    bare = [token.kind for token in joined[1:2]] == ["noun"]
    opened = len(before) > 1 and before[-2].kind in OPENING
    ends = [token.word for token in joined[2:]] == [","]
    return opened and bare and ends and joined[0].word in ("and", "or")


def _has_relative(tokens: Sequence[Token]) -> bool:
    """Whether the phrase that begins here has a clause on itself: "the elbow, which bends"."""
    rest = list(dropwhile(lambda token: token.kind in ("noun", *OPENING), tokens))
    if not rest or rest[0].word != ",":
        return False
    inside = list(dropwhile(_is_aside, rest[1:]))[:1]
    return any(
        token.word in get_lexicon().relatives
        # "On the left foot, and the torso, first arched, uncoils".
        or (token.kind == "other" and token.word.endswith("ed"))
        for token in inside
    )


def _introduces_list(before: Sequence[Token]) -> bool:
    """Whether a colon after these words leads to what they speak of."""
    return not has_verb(before) or any(word.kind == "still" for word in before[-2:])


def has_verb(words: Sequence[Token]) -> bool:
    """Whether these words are a whole statement."""
    return any(is_verb(words, index) for index in range(len(words)))


def is_verb(words: Sequence[Token], index: int) -> bool:
    """An auxiliary, or a word that says something of the body part or person before it."""
    word = words[index]
    if word.kind == "verb":
        return True
    if word.kind not in ("other", "still", "target", "adjective"):
        return False
    if word.kind == "adjective" and [w.kind for w in words[index + 1 : index + 2]] == ["noun"]:
        return False  # "thumb, index finger"
    if index and words[index - 1].word in get_lexicon().relatives:
        return True  # "which bends the knees"
    before = [w.kind for w in words[:index] if w.kind != "function" or not _is_aside(w)]
    return before[-1:] in (["noun"], ["person"], ["pronoun"])


def _leads_to_verb(
    tokens: Sequence[Token], *, also_place: bool = False, finite: bool = False, lists: bool = False
) -> bool:
    """Whether the phrases that begin here, "of" and lists included, are a verb's subject."""
    kinds: tuple[Kind, ...] = ("other", "still", "target", *(("place",) if also_place else ()))
    joins: list[str] = []
    for index, token in enumerate(tokens):
        joins += [token.word] if token.kind == "join" else []
        before = tokens[index - 1].kind if index else "break"
        if before == "noun" and token.kind in ("determiner", "both", "pronoun"):
            return False  # another subject: "in front of the chest they cross"
        if index and is_verb(tokens[: index + 1], index):
            if token.word.endswith(("ing", "ed")) and joins[-1:] == [","]:
                return False  # "the right knee, the heel staying": a subject of its own
            if joins == [","] and lists:
                return False  # "(on the thighs or) the hips, the torso bends": likewise
            return not finite or token.kind == "verb" or token.word.endswith("s")
        thing = token.kind == "other" and before in OPENING
        skipped = thing or token.kind in ("noun", "person", "pronoun", "join", *OPENING)
        if not skipped and token.word != "of" and not _is_aside(token):
            spoken_of = index > 0 and before in ("noun", "person", "other")
            return spoken_of and token.kind in kinds and not finite
    return False


def _is_aside(token: Token) -> bool:
    return token.word in get_lexicon().asides or token.word.endswith("ly")


def _end_of_interruption(tokens: Sequence[Token], index: int, current: Clause) -> int | None:
    """Where the clause that is broken off here goes on, if it does."""
    ahead = range(index + 1, len(tokens))
    end = next((i for i in ahead if tokens[i].word in _HARD_BREAKS and tokens[i].kind == "break"),
               len(tokens))  # fmt: skip
    if tokens[index].word == "(":
        return next((i for i in range(index + 1, end) if tokens[i].word == ")"), None)
    words = [tokens[i] for i in current.indices]
    opens = tokens[index].kind == "break" or _opens_relative(tokens, index)
    if not opens or has_verb(words) or not _waits_for_verb(words):
        return None
    return next((i for i in range(index + 1, end - 1) if tokens[i].word == ","), None)


def _waits_for_verb(words: Sequence[Token]) -> bool:
    """Whether these words are nothing but a list of body parts and the comma after it."""
    kinds = [word.kind for word in words if word.kind != "join"]
    if not kinds or kinds[-1] != "noun" or words[-1].word != ",":
        return False
    if words[0].word == "with":  # needs no verb
        return False
    if words[0].word in get_lexicon().exceptors:  # "apart from the wrist, which turns, ..."
        words = words[1:]
    before: tuple[Kind, ...] = ("break", *(word.kind for word in words))
    return all(
        word.kind in ("break", "join", "noun", "person", *OPENING)
        or word.word == "of"
        or _is_aside(word)
        or (word.kind == "other" and previous in OPENING)
        for previous, word in zip(before, words, strict=False)
    )
