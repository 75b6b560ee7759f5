"""Find body words of parts that do something that does not count: what may be, looks, or balances.

A part that only may act ("the head may tilt") tells actions apart no better than one that rests;
one that looks or points somewhere, or keeps the balance, does so in any action.
"""

from collections.abc import Sequence
from itertools import pairwise

from crossglg.text.clauses import Clause, has_verb
from crossglg.text.lexicon import get_lexicon, limb_of
from crossglg.text.tokens import OPENING, Token, singular

_NAMED = ("noun", "side")
_SEES_WITHIN = 3  # words: "you might even see"
_WATCHES = frozenset({"watch", "watches", "watching"})
_PURPOSES = frozenset({"so", "that", "so that", "until"})
_SOME = frozenset({"some", "certain"})


def bystanders(tokens: Sequence[Token], clauses: Sequence[Clause]) -> frozenset[int]:
    """Positions of the body words of parts that do not count for what they do."""
    found: set[int] = set()
    in_doubt: list[Clause] = []
    doubtful: list[Clause] = []
    for clause in clauses:
        words = [tokens[i] for i in clause.indices]
        optional = _optional(words)
        hangs_on = words and words[0].word == "with"
        if any(clause.after is one for one in (in_doubt if hangs_on else doubtful)):
            optional = _named(words, 0)  # "the arms may jerk down with fists closed"
        if any(clause.after is one for one in in_doubt) and _gives_choice(tokens, clause):
            optional = _named(words, 0)  # "maybe the shoulders bounce or one foot taps"
        if optional:
            in_doubt.append(clause)
        if any(
            word.word in get_lexicon().doubts and not _ends_statement(words, n)
            for n, word in enumerate(words)
            if n >= len(words) - 2
        ):
            in_doubt.append(clause)
            doubtful.append(clause)  # "perhaps with ...", "if needed, ..."
        for named in (
            optional,
            _straight(words),
            _imagined(words),
            _directed(words),
            _balancing(words),
        ):
            found.update(clause.indices[n] for n in named)
    return frozenset(found)


# --- what only may be -----------------------------------------------------------------------------


def _optional(words: Sequence[Token]) -> set[int]:
    """Parts that only may act: "the head may tilt", "with maybe one foot tapping"."""
    found: set[int] = set()
    for index, word in enumerate(words):
        if word.word in get_lexicon().modals and _is_of_the_clause(words, index):
            found |= _named(words, 0)
        if word.kind == "person" and index and words[index - 1].word in _SOME:
            found |= _named(words, index)  # "some people hop on the right foot"
        if word.word == "others" and not any(w.kind != "join" for w in words[:index]):
            found |= _named(words, index)
        if word.word in get_lexicon().frequencies:
            found |= _now_and_then(words, index)
        if word.word in get_lexicon().doubts:
            # "The left hand sometimes holds", "the feet press a pedal sometimes".
            whole = bool(_subject(words, index)) or _ends_statement(words, index)
            found |= _named(words, 0 if whole else index)
    return found


def _now_and_then(words: Sequence[Token], index: int) -> set[int]:
    """Parts that act at times: "the feet shuffle now and then", not "now and then it nods"."""
    if any(word.kind != "join" for word in words[index + 1 :]):
        return set()
    commas = [n for n in range(index) if words[n].word == ","]
    return {n for n in _named(words, max(commas, default=0)) if n < index}


def _gives_choice(tokens: Sequence[Token], clause: Clause) -> bool:
    """Whether "or" leads to a clause."""
    return bool(clause.indices) and tokens[clause.indices[0] - 1].word == "or"


def _ends_statement(words: Sequence[Token], index: int) -> bool:
    """Whether a word ends a clause that says something of a part named first."""
    rest = [word for word in words[index + 1 :] if word.kind != "join"]
    before = words[:index]
    if rest or not before or before[0].word == "with" or before[-1].kind == "join":
        return False  # "bows, perhaps (with a slight bend)"
    return has_verb(before)


def _straight(words: Sequence[Token]) -> set[int]:
    """A part that "with both arms straight" only tells the posture of."""
    noun = next((n for n, word in enumerate(words) if word.kind == "noun"), 0)
    told = [word.word for word in words[noun + 1 : noun + 2]] == ["straight"]
    ends = [word.kind for word in words[noun + 2 : noun + 3]] in ([], ["join"])
    leads = [word.kind for word in words[:noun] if word.kind not in OPENING]
    return (
        {noun}
        if words[:1] and words[0].word == "with" and told and ends and len(leads) == 1
        else set()
    )


def _imagined(words: Sequence[Token]) -> set[int]:
    """Parts of what is not done here: "whereas a push would use the palm"."""
    return _named(words, 0) if any(word.word == "would" for word in words) else set()


def _is_of_the_clause(words: Sequence[Token], index: int) -> bool:
    """Whether "may" or the like says of the clause's own parts that they need not act."""
    before, after = words[:index], [word.word for word in words[index + 1 :]]
    seen = after[:1] == ["be"] and bool(get_lexicon().noticing.intersection(after[1:2]))
    if seen or (before and before[-1].kind in OPENING):
        return False  # "can be seen moving", "gripping a can"
    if has_verb(before) or any(word.word == "either" for word in before):
        return False  # "either hand can do it"
    if words[index].word in ("can", "could") and any(w.word in _PURPOSES for w in before):
        return False  # "so that the hands can reach", "until the foot can come forward"
    if any(word.kind in _NAMED for word in before):
        return True
    if [word.word for word in before] == ["there"]:
        return True  # "there may be a slight bend of the knees"
    sees = bool(get_lexicon().noticing.intersection(after[:_SEES_WITHIN]))
    if any(word.kind == "person" or word.word in ("you", "one") for word in before):
        return not sees or words[index].word in ("may", "might")  # "you can see the hips drop"
    return False


def _named(words: Sequence[Token], start: int) -> set[int]:
    return {n for n in range(start, len(words)) if words[n].kind in _NAMED}


# --- what looks, points or balances -----------------------------------------------------------


def _directed(words: Sequence[Token]) -> set[int]:
    """Parts that are only turned somewhere: "the head looks down", "the foot points ahead"."""
    lexicon = get_lexicon()
    found: set[int] = set()
    for index, word in enumerate(words):
        subject = _subject(words, index)
        nouns = {singular(words[n].word) for n in subject if words[n].kind == "noun"}
        if not nouns or (does_more(words[index:]) and word.word not in _WATCHES):
            continue  # "the palms face the wall and push", but "watches it go up and come back"
        if word.word in lexicon.gazing and nouns <= lexicon.gazers:
            found.update(subject)
        if word.word in lexicon.pointing and nouns <= lexicon.pointers:
            found.update(subject)
    return found


def _balancing(words: Sequence[Token]) -> set[int]:
    """Limbs that only keep the balance: "the arms spread out for balance"."""
    lexicon = get_lexicon()
    for index, word in enumerate(words):
        led = words[index - 1].word if index else ""
        if word.word not in lexicon.balance or led not in lexicon.balancing:
            continue
        named = [n for n in _named(words, 0) if n < index]
        if does_more(words[max(named, default=0) : index]):
            return set()
        limbs = {n: limb_of(singular(words[n].word) or "head") for n in named}
        # An ankle that wobbles to keep the balance acts.
        return {n for n, limb in limbs.items() if limb == "arm" or (limb and led == "for")}
    return set()


def does_more(words: Sequence[Token]) -> bool:
    """Whether these words tell two things of a part: "lift the hem or spread out"."""
    return any(
        one.kind == "join" and other.kind in ("other", "target") for one, other in pairwise(words)
    )


def _subject(words: Sequence[Token], verb: int) -> set[int]:
    """The body words that a verb right behind them speaks of."""
    found: set[int] = set()
    for index in range(verb - 1, -1, -1):
        word = words[index]
        if word.kind in _NAMED:
            found.add(index)
        elif not (word.kind in ("join", *OPENING) if found else _comes_before_verb(word)):
            break
    return found


def _comes_before_verb(word: Token) -> bool:
    """Whether a word may stand between subject and verb: "is", "often", "keeps"."""
    return word.kind in ("function", "verb") or word.word in get_lexicon().asides | {
        "keeps",
        "keep",
    }
