"""Tell when a word of stillness says nothing of the kind: "stays bent", "cannot be ignored".

What stays up or bent, grips, or rests and then moves acts all the same.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from crossglg.text.lexicon import get_lexicon, limb_of
from crossglg.text.targets import HIGH
from crossglg.text.tokens import OPENING, Token, singular

_TRUNK = frozenset({"torso", "trunk", "chest", "spine", "upper body", "body"})
_LIFTED = frozenset({"lifted", "raised"})
_HARDLY = frozenset({"hardly", "barely", "scarcely"})
_DENIED_WITHIN = 3  # words: "cannot really be ignored"
_ACTIVE_WITHIN = 2  # words: "remains very active"
_STAYS = frozenset({"stay", "stays", "staying", "remain", "remains", "remaining"})
HOLDS = frozenset({"hold", "holds", "holding", "keep", "keeps", "keeping"})


def is_cancelled(words: Sequence[Token], index: int) -> bool:
    """Stillness denied ("cannot be ignored", both words) or not of the part ("remain active")."""
    lexicon = get_lexicon()
    after = list(_until_join(words[index + 1 :]))
    if words[index].word in _HARDLY and _holds_on(words, index):
        return True
    if denies(words[index]):
        needed = any(w.word == "without" for w in words[index:])  # "not without the hips"
        idle = (w for w in after[:_DENIED_WITHIN] if w.kind == "still" and not denies(w))
        return needed or any(w.word not in lexicon.exceptors for w in idle)
    if _goes_on_acting(words, index) or _stays_raised(words, index):
        return True
    if words[index].word in ("steady", "stable") and _held_out(words[:index]):
        return True
    before = list(_until_join(words[:index][::-1]))
    if words[index].word in lexicon.resting_places and any(w.kind == "other" for w in before):
        return True  # "the arms swing at the sides"
    active = any(w.word in lexicon.activity for w in after[:_ACTIVE_WITHIN])
    return active or any(denies(w) for w in before[:_DENIED_WITHIN])


def _stays_raised(words: Sequence[Token], index: int) -> bool:
    """Whether a part is held up or bent, or presses on one spot: "the elbow stays bent"."""
    lexicon = get_lexicon()
    before, after = words[:index], words[index + 1 :]
    if words[index].word in _STAYS:
        if _came_there(before, after):
            return True
        return _is_posed(before, after) or _stays_at_work(before, after)
    held = words[index].word in ("held close", "kept close")
    return held and any(
        word.word in lexicon.raised and before[n - 1].kind == "verb"
        for n, word in enumerate(before)
    )


def _is_posed(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Whether what stays is bent or held up: "the elbow (stays) bent", "the arms (stay) high"."""
    lexicon = get_lexicon()
    poses = lexicon.raised | (lexicon.held_up if _of_arms(before) else frozenset())
    told = (n for n, word in enumerate(after) if word.word in poses or not _qualifies(word))
    pose = [word.word for word in after[next(told, len(after)) :]]
    if not pose or pose[0] not in poses or pose[:2] in (["out"], ["out", "of"]):
        return False  # "stays out (of it)"
    if pose[0] in _LIFTED and any(word.word in _TRUNK for word in before):
        return False  # "the torso stays lifted": only upright
    return pose[1:2] not in (["on"], ["under"])  # seated


def _came_there(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Whether what stays moved or bent first: "the torso bends forward and stays low"."""
    if not before or before[-1].word != "and" or any(word.kind == "still" for word in after):
        return False
    told = get_lexicon().motions
    return any(
        word.word in told and before[n].kind in ("noun", "function")
        for n, word in enumerate(before[1:])
    )


def _stays_at_work(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Whether what stays went there, guards, presses or is at the head: "and stays there"."""
    lexicon = get_lexicon()
    there = [word.word for word in after[:1]]
    near = there == ["by"] or [word.kind for word in after[:1]] == ["place"]
    return (
        any(word.word in lexicon.raised_as for word in after)
        or (there in (["in"], ["there"], ["on"]) and any(w.word in lexicon.bears for w in before))
        or (there == ["there"] and any(word.word in lexicon.motions for word in before))
        or (near and _of_arms(before) and any(word.word in HIGH for word in after[1:4]))
    )


def _of_arms(words: Sequence[Token]) -> bool:
    return any(
        limb_of(singular(word.word) or "head") == "arm" for word in words if word.kind == "noun"
    )


def _held_out(before: Sequence[Token]) -> bool:
    """Whether a part is held away from the body: "is held out straight and steady"."""
    return any(
        one.word in ("held", "stretched") and other.word in ("out", "up", "high", "overhead")
        for one, other in pairwise(before)
    )


def _qualifies(word: Token) -> bool:
    """Whether a word tells how much: "slightly", "a bit"."""
    return word.kind in ("function", "determiner") or word.word in ("bit", "a little")


def _goes_on_acting(words: Sequence[Token], index: int) -> bool:
    """Whether the part rests at first, then does something: "lie on the cheeks and rub them"."""
    contrasts = get_lexicon().excluders - get_lexicon().denials  # "rather than by its own effort"
    if any(word.kind == "still" and word.word not in contrasts for word in words[index + 1 :]):
        return False
    rests_else = [word.word for word in words[max(0, index - 1) : index]] == ["or"]
    if rests_else and any(word.kind in ("other", "target") for word in words[: index - 1]):
        return True  # "the arms swing, or rest on the back"
    rest = [word for word in words[index + 1 :] if word.word not in get_lexicon().asides]
    poses = words[index].word in get_lexicon().stances  # "is flat and chops"
    for place in range(len(rest) - 1):
        joined = rest[place : place + 3]
        object_ = joined[2:] != [] and joined[2].kind in ("noun", "pronoun", *OPENING)
        echoes = joined[1].word in get_lexicon().echoes
        if (
            joined[0].kind == "join"
            and joined[0].word != "or"
            and joined[1].kind in ("other", "target")
            and not joined[1].word.endswith("ed")
            and joined[1].word not in get_lexicon().stances
            and (object_ or poses or joined[1].word in get_lexicon().motions)
            and not echoes
        ):
            return True
    return False


def _holds_on(words: Sequence[Token], index: int) -> bool:
    """Whether the part grips something meanwhile: "holds the flute up and barely moves"."""
    joined = index > 0 and words[index - 1].kind == "join"
    deeds = get_lexicon().bears | HOLDS
    return (joined and _of_arms(words[:index])) and any(
        word.word in deeds
        and words[n - 1].kind in ("noun", "side")
        and words[n + 1].kind == "determiner"
        for n, word in enumerate(words[1 : index - 1], start=1)
    )


def denies(word: Token) -> bool:
    """Whether a word is "not" or like it, so that it may deny another word of stillness."""
    return word.kind == "still" and (word.word in get_lexicon().denials or "n't" in word.word)


def _until_join(words: Sequence[Token]) -> Iterator[Token]:
    for word in words:
        if word.kind == "join":
            return
        yield word
