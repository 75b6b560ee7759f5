"""What a mirrored clip shows: the same action, another base class, or a twin class of its own.

A two-handed clap in the mirror is a clap; "raise right arm" is "raise left arm", which may be a
class already. Calling such clips a new class would teach the encoder to tell alike from alike. The
words know: an action is two-sided where its global text names both sides alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from crossglg.skeleton.layout import Layout
from crossglg.words import split_words

Mirror = Literal["off", "classes", "words"]

_SIDES = {"left": "right", "right": "left"}
_ALIKE = 1e-6


@dataclass(frozen=True, eq=False)
class Twins:
    """The classes of a run whose clips also come mirrored. K base classes.

    Attributes:
        labels: (K) what the mirrored clips of each base class are labelled.
        fresh: (F) base classes whose twin is a class of its own, numbered from K in this order.
        names: All K + F class names.
    """

    labels: NDArray[np.int64]
    fresh: NDArray[np.int64]
    names: tuple[str, ...]

    @classmethod
    def of_all(cls, class_names: Sequence[str]) -> Self:
        """Every class gets a twin of its own."""
        return cls._number(class_names, [None] * len(class_names))

    @classmethod
    def by_words(
        cls, class_names: Sequence[str], layout: Layout, key_joints: NDArray[np.float32] | None
    ) -> Self:
        """Twins only where the words tell left from right.

        Args:
            class_names: K names.
            layout: The joints.
            key_joints: (K V) k_gt; None where there are no texts, and then names alone decide.
        """
        words = [split_words(name) for name in class_names]
        found: list[int | None] = []
        for label, own in enumerate(words):
            other = [_SIDES.get(word, word) for word in own]
            if other != own:
                found.append(words.index(other) if other in words else None)
            else:
                keys = None if key_joints is None else key_joints[label]
                both = keys is not None and np.abs(keys - keys[layout.mirror_index]).max() < _ALIKE
                found.append(label if both else None)
        return cls._number(class_names, found)

    @classmethod
    def _number(cls, class_names: Sequence[str], found: Sequence[int | None]) -> Self:
        fresh = [label for label, twin in enumerate(found) if twin is None]
        labels = [
            len(found) + fresh.index(label) if twin is None else twin
            for label, twin in enumerate(found)
        ]
        names = (*class_names, *(f"{class_names[label]} (mirrored)" for label in fresh))
        return cls(np.array(labels, np.int64), np.array(fresh, np.int64), names)


def find_twins(
    mirror: Mirror,
    class_names: Sequence[str],
    layout: Layout,
    key_joints: NDArray[np.float32] | None,
) -> Twins | None:
    """The twins that a recipe asks for; None where clips do not come mirrored."""
    if mirror == "off":
        return None
    if mirror == "classes":
        return Twins.of_all(class_names)
    return Twins.by_words(class_names, layout, key_joints)
