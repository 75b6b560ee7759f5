"""Find body words of parts that do something that does not count: what may be, looks, or balances.

A part that only may act ("the head may tilt") tells actions apart no better than one that rests;
one that looks or points somewhere, or keeps the balance, does so in any action.
"""

from collections.abc import Sequence

from crossglg.text.clauses import Clause, has_verb
from crossglg.text.lexicon import get_lexicon, limb_of
from crossglg.text.tokens import OPENING, Token, singular

_NAMED = ("noun", "side")
_SEES_WITHIN = 3  # words: "you might even see"
_PURPOSES = frozenset({"so", "that", "so that"})
_ON_BALANCE = frozenset({"for", "help with", "to aid"})


def bystanders(tokens: Sequence[Token], clauses: Sequence[Clause]) -> frozenset[int]:
    """Positions of the body words of parts that do not count for what they do."""
    found: set[int] = set()
    open_to_doubt: list[Clause] = []
    for clause in clauses:
        words = [tokens[i] for i in clause.indices]
        optional = _optional(words)
        if clause.after in open_to_doubt and words and words[0].word == "with":
            optional = _named(words, 0)  # "the arms may jerk down with fists closed"
        if optional:
            open_to_doubt.append(clause)
        for named in (optional, _directed(words), _balancing(words)):
            found.update(clause.indices[n] for n in named)
    return frozenset(found)


# --- what only may be -----------------------------------------------------------------------------


def _optional(words: Sequence[Token]) -> set[int]:
    """Parts that only may act: "the head may tilt", "with maybe one foot tapping"."""
    found: set[int] = set()
    for index, word in enumerate(words):
        if word.word in get_lexicon().modals and _is_of_the_clause(words, index):
            found |= _named(words, 0)
        if word.word in get_lexicon().doubts:
            whole = bool(_subject(words, index))  # "the left hand sometimes holds"
            found |= _named(words, 0 if whole else index)
    return found


def _is_of_the_clause(words: Sequence[Token], index: int) -> bool:
    """Whether "may" or the like says of the clause's own parts that they need not act."""
    before, after = words[:index], [word.word for word in words[index + 1 :]]
    if before and before[-1].kind in OPENING:
        return False  # "gripping a can"
    if has_verb(before) or any(word.word in ("either", *_PURPOSES) for word in before):
        return False  # "either hand can do it", "so that the hands can reach"
    if any(word.kind in _NAMED for word in before):
        return True
    sees = bool(get_lexicon().noticing.intersection(after[:_SEES_WITHIN]))
    return sees and any(word.kind in ("pronoun", "person") for word in before)


def _named(words: Sequence[Token], start: int) -> set[int]:
    return {n for n in range(start, len(words)) if words[n].kind in _NAMED}


# --- what looks, points or balances -----------------------------------------------------------


def _directed(words: Sequence[Token]) -> set[int]:
    """Parts that are only turned somewhere: "the head looks down", "the foot points ahead"."""
    lexicon = get_lexicon()
    found: set[int] = set()
    for index, word in enumerate(words):
        subject = _subject(words, index)
        if not subject or [after.word for after in words[index + 1 : index + 2]] == ["up"]:
            continue  # "the head looks up": it tips back
        nouns = {singular(words[n].word) for n in subject}
        if word.word in lexicon.gazing and nouns <= lexicon.gazers:
            found.update(subject)
        if word.word in lexicon.pointing and nouns <= lexicon.pointers:
            found.update(subject)
    return found


def _balancing(words: Sequence[Token]) -> set[int]:
    """Limbs that only keep the balance: "the arms spread out for balance"."""
    for index, word in enumerate(words[:-1]):
        if word.word == "for" and words[index + 1].word in get_lexicon().balance:
            named = [n for n in _named(words, 0) if n < index]
            if not _does_more(words[max(named, default=0) : index]):
                return {n for n in named if limb_of(singular(words[n].word) or "head")}
    return set()


def _does_more(words: Sequence[Token]) -> bool:
    """Whether these words tell two things of a part: "lift the hem or spread out"."""
    return any(
        one.kind == "join" and other.kind in ("other", "target")
        for one, other in zip(words, words[1:], strict=False)
    )


def _subject(words: Sequence[Token], verb: int) -> set[int]:
    """The body words that a verb right behind them speaks of."""
    found: set[int] = set()
    for index in range(verb - 1, -1, -1):
        word = words[index]
        if word.kind in _NAMED:
            found.add(index)
        elif found and word.kind not in ("join", *OPENING):
            break
        elif not found and not _comes_before_verb(word):
            break
    return found


def _comes_before_verb(word: Token) -> bool:
    """Whether a word may stand between subject and verb: "is", "often", "keeps"."""
    return word.kind in ("function", "verb") or word.word in get_lexicon().asides | {
        "keeps",
        "keep",
    }
