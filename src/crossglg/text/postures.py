"""Mark words that say stillness beside their neighbours only: "hands flat", "form a line".

A second look at the words of a text, once it is known which of them name body parts.
"""

from collections.abc import Sequence
from dataclasses import replace

from crossglg.text.lexicon import get_lexicon, limb_of
from crossglg.text.supports import only_bears, only_waits
from crossglg.text.tokens import Token, singular

_IS = frozenset({"is", "are", "held", "kept"})
_KEEPS = frozenset({"keep", "keeps", "keeping"})
_DRAWS = frozenset({"form", "forms", "make", "makes", "build", "builds", "draw", "draws"})
_SHAPED_WITHIN = 4  # words: "one long straight line"
_POSED_WITHIN = 5  # words: "keeps the whole left arm straight"


def mark_still(tokens: Sequence[Token]) -> list[Token]:
    """The words of a text, those of stillness among them told by their neighbours."""
    rules = (_tells_posture, _draws_a_shape, only_bears, only_waits, _is_demoted)
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
    said = index - 1
    while said and tokens[said].word in lexicon.hedges:
        said -= 1  # "is fairly level"
    near = [token.word for token in tokens[max(0, index - _POSED_WITHIN) : index]]
    told = tokens[said].word in _IS and _told_of(tokens, said)
    kept = before.kind == "noun" and bool(_KEEPS.intersection(near))
    # "Until the legs are straight": they were not before.
    return word in lexicon.stances and (kept or (told and "until" not in near))


def _draws_a_shape(tokens: Sequence[Token], index: int) -> bool:
    """Whether parts only stand in a shape: "the body makes an upside-down V"."""
    if tokens[index].word not in _DRAWS or not index or tokens[index - 1].kind != "noun":
        return False
    noun = singular(tokens[index - 1].word)
    named = [token.word for token in tokens[index + 1 : index + 1 + _SHAPED_WITHIN]]
    # A shape that arms or legs make is what they do.
    return limb_of(noun or "hand") is None and bool(get_lexicon().shapes.intersection(named))


def _told_of(tokens: Sequence[Token], index: int) -> bool:
    """Whether a body word stands before these verbs: "the torso is held"."""
    while index and tokens[index].word in _IS:
        index -= 1
    return tokens[index].kind == "noun"
