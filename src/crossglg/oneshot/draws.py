"""Which clips are exemplars and which are queries, draw by draw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ProtocolError

Rule = Literal["subject", "clip"]


@dataclass(frozen=True, eq=False)
class Draw:
    """One round of one-shot recognition over K novel classes.

    Attributes:
        support: (K) index of each class's exemplar, in the order of the classes.
        query: (Q) indices of the clips to recognise.
    """

    support: NDArray[np.int64]
    query: NDArray[np.int64]


def draw_exemplars(
    rule: Rule,
    labels: NDArray[np.int64],
    subjects: NDArray[np.int64],
    *,
    novel: Sequence[int],
    rng: np.random.Generator,
) -> Draw:
    """Choose one exemplar per novel class at random.

    Args:
        rule: ``subject``: one subject shows all classes and is not asked; ``clip``: each class
            has an exemplar of its own, whose subject is left out within that class.
        labels: (N).
        subjects: (N), -1 where unknown; an unknown subject is nobody else's.
        novel: The classes.
        rng: Decides.

    Raises:
        ProtocolError: A class has no clip, nobody performed all classes, or nothing is left to
            ask: one subject performed everything, say.
    """
    if missing := [k for k in novel if not (labels == k).any()]:
        raise ProtocolError(f"Expected clips of every novel class, found none of {missing}.")
    performers = np.unique(subjects[np.isin(labels, np.asarray(novel))])
    if len(performers) == 1 and performers[0] >= 0:
        raise ProtocolError(
            "Expected clips of other subjects to recognise beside the exemplars, found that "
            f"subject {performers[0]} performed all clips of the novel classes. If it is unknown "
            "who performed them, or the same subject shall be asked, make all subjects -1 "
            "(unknown): then each clip counts as a subject of its own."
        )
    if rule == "clip" or (subjects < 0).all():
        return _draw_each_class(labels, subjects, novel, rng)
    able = [
        s for s in np.unique(subjects[subjects >= 0]) if _performed_all(s, labels, subjects, novel)
    ]
    if not able:
        raise ProtocolError(
            "Expected a subject who performed every novel class, found none; "
            "use a protocol that draws exemplars per class."
        )
    subject = able[rng.integers(len(able))]
    support = [
        int(rng.choice(np.flatnonzero((labels == k) & (subjects == subject)))) for k in novel
    ]
    asked = np.isin(labels, np.asarray(novel)) & (subjects != subject)
    return _checked(support, np.flatnonzero(asked))


def fixed_exemplars(
    exemplars: Mapping[int, str],
    labels: NDArray[np.int64],
    clip_names: Sequence[str],
    *,
    novel: Sequence[int],
) -> Draw:
    """Published exemplars by clip name; every other clip of the novel classes is a query.

    Raises:
        ProtocolError: An exemplar is not there, or is of another class.
    """
    support = []
    for label in novel:
        name = exemplars.get(label, "")
        if name not in clip_names:
            raise ProtocolError(f"Expected the exemplar '{name}' of class {label}; it is not here.")
        index = list(clip_names).index(name)
        if labels[index] != label:
            raise ProtocolError(f"Exemplar '{name}' is of class {labels[index]}, not {label}.")
        support.append(index)
    others = np.setdiff1d(np.flatnonzero(np.isin(labels, np.asarray(novel))), support)
    return _checked(support, others)


def _performed_all(
    subject: int, labels: NDArray[np.int64], subjects: NDArray[np.int64], novel: Sequence[int]
) -> bool:
    return set(novel) <= set(labels[subjects == subject].tolist())


def _draw_each_class(
    labels: NDArray[np.int64],
    subjects: NDArray[np.int64],
    novel: Sequence[int],
    rng: np.random.Generator,
) -> Draw:
    support, query = [], []
    for label in novel:
        members = np.flatnonzero(labels == label)
        exemplar = int(rng.choice(members))
        alike = (subjects[members] == subjects[exemplar]) & (subjects[exemplar] >= 0)
        support.append(exemplar)
        query.append(members[~alike & (members != exemplar)])
    return _checked(support, np.concatenate(query))


def _checked(support: list[int], query: NDArray[np.int64]) -> Draw:
    if len(query) == 0:
        raise ProtocolError("Expected clips to recognise beside the exemplars, found none.")
    return Draw(np.asarray(support, dtype=np.int64), query)
