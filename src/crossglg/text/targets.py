"""Tell whether a phrase is a place or a target by the words before it: "above the head".

"By", "from" and the like lead to a place after some words and to what acts after others.
"""

from collections.abc import Iterator, Sequence

from crossglg.text.lexicon import get_lexicon
from crossglg.text.tokens import OPENING, Token, singular

_GOVERNED_WITHIN = 3  # words: "pay attention mainly to"
HIGH = frozenset({"head", "forehead", "ear", "ears", "temple", "temples"})
_HEIGHTS = frozenset({"up", "down", "high", "low"})
_AWAY = frozenset({"out", "up", "back", "forward", "down", "straight"})
_NEAR = frozenset({"chest", "ear", "ears", "face", "head", "thigh", "thighs", "waist", "hip"})


def tells_place(words: Sequence[Token]) -> bool:
    """Whether the phrase these words end with is a place or target ("above the head")."""
    index = len(words) - 2
    index = _before_phrase(words, index)
    lexicon = get_lexicon()
    spot = index > 0 and words[index].word == "of" and words[index - 1].word in lexicon.spots
    if spot:  # "in the crook of the left elbow"
        index = _before_phrase(words, index - 2)
    if index < 0:
        return False
    if spot and words[index].word in lexicon.directions:
        return True
    word = words[index]
    noun = singular(words[-1].word)
    if word.word in lexicon.face_targets:
        return noun is not None and bool(
            {"nose", "mouth", "eye", "ear"} & {*lexicon.nouns[noun][:1]}
        )
    if word.kind == "target":
        named = [w.kind for w in words[max(0, index - 2) : index]]
        a_thing = named == ["determiner", "other"] and word.word[-2:] != "es"
        if a_thing or named[-1:] == ["determiner"]:
            return False  # "the patting hand", "for a rugby pass the hips turn"
        # Hands do the touching: "rub the hands" is no target.
        return "hand" not in lexicon.nouns[noun or "hand"]
    return _goes_there(words, index)


def _goes_there(words: Sequence[Token], index: int) -> bool:
    """Whether the word here is one of place, after the words before it."""
    lexicon = get_lexicon()
    word = words[index]
    before = set(_governors(words[:index]))
    gazes = bool(before & lexicon.gazing) and _gazer_before(words[:index])
    if not gazes and before & lexicon.no_place_after.get(word.word, frozenset()):
        return False
    goes_on = words[index - 1 : index] != [] and words[index - 1].kind == "join"
    near = word.word == "by" and words[-1].word in _NEAR and not goes_on
    raised = words[-1].word in HIGH and words[index - 1].word in _HEIGHTS
    if near and (raised or not any(map(_is_done, before))):
        return True  # "a frame by the chest", "pushed up by the ears", but "led by the chest"
    away = word.word == "from" and words[index - 1].word in _AWAY
    if away and (_behind_a_thing(words, index - 1) or words[-1].word in lexicon.bulk):
        return True  # "push the ball out from the chest", "sweeps out from the body"
    if word.word in lexicon.place_only_after:
        # "Rolled up the forearm", "pull a zip up the back".
        goes_along = bool(before & lexicon.place_only_after[word.word])
        return goes_along or (word.word in ("up", "down") and _behind_a_thing(words, index))
    return word.kind == "place"


def _gazer_before(words: Sequence[Token]) -> bool:
    """Whether a part looks, not the reader: "the head looks down at (the feet)"."""
    nouns = {singular(word.word) for word in words if word.kind == "noun"}
    return bool(nouns & {"head", "eye", "face"})


def _is_done(word: str) -> bool:
    return word.endswith(("ed", "en", "wn")) or word in ("led", "done", "made", "held")


def _behind_a_thing(words: Sequence[Token], index: int) -> bool:
    return [word.kind for word in words[max(0, index - 2) : index]] == ["determiner", "other"]


def _before_phrase(words: Sequence[Token], index: int) -> int:
    """The last word up to here that opens no phrase."""
    while index >= 0:
        made = "-" in words[index].word and words[index + 1].kind != "determiner"
        sides = words[index].kind == "join" and words[index - 1].kind == "side"
        # "To the left or (the) right hip", but "to the left and the right hip turns".
        either = sides and (words[index + 1].kind == "side" or words[index].word == "or")
        if words[index].kind not in OPENING and not made and not either:
            break  # but go on in "over the turned-out feet"
        index -= 1
    return index


def _governors(before: Sequence[Token]) -> Iterator[str]:
    """The words that may govern a word of place after these."""
    if before and before[-1].kind == "join":  # "look at the hands and at the feet"
        yield from (word.word for word in before)
        return
    for word in before[: -_GOVERNED_WITHIN - 1 : -1]:
        if word.kind == "join":
            return
        yield word.word
