"""Find the body words that a text mentions as still, resting or unimportant.

Most words of stillness speak of their whole clause ("the legs stay still"). Some speak of the
phrase that follows ("not the elbow", "the resting hand"), some of the words before ("the left
leg, which stays still"), and some of nothing: "cannot be ignored", "remains active".
"""

from collections.abc import Sequence
from itertools import pairwise

from crossglg.text.clauses import Clause, is_verb
from crossglg.text.lexicon import get_lexicon
from crossglg.text.revivals import HOLDS, denies, is_cancelled
from crossglg.text.tokens import OPENING, Token

_NAMED = ("noun", "side")  # "the left" may stand for a body part by itself
_BEFORE_ADJECTIVES = ("determiner", "adjective", "other", "still")
_LEADS_IN = frozenset({"with", "by", "in", "from", "of"})
_CONTRASTS = frozenset({"but", "yet", "though", "although"})


def still_nouns(tokens: Sequence[Token], clauses: Sequence[Clause]) -> frozenset[int]:
    """Positions of the body words that do not matter."""
    still: set[int] = set()
    still_clauses: list[Clause] = []
    for clause in clauses:
        words = [tokens[i] for i in clause.indices]
        echo = any(word.word in get_lexicon().echoes for word in words)
        if _says_still(words) or (echo and any(clause.after is one for one in still_clauses)):
            still_clauses.append(clause)
            named = {n for n, word in enumerate(words) if word.kind in _NAMED}
            still.update(clause.indices[n] for n in named - _agents(words))
            still.update(_antecedent(tokens, clause))
        for index, word in enumerate(words):
            found = {clause.indices[i] for i in _spoken_of(words, index)}
            if word.word in get_lexicon().exceptors:
                rest_still = index == 0 and any(
                    one.after is clause and _says_still([tokens[i] for i in one.indices])
                    for one in clauses
                )  # "apart from the hand, everything is calm"
                still = still - found if rest_still else still ^ found
            else:
                still |= found
    return frozenset(still)


# --- of a whole clause --------------------------------------------------------------------------


def _says_still(words: Sequence[Token]) -> bool:
    return any(
        word.kind == "still"
        and not is_cancelled(words, index)
        and not _describes_a_thing(words, index)
        and not _speaks_of_what_follows(words, index)
        and not _held(words, index)
        for index, word in enumerate(words)
    )


def _agents(words: Sequence[Token]) -> set[int]:
    """The body words that do something to a part at rest: "passively lifted by both hands"."""
    if any(denies(word) for word in words):
        return set()
    leads = [n for n, word in enumerate(words) if word.word == "by"]
    return {index for n in leads for index in _phrase(words, n + 1)}


def _describes_a_thing(words: Sequence[Token], index: int) -> bool:
    """Whether a thing is still: "holds the nail still", "the ball rests", "a steady beat"."""
    if words[index].word.startswith(("for ", "as ")):
        return False  # "touches the grass for support"
    if words[index].word in ("hang", "hangs"):  # "hangs the medal"
        behind = [word.kind for word in words[index + 1 : index + 3]]
        return behind == ["determiner", "other"] and words[index + 1].word == "the"
    kinds = [word.kind for word in words[:index]]
    following = [word.kind for word in words[index + 1 :] if word.kind != "still"][:1]
    if words[index].word == "little" and [w.word[-1:] for w in words[index + 1 : index + 2]] == [
        "s"
    ]:
        return True  # "takes little steps"
    if words[index].word in ("steady", "still", "calm") and following == ["determiner"]:
        return kinds[-1:] == ["noun"]  # "the fingers steady the slice"
    if denies(words[index]):
        # "Turns left and right in a clear no".
        return words[index].word == "no" and kinds[-1:] == ["other"] and following != ["other"]
    if following in (["other"], ["target"]) and kinds and kinds[-1] in _BEFORE_ADJECTIVES:
        return words[index].word in get_lexicon().descriptive
    if words[index].word == "steady" and any(word.word in HOLDS for word in words[:index]):
        # "Holds the rim of the bowl steady", "hold it steady".
        held = words[index - 1].word
        return (kinds[-1:] == ["other"] and held not in HOLDS) or held in ("it", "them")
    free = kinds[-3:-2] not in (["function"], ["place"])
    return kinds[-2:] == ["determiner", "other"] and free


# --- of the words that follow -------------------------------------------------------------------


def _speaks_of_what_follows(words: Sequence[Token], index: int) -> bool:
    lexicon = get_lexicon()
    word = words[index].word
    if word in lexicon.exceptors:
        return True
    if word in lexicon.excluders and (word not in lexicon.denials or _phrase_behind(words, index)):
        return True
    return _is_attribute(words, index)


def _is_attribute(words: Sequence[Token], index: int) -> bool:
    """Whether the word stands inside a phrase: "the resting hand"."""
    around = [word.kind for word in (*words[index - 1 : index], *words[index + 1 : index + 2])]
    return (
        len(around) == 2
        and not denies(words[index])
        and around[0] in (*OPENING, "place", "function", "join", "break")
        and around[1] in ("adjective", "side", "noun")
    )


def _held(words: Sequence[Token], index: int) -> list[int]:
    """The body words that another part holds still: "the left hand keeps the wrist steady"."""
    if words[index].word not in get_lexicon().descriptive:
        return []
    holds = next((i for i in range(index, 0, -1) if words[i].word in HOLDS), 0)
    if not any(word.kind in (*_NAMED, "person") for word in words[:holds]):
        return []
    return [i for i in range(holds, index) if words[i].kind in _NAMED]


def _spoken_of(words: Sequence[Token], index: int) -> list[int]:
    """The body words that the word of stillness here speaks of, and no others of its clause."""
    if held := _held(words, index):
        return held
    if words[index].word == "than" and words[index - 1].word == "more":
        return _phrase(words, index + 1)  # "the legs, more than the elbows, pull"
    if words[index].word == "without" and any(denies(word) for word in words[:index]):
        return []
    if words[index].kind != "still" or not _speaks_of_what_follows(words, index):
        return []
    if [word.kind for word in words[index + 1 : index + 2]] == ["pronoun"]:
        return []  # "apart from them", whose clause is spoken of as a whole
    if _is_attribute(words, index):
        return _phrase(words, index + 1)[:2]  # a side and its body word
    if found := _phrase_behind(words, index):
        return found
    length = next((i for i, w in enumerate(words[index:]) if w.word == ","), len(words))
    rest = enumerate(words[index : index + length], start=index)
    return [i for i, word in rest if word.kind in _NAMED]


def _phrase_behind(words: Sequence[Token], index: int) -> list[int]:
    """The body words of the phrase right behind a word, "with" or the like between them."""
    leads = [word.word for word in words[index + 1 : index + 2]]
    return _phrase(words, index + 2 if leads and leads[0] in _LEADS_IN else index + 1)


def _phrase(words: Sequence[Token], start: int) -> list[int]:
    """The body words of the phrase or list that begins here."""
    found: list[int] = []
    for index in range(start, len(words)):
        word = words[index]
        if word.kind in _NAMED:
            found.append(index)
        elif word.word == ",":
            if [w.kind for w in words[index + 1 : index + 2]] != ["noun"]:
                break
        elif word.kind not in (*OPENING, "join") and "of" not in [
            w.word for w in words[index : index + 2]
        ]:
            break  # but go on in "the position of the arms"
    return found


# --- of the words before ------------------------------------------------------------------------


def _antecedent(tokens: Sequence[Token], clause: Clause) -> list[int]:
    """The body words before a clause that has no subject of its own ("which", "they", "(...)")."""
    if clause.after is None:
        return []
    before = clause.after.indices[: clause.comes_at]
    if _shares_subject(tokens, clause):
        return _subject(tokens, before)
    if not _lacks_subject(tokens, clause):
        return []
    while before and (tokens[before[-1]].kind == "join" or tokens[before[-1]].word == "of"):
        before = before[:-1]
    subject = _subject(tokens, before) if _refers(tokens, clause) else []
    return subject or _last_list(tokens, before)


def _shares_subject(tokens: Sequence[Token], clause: Clause) -> bool:
    """Whether a contrast says stillness of the last subject: "the feet dig in but hardly move"."""
    words = [tokens[i] for i in clause.indices if tokens[i].kind != "function"]
    if len(words) < 2 or words[0].word not in _CONTRASTS or words[1].kind not in ("verb", "still"):
        return False
    if words[1].word in get_lexicon().exceptors:  # "but apart from them nothing moves"
        return False
    active = get_lexicon().taking_part
    return any((w.kind == "still" and not denies(w)) or w.word in active for w in words)


def _subject(tokens: Sequence[Token], before: Sequence[int]) -> list[int]:
    """The body words of which these words say something."""
    words = [tokens[i] for i in before]
    verb = next((n for n in range(len(words)) if is_verb(words, n)), 0)
    return _last_list(tokens, before[:verb])


def _last_list(tokens: Sequence[Token], before: Sequence[int]) -> list[int]:
    """The body words of the list that these words end with."""
    found: list[int] = []
    for index in reversed(before):
        kind = tokens[index].kind
        if kind == "noun":
            found.append(index)
        elif not (found and kind in ("join", *OPENING)):
            break
    return found


def _lacks_subject(tokens: Sequence[Token], clause: Clause) -> bool:
    words = [tokens[i] for i in clause.indices]
    if not words:
        return False
    in_brackets = clause.indices[0] > 0 and tokens[clause.indices[0] - 1].word == "("
    return words[0].word in get_lexicon().relatives or in_brackets or _refers(tokens, clause)


def _refers(tokens: Sequence[Token], clause: Clause) -> bool:
    """Whether the clause is about what was spoken of before: "but (on the whole) they rest"."""
    lexicon = get_lexicon()
    words = [tokens[i] for i in clause.indices]
    begins = [
        w for w in words if w.kind not in ("break", "function") and w.word not in lexicon.idioms
    ]
    if not begins or begins[0].word not in lexicon.refer_back:
        return False
    if begins[0].word == "it" and _likens(words):
        return False
    return begins[0].kind == "pronoun" or [w.kind for w in begins[1:2]] in (["verb"], ["still"])


def _likens(words: Sequence[Token]) -> bool:
    """Whether a clause sets the action beside another: "it is not like rowing"."""
    return any(
        one.word in ("not a", "not", "isn't")
        and (one.word == "not a" or other.word in ("like", "a", "the", "just"))
        for one, other in pairwise(words)
    )
