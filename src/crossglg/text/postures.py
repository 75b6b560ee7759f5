"""Mark words that say stillness beside their neighbours only: "hands flat", "the leg supports".

A second look at the words of a text, once it is known which of them name body parts.
"""

from collections.abc import Sequence
from dataclasses import replace

from crossglg.text.lexicon import get_lexicon, limb_of
from crossglg.text.tokens import Token, singular

_IS = frozenset({"is", "are", "held", "kept"})
_KEEPS = frozenset({"keep", "keeps", "keeping"})
_POSED_WITHIN = 5  # words: "keeps the whole left arm straight"
_BEARS = frozenset(
    f"{verb}{end}"
    for verb in ("support", "bear", "carry", "carri", "take")
    for end in ("", "s", "es", "ing")
)
_TAKES = frozenset({"take", "takes", "taking"})
_SERVES = frozenset({"provide", "provides", "providing", "form", "forms", "forming"})
_PIVOTS = frozenset({"pivot", "pivots"})


def mark_still(tokens: Sequence[Token]) -> list[Token]:
    """The words of a text, those of stillness among them told by their neighbours."""
    rules = (_tells_posture, _only_bears, _is_demoted)
    return [
        replace(token, kind="still") if any(rule(tokens, index) for rule in rules) else token
        for index, token in enumerate(tokens)
    ]


def _is_demoted(tokens: Sequence[Token], index: int) -> bool:
    """Whether a part does no more than this: "only to hold the bar", "the hand just guides"."""
    lexicon = get_lexicon()
    near = tokens[max(0, index - 2) : index]
    demoted = [token.word in lexicon.demoters for token in near]
    if tokens[index].word in lexicon.minor_roles:
        return any(demoted)
    # What "just swings" moves all the same.
    does_only = demoted == [False, True] and near[0].kind == "noun" and near[1].word == "only"
    return does_only and tokens[index].kind in ("other", "target")


def _tells_posture(tokens: Sequence[Token], index: int) -> bool:
    """Whether a part only has a posture: "hands flat", "keeps the leg straight"."""
    if not index:
        return False
    lexicon = get_lexicon()
    word, before = tokens[index].word, tokens[index - 1]
    if word in lexicon.postures and before.kind == "noun":
        return True
    near = [token.word for token in tokens[max(0, index - _POSED_WITHIN) : index]]
    told = before.word in _IS and _told_of(tokens, index - 1)
    kept = before.kind == "noun" and bool(_KEEPS.intersection(near))
    # "Until the legs are straight": they were not before.
    return word in lexicon.stances and (kept or (told and "until" not in near))


def _told_of(tokens: Sequence[Token], index: int) -> bool:
    """Whether a body word stands before these verbs: "the torso is held"."""
    while index and tokens[index].word in _IS:
        index -= 1
    return tokens[index].kind == "noun"


def _only_bears(tokens: Sequence[Token], index: int) -> bool:
    """Whether a limb does nothing but stand or bear: "the left leg supports the body"."""
    # "The right leg, slightly bent, bears", "the foot pivots on the floor and carries".
    told = ("function", "join", "adjective", "still")
    skipped = (n for n in range(index - 1, -1, -1)
               if tokens[n].kind not in told and tokens[n].word not in _PIVOTS)  # fmt: skip
    before = next(skipped, index)
    if tokens[before].kind != "noun":
        return False
    after = [token.word for token in tokens[index + 1 : index + 3]]
    if tokens[index].word in ("stand", "stands"):
        return "up" not in after[:1]
    near = [token.word for token in tokens[index + 1 : index + 4]]
    if tokens[index].word in _SERVES:
        return bool({"stability", "support", "balance", "base"}.intersection(near))
    if tokens[index].word not in _BEARS:
        return False
    if tokens[index].word in ("support", "supports") and [
        token.kind for token in tokens[index + 1 : index + 2]
    ] == ["break"]:
        return True
    # "Takes most of the weight", "carries the whole body".
    opens = ("determiner", "adjective", "function")
    load = next((token.word for token in tokens[index + 1 :] if token.kind not in opens), "")
    if tokens[index].word in _TAKES:  # hands that take it, as in a handstand, do more
        return load == "weight" and limb_of(singular(tokens[before].word) or "head") == "leg"
    return load == "weight" or [token.word for token in tokens[index + 2 : index + 3]] == ["body"]
