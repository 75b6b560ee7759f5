"""Situations as they will be met, played with the clips of base classes.

Some classes are enrolled with one clip each by one subject, clips of the other subjects are asked
(of the same one, where there is no other), half of them of classes that nobody enrolled. Galleries
are large and small. Most are made and asked in one room before one sensor, some are carried to
another, so where clips come from several, each is played by itself, and then all together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ConfigError

MOST_ENROLLED = 8
ANYWHERE = "*"
"""In place of a room: exemplars and queries of all of them."""
_SIZES = (1, 2, 3, 5, MOST_ENROLLED)
_EPISODES = 80
_ASKED_OF_A_KIND = 40
_MOST_PLAYERS = 1500


@dataclass(frozen=True, eq=False)
class Trials:
    """Questions asked in played situations, Q in all.

    Attributes:
        nearest: (Q) distance to the nearest exemplar.
        second: (Q) distance to the next best; infinite where one action is all there is.
        is_known: (Q) whether the query's action was enrolled.
        is_right: (Q) whether the nearest exemplar shows it.
        enrolled: (Q) how many actions were enrolled.
        room: (Q) in which room, or ``ANYWHERE``.
    """

    nearest: NDArray[np.float64]
    second: NDArray[np.float64]
    is_known: NDArray[np.bool_]
    is_right: NDArray[np.bool_]
    enrolled: NDArray[np.int64]
    room: NDArray[np.str_]

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """The trials of all parts, one after the other."""
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))

    def select(self, chosen: NDArray[np.bool_]) -> Self:
        """The trials where ``chosen`` (Q) is true."""
        return type(self)(*(getattr(self, f.name)[chosen] for f in fields(self)))


def choose_players(
    labels: NDArray[np.int64],
    subjects: NDArray[np.int64],
    *,
    rng: np.random.Generator,
    most: int = _MOST_PLAYERS,
) -> NDArray[np.int64]:
    """The clips to play with: all, or so many that all pairs of them can be compared.

    First comes one clip of every class of one subject after the other, then a second of each, so
    that those chosen have shown all classes.

    Args:
        labels: (N).
        subjects: (N).
        rng: Decides which.
        most: How many clips at most.

    Returns:
        Indices in ascending order.
    """
    if len(labels) <= most:
        return np.arange(len(labels))
    shuffled = rng.permutation(len(labels))
    _, group = np.unique(np.stack([labels, subjects])[:, shuffled], axis=1, return_inverse=True)
    group = group.ravel()  # NumPy 2.0 gives it a second axis
    ordered = np.argsort(group, kind="stable")
    sizes = np.bincount(group)
    turn = np.empty_like(group)  # how many of its class and subject come before a clip
    turn[ordered] = np.arange(len(group)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    known = np.unique(subjects)
    place = rng.permutation(len(known))[np.searchsorted(known, subjects[shuffled])]
    return np.sort(shuffled[np.lexsort((place, turn))[:most]])


def play_in_rooms(
    distances: NDArray[np.floating],
    labels: NDArray[np.int64],
    subjects: NDArray[np.int64],
    rooms: NDArray[np.str_],
    *,
    rng: np.random.Generator,
    episodes: int = _EPISODES,
) -> Trials:
    """Every room by itself and all together, with galleries of several sizes.

    A room where one person did everything says nothing about another's performance, nor one with a
    single class about strangers: those are played together with the others only.

    Args:
        distances: (N N) of every clip to every clip as an exemplar.
        labels: (N).
        subjects: (N), -1 where unknown.
        rooms: (N) where each clip was recorded.
        rng: Decides who enrols what.
        episodes: How many situations of each size.

    Raises:
        ConfigError: There is one class only.
    """
    by_room = [np.flatnonzero(rooms == room) for room in np.unique(rooms)]
    places = {ANYWHERE: np.arange(len(labels))} | {
        str(rooms[here[0]]): here
        for here in by_room
        if len(by_room) > 1 and _is_shared(labels[here], subjects[here])
    }
    parts = []
    for room, here in places.items():
        most = len(np.unique(labels[here])) // 2
        for size in sorted({min(size, most) for size in _SIZES}):
            played = play_trials(
                distances[np.ix_(here, here)],
                labels[here],
                subjects[here],
                rng=rng,
                episodes=episodes,
                enroll=size,
            )
            parts.append(replace(played, room=np.full(len(played.room), room)))
    return Trials.concatenate(parts)


def play_trials(
    distances: NDArray[np.floating],
    labels: NDArray[np.int64],
    subjects: NDArray[np.int64],
    *,
    rng: np.random.Generator,
    episodes: int = _EPISODES,
    enroll: int = MOST_ENROLLED,
) -> Trials:
    """Enrol up to half of the classes at a time, ask about all.

    Args:
        distances: (N N) of every clip to every clip as an exemplar.
        labels: (N).
        subjects: (N); where unknown (-1), a clip counts as a subject of its own, and so it does
            where one subject performed everything.
        rng: Decides who enrols what.
        episodes: How many situations.
        enroll: How many classes at most.

    Raises:
        ConfigError: There is one class only.
    """
    classes = np.unique(labels)
    if len(classes) < 2:
        raise ConfigError(
            f"Expected at least 2 classes to play with, one enrolled and one not; found "
            f"{len(classes)}."
        )
    if (subjects == subjects[0]).all():
        subjects = np.full_like(subjects, -1)
    count = min(enroll, len(classes) // 2)
    parts = [_play(distances, labels, subjects, classes, count, rng) for _ in range(episodes)]
    nearest, second, known, right = (np.concatenate(each) for each in zip(*parts, strict=True))
    enrolled = np.full(len(nearest), count)
    return Trials(
        nearest,
        second,
        known.astype(np.bool_),
        right.astype(np.bool_),
        enrolled,
        np.full(len(nearest), ANYWHERE),
    )


def _is_shared(labels: NDArray[np.int64], subjects: NDArray[np.int64]) -> bool:
    """Whether a room saw several classes and several people, or nobody knows whom."""
    several = bool((subjects < 0).all()) or len(np.unique(subjects)) > 1
    return several and len(np.unique(labels)) > 1


def _play(
    distances: NDArray[np.floating],
    labels: NDArray[np.int64],
    subjects: NDArray[np.int64],
    classes: NDArray[np.int64],
    count: int,
    rng: np.random.Generator,
) -> tuple[NDArray[Any], ...]:
    enrolled = rng.permutation(classes)[:count]
    teacher = rng.choice(subjects)
    shown = [_choose_clip(labels == label, subjects == teacher, rng) for label in enrolled]
    support = np.array(shown)
    others = np.flatnonzero((subjects != teacher) | (teacher < 0))
    others = others[~np.isin(others, support)]
    is_known = np.isin(labels[others], enrolled)
    asked = np.concatenate(
        [rng.permutation(others[each])[:_ASKED_OF_A_KIND] for each in (is_known, ~is_known)]
    )
    found = distances[np.ix_(asked, support)]
    ordered = np.sort(found, axis=1)
    answered = labels[support][found.argmin(axis=1)]
    return (
        ordered[:, 0],
        ordered[:, 1] if count > 1 else np.full(len(asked), np.inf),
        np.isin(labels[asked], enrolled),
        answered == labels[asked],
    )


def _choose_clip(
    of_class: NDArray[np.bool_], by_teacher: NDArray[np.bool_], rng: np.random.Generator
) -> int:
    """One of the teacher's clips of a class; anybody's, if the teacher never did it."""
    both = np.flatnonzero(of_class & by_teacher)
    return int(rng.choice(both if len(both) else np.flatnonzero(of_class)))
