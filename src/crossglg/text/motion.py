"""Read from a joint's text whether the joint moves, and how precisely the text says so."""

import re

from crossglg.text.lexicon import get_lexicon

# Where a text speaks of both, these kinds of detail tell that motion outweighs the rest:
# "bends sharply and stays at shoulder height, rocking with each wave".
_TELL_MOTION = ("direction", "speed", "phase")
_PLACE_WORDS = frozenset(
    (
        *("above", "against", "as", "at", "behind", "below", "between", "both"),
        *("front", "left", "over", "past", "right", "under", "while"),
    )
)


def motion_words(text: str, joint: str) -> tuple[str, ...]:
    """The words of a joint's text after the joint's own name, lower case."""
    words = re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower())
    name = joint.lower().split("_")
    return tuple(words[len(name) :] if words[: len(name)] == name else words)


def says_still(text: str, joint: str) -> bool:
    """Whether the text says of this joint that it does not move."""
    lexicon = get_lexicon()
    words = motion_words(text, joint)
    if not lexicon.rest.intersection(words):
        return False
    # "stays on the left side" is a place, not a way.
    telling = {word for kind in _TELL_MOTION for word in lexicon.details[kind]} - _PLACE_WORDS
    return not telling.intersection(words)


def details(text: str, joint: str) -> frozenset[str]:
    """Which kinds of detail the text gives: direction, speed, extent, phase."""
    words = set(motion_words(text, joint))
    return frozenset(kind for kind, known in get_lexicon().details.items() if known & words)
