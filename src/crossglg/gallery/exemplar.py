"""A clip that was shown, and what names people may give to what it shows."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

from crossglg.errors import GalleryError
from crossglg.oneshot import ClipFeatures
from crossglg.skeleton.clip import SkeletonClip

_LONGEST_NAME = 100
_LONGEST_SOURCE = 120
_HALVES = re.compile("[\ud800-\udfff]")
"""Lone halves of characters, as in the name of a file that is not UTF-8; nobody can print them."""
_JOINERS = str.maketrans("", "", "\u200c\u200d")
"""Unseen in print: between letters in Persian, between the parts of an emoji."""


@dataclass(frozen=True, eq=False)
class Exemplar:
    """One clip that shows an action, or none of them.

    Attributes:
        action: Its name; empty for a clip that was dismissed.
        clip: The skeletons as they came.
        features: What the gallery's model sees in it, N = 1.
        source: Where the clip came from, for people.
        enrolled: When, ISO 8601, UTC.
        mirrored: Whether it is the mirror image of what was shown: either side counts.
    """

    action: str
    clip: SkeletonClip
    features: ClipFeatures = field(repr=False)
    source: str
    enrolled: str
    mirrored: bool = False

    @property
    def title(self) -> str:
        """What to call it in print."""
        return self.action or "none of these"

    @cached_property
    def digest(self) -> str:
        """The same for the very same numbers, whatever they were called."""
        clip = self.clip
        found = hashlib.sha256(repr((clip.fps, clip.layout, clip.joints.shape)).encode())
        found.update(clip.joints.tobytes() + clip.visible.tobytes())
        return found.hexdigest()


def check_name(name: str) -> str:
    """The name of an action with single blanks, and one way to write each accent.

    Raises:
        GalleryError: It is empty, too long or not printable.
    """
    cleaned = unicodedata.normalize("NFC", " ".join(name.split()))
    printed = cleaned.translate(_JOINERS)
    if not printed or len(cleaned) > _LONGEST_NAME or not printed.isprintable():
        raise GalleryError(
            f"Expected a name of 1 to {_LONGEST_NAME} printable characters, found {name!r}."
        )
    return cleaned


def clean_source(source: str) -> str:
    """Where a clip came from, for people to read; it names no file of ours."""
    printable = "".join(x for x in _HALVES.sub("\ufffd", source) if x.isprintable())
    return printable.strip()[:_LONGEST_SOURCE]
