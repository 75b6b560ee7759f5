"""Names in sentences: their words, in any script, and the first few of many."""

import unicodedata
from collections.abc import Sequence

_IN_WORDS = "LNM"
"""Unicode's letters, numbers and marks: vowels of Hindi or Thai are marks."""


def plain_name(name: str) -> str:
    """What stays the same however a name is spelt: ``draw circle left``."""
    return " ".join(split_words(name))


def split_words(name: str) -> list[str]:
    """The words, case folded: ``Draw circle (left)`` -> ``draw``, ``circle``, ``left``."""
    folded = unicodedata.normalize("NFC", name.casefold())
    return "".join(c if unicodedata.category(c)[0] in _IN_WORDS else " " for c in folded).split()


def name_some(names: Sequence[str], most: int = 5) -> str:
    """The first names, and how many are left out: ``a, b, c, d, e and 1,207 more``."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
