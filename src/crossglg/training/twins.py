"""What a mirrored clip shows: the same action, another base class, or a twin class of its own.

A two-handed clap in the mirror is a clap; "raise right arm" is "raise left arm", which may be a
class already, under whatever name. Calling such clips a new class would teach the encoder to tell
alike from alike. The words know: an action is two-sided where its global text names both sides
alike. Where a mirrored clip would show a novel class, it is left out: it would give the class away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from crossglg.same_actions import list_spellings
from crossglg.skeleton.layout import Layout
from crossglg.words import plain_name, split_words

Mirror = Literal["off", "classes", "words"]

_SIDES = {"left": "right", "right": "left"}
_ALIKE = 1e-6
_MIRRORED = " (mirrored)"
_LEFT_OUT = -1


@dataclass(frozen=True, eq=False)
class Twins:
    """The classes of a run whose clips also come mirrored. K base classes.

    Attributes:
        labels: (K) what the mirrored clips of each base class are labelled; -1 leaves them out.
        fresh: (F) base classes whose twin is a class of its own, numbered from K in this order.
        names: All K + F class names.
    """

    labels: NDArray[np.int64]
    fresh: NDArray[np.int64]
    names: tuple[str, ...]

    @classmethod
    def of_all(cls, class_names: Sequence[str], *, novel: Sequence[str] = ()) -> Self:
        """Every class gets a twin of its own, but for those that show a novel class mirrored."""
        return cls._number(class_names, [None] * len(class_names), novel)

    @classmethod
    def by_words(
        cls,
        class_names: Sequence[str],
        layout: Layout,
        key_joints: NDArray[np.float32] | None,
        *,
        novel: Sequence[str] = (),
    ) -> Self:
        """Twins only where the words tell left from right.

        Args:
            class_names: K names.
            layout: The joints.
            key_joints: (K V) k_gt; None where there are no texts, and then names alone decide.
            novel: Names of the novel classes.
        """
        found: list[int | None] = []
        for label, name in enumerate(class_names):
            mirrored = find_mirrored(name, class_names)
            if mirrored is not None or _tells_side(name):
                found.append(mirrored)
            else:
                keys = None if key_joints is None else key_joints[label]
                both = keys is not None and np.abs(keys - keys[layout.mirror_index]).max() < _ALIKE
                found.append(label if both else None)
        return cls._number(class_names, found, novel)

    @classmethod
    def _number(
        cls, class_names: Sequence[str], found: Sequence[int | None], novel: Sequence[str]
    ) -> Self:
        found = [
            twin if find_mirrored(name, novel) is None else _LEFT_OUT
            for name, twin in zip(class_names, found, strict=True)
        ]
        fresh = [label for label, twin in enumerate(found) if twin is None]
        labels = [
            len(found) + fresh.index(label) if twin is None else twin
            for label, twin in enumerate(found)
        ]
        names = (*class_names, *(class_names[label] + _MIRRORED for label in fresh))
        return cls(np.array(labels, np.int64), np.array(fresh, np.int64), names)


def find_met(novel: Sequence[str], met: Sequence[str]) -> list[str]:
    """The novel classes that somebody knows who has met these classes, by any of their names."""
    known = {plain_name(other) for name in met for other in list_spellings(name)}
    seen_mirrored = (name.removesuffix(_MIRRORED) for name in met if name.endswith(_MIRRORED))
    twins = {find_mirrored(name, novel) for name in seen_mirrored}
    return sorted(n for k, n in enumerate(novel) if plain_name(n) in known or k in twins)


def find_mirrored(name: str, class_names: Sequence[str]) -> int | None:
    """The class whose movement is this one's in the mirror.

    Its other names are asked only where its own tells no side: "swipe left" leaves out the arm
    that "right arm swipe to the left" tells.
    """
    spellings = [name] if _tells_side(name) else list_spellings(name)
    swapped = [_swap_sides(spelling) for spelling in spellings if _tells_side(spelling)]
    if not swapped:
        return None
    known = [plain_name(other) for other in class_names]
    for wanted in (plain_name(s) for other in swapped for s in list_spellings(other)):
        if wanted in known:
            return known.index(wanted)
    return None


def _tells_side(name: str) -> bool:
    return _swap_sides(name) != plain_name(name)


def _swap_sides(name: str) -> str:
    """``Raise right arm`` -> ``raise left arm``."""
    return " ".join(_SIDES.get(word, word) for word in split_words(name))


def find_twins(
    mirror: Mirror,
    class_names: Sequence[str],
    layout: Layout,
    key_joints: NDArray[np.float32] | None,
    *,
    novel: Sequence[str] = (),
) -> Twins | None:
    """The twins that a recipe asks for; None where clips do not come mirrored."""
    if mirror == "off":
        return None
    if mirror == "classes":
        return Twins.of_all(class_names, novel=novel)
    return Twins.by_words(class_names, layout, key_joints, novel=novel)
