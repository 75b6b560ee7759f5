"""Tell phrases that are only a place or target: "above the head", "with the hands on the knees".

A part that is touched, left or lain on is named without acting.
"""

from collections.abc import Sequence
from itertools import dropwhile, pairwise, takewhile

from crossglg.text.bystanders import does_more
from crossglg.text.clauses import is_verb
from crossglg.text.lexicon import get_lexicon, limb_of
from crossglg.text.mentions import Span, is_of_others, spoken_sides
from crossglg.text.targets import HIGH, tells_place
from crossglg.text.tokens import OPENING, Token, singular

# "With the elbows tucked against the ribs", "keeps both arms behind the back".
_PUTS = frozenset({"with", "keep", "keeps", "keeping"})
_RISES = frozenset({"up", "upward", "upwards", "down", "downward", "downwards", "vertically"})
_KEEP_UP = frozenset({"keep", "keeps", "keeping", "hold", "holds", "holding"})
_AT_IT = frozenset({"keeps", "keep", "starts", "start", "begins", "begin"})  # "keeps tapping"
_PUT = frozenset({"kept", "pressed", "propped", "tucked"})


def is_place(words: Sequence[Token], span: Span, *, comes_later: bool) -> bool:
    """Whether a phrase says where something goes or is, or names what is done to."""
    opens = span.first == 1 and words[0].word in get_lexicon().clause_starts
    if opens and span.last + 1 < len(words) and is_verb(words, span.last + 1):
        return False  # "before the elbows are lifted"
    if tells_place(words[: span.noun + 1]) or is_of_others(words, span):
        return True
    lexicon = get_lexicon()
    before = words[span.first - 1].word if span.first else ""
    after = [word.word for word in words[span.last + 1 : span.last + 2]]
    goes_to = comes_later and _goes_to(words[span.last + 1 :])
    if before == "from" and (lexicon.ways.intersection(after) or goes_to):
        return True  # "from the waist up"; "the hand runs from the forehead to the nape"
    if any(word.word in lexicon.touched for word in words[span.last + 2 : span.last + 3]):
        # "The knee is patted by the hand", but "is hugged to the chest".
        led = words[span.last + 3 : span.last + 4]
        moved = any(word.kind == "place" and word.word != "between" for word in led)
        return words[span.last + 1].kind == "verb" and not moved
    # The body that limbs carry, lift or push is their load; one they bring up or down moves.
    moved = bool(_RISES.intersection(after)) and before not in _KEEP_UP
    return words[span.noun].word in lexicon.bulk and before in lexicon.carriers and not moved


def _goes_to(after: Sequence[Token]) -> bool:
    """Whether the way from here goes to another place: "from one shoulder, over it, to the ear"."""
    to = next((n for n, word in enumerate(after) if word.word in ("to", "onto", "into")), -1)
    kinds = [word.kind for word in after[to + 1 : to + 3]]
    if kinds[:1] == ["other"] and kinds[1:2] != ["determiner"]:  # "to bring the mouth close"
        kinds = ["noun"]
    near = to == 0 or (to > 0 and after[0].word == "," and after[to - 1].word == ",")
    if near and [word.word for word in after[to + 1 : to + 2]] == ["overhead"]:
        return True
    return near and kinds[:1] != [] and kinds[0] in ("noun", "place", *OPENING)


def lies_somewhere(words: Sequence[Token], span: Span) -> bool:
    """Whether nothing is said of the part but where it is: "with the hands on the knees"."""
    after = list(words[span.last + 1 :])
    if span.first and words[span.first - 1].word in _PUTS:
        if after and after[0].word == "crossed":
            # "With the arms crossed" they rest; crossed legs are a way to sit.
            return limb_of(singular(words[span.noun].word) or "head") == "arm"
        after = after[1:] if after and after[0].word in _PUT else after
    else:
        after = list(dropwhile(lambda word: word.kind in ("join", "noun", *OPENING), after))
        if not after or after[0].word not in ("is", "are"):
            return False
        crossed = [word.word for word in after[1:2]] == ["crossed"]
        if crossed and words[span.noun].word == "arms" and not does_more(after):
            return True  # "the arms are crossed over the chest"
        after = list(
            dropwhile(lambda word: word.kind == "function" or word.word in _PUT, after[1:])
        )
    return _is_there(after, limb_of(singular(words[span.noun].word) or "head"))


def _is_there(after: Sequence[Token], limb: str | None) -> bool:
    """Whether a part of this limb is where these words say, and no more."""
    if not after:
        return False
    if limb == "leg" and after[0].word in ("front of", "ahead of"):
        return True  # "one foot is in front of the other"
    if len(after) < 2 or after[0].word not in get_lexicon().whereabouts:
        return False
    place = takewhile(lambda word: word.kind != "join", after)
    if limb == "arm" and any(word.word in HIGH for word in place):
        return False  # a raised arm: "the right hand is on top of the head"
    motions = get_lexicon().motions
    if any(one.kind == "join" and other.word in motions for one, other in pairwise(after)):
        return False  # "the foot is on the pedal and pushes it"
    return after[1].kind in ("noun", *OPENING)


def is_touched(words: Sequence[Token], spans: Sequence[Span], number: int) -> bool:
    """Whether a hand does something to this part of another limb: "the hand taps the knee"."""
    if not number:
        return False
    hand, part = spans[number - 1], spans[number]
    between = [
        word
        for word in words[hand.last + 1 : part.first]
        if not word.word.endswith("ly") and word.word not in _AT_IT
    ]
    if len(between) != 1 or between[0].kind not in ("other", "target"):
        return False
    toucher, touched = (singular(words[span.noun].word) for span in (hand, part))
    if toucher is None or touched is None or between[0].word in get_lexicon().carriers:
        return False
    sides = [spoken_sides(words[span.first : span.last + 1]) for span in (hand, part)]
    crosses = all(sides) and sides[0] != sides[1]  # "the right hand taps the left shoulder"
    return "hand" in get_lexicon().nouns[toucher] and (limb_of(touched) != "arm" or crosses)
