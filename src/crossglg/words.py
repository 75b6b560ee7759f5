"""The words of a name, in any script."""

import unicodedata

_IN_WORDS = "LNM"
"""Unicode's letters, numbers and marks: vowels of Hindi or Thai are marks."""


def plain_name(name: str) -> str:
    """What stays the same however a name is spelt: ``draw circle left``."""
    return " ".join(split_words(name))


def split_words(name: str) -> list[str]:
    """The words, case folded: ``Draw circle (left)`` -> ``draw``, ``circle``, ``left``."""
    folded = unicodedata.normalize("NFC", name.casefold())
    return "".join(c if unicodedata.category(c)[0] in _IN_WORDS else " " for c in folded).split()
