"""Say "unknown": how sure one may be that the nearest exemplar shows the query's action.

Fitted on base classes alone, by playing the real situation with them: some classes are enrolled
with one clip each by one subject, clips of the other subjects are asked (of the same one, where
there is no other), half of them of classes that nobody enrolled. What the decision sees is how far
the nearest exemplar is, how much nearer than the next best action, and, where situations of several
sizes were played, how many actions are enrolled: the more there are, the nearer a stranger comes to
one of them by chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import CheckpointError, ConfigError

_EPISODES = 80
_MOST_ENROLLED = 8
_ASKED_OF_A_KIND = 40
_MOST_PLAYERS = 1500
_TINY = 1e-9
_MATCHER = "joints+motion"
"""What galleries compare by; thresholds on its distances mean nothing for another's."""
FAMILIARITY = 1.5
"""How many times too large log odds are that were fitted on classes which the model learned from:
it knows their clips better than any new ones. Chosen on base classes that were held out of the
training (docs/results.md)."""


@dataclass(frozen=True)
class Acceptance:
    """P(the nearest exemplar shows the same action), by logistic regression.

    Attributes:
        among: (bias, weight of log distance, weight of log ratio to the next best action).
        alone: (bias, weight of log distance), where one action is all there is.
        crowd: Weight of the log number of enrolled actions, in ``among``; 0 where situations of
            one size were played.
    """

    among: tuple[float, float, float]
    alone: tuple[float, float]
    crowd: float = 0.0

    def probability(
        self,
        nearest: NDArray[np.floating],
        second: NDArray[np.floating] | None,
        *,
        enrolled: int = _MOST_ENROLLED,
    ) -> NDArray[np.float64]:
        """(Q) distances to the nearest action and to the next best one -> (Q).

        Args:
            nearest: (Q).
            second: (Q); None where one action is all there is.
            enrolled: How many actions there are; more than were ever played with count as those.
        """
        near = np.log(nearest + _TINY)
        if second is None:
            return _sigmoid(self.alone[0] + self.alone[1] * near)
        ratio = near - np.log(second + _TINY)
        bias = self.among[0] + self.crowd * _size_crowd(enrolled)
        return _sigmoid(bias + self.among[1] * near + self.among[2] * ratio)

    def tempered(self, factor: float) -> Self:
        """Log odds divided by a factor: less sure, and what is believed stays believed."""
        bias, distance, ratio = self.among
        alone_bias, alone_distance = self.alone
        return type(self)(
            (bias / factor, distance / factor, ratio / factor),
            (alone_bias / factor, alone_distance / factor),
            self.crowd / factor,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, with the matcher whose distances they judge."""
        return {"matcher": _MATCHER, **asdict(self)}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote.

        Raises:
            CheckpointError: It was fitted on the distances of another matcher.
        """
        if (matcher := record.get("matcher", "joints")) != _MATCHER:
            raise CheckpointError(
                f"Expected a judgement of the matcher {_MATCHER}, found one of {matcher}, whose "
                "distances are others. Train the run again, or delete its acceptance.json: then "
                "nothing is called unknown."
            )
        bias, distance, ratio = record["among"]
        alone_bias, alone_distance = record["alone"]
        return cls((bias, distance, ratio), (alone_bias, alone_distance), record.get("crowd", 0.0))


@dataclass(frozen=True, eq=False)
class Trials:
    """Questions asked in played situations, Q in all.

    Attributes:
        nearest: (Q) distance to the nearest exemplar.
        second: (Q) distance to the next best; infinite where one action is all there is.
        is_known: (Q) whether the query's action was enrolled.
        is_right: (Q) whether the nearest exemplar shows it.
        enrolled: (Q) how many actions were enrolled.
    """

    nearest: NDArray[np.float64]
    second: NDArray[np.float64]
    is_known: NDArray[np.bool_]
    is_right: NDArray[np.bool_]
    enrolled: NDArray[np.int64]

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """The trials of all parts, one after the other."""
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))


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


def play_trials(
    distances: NDArray[np.floating],
    labels: NDArray[np.int64],
    subjects: NDArray[np.int64],
    *,
    rng: np.random.Generator,
    episodes: int = _EPISODES,
    enroll: int = _MOST_ENROLLED,
) -> Trials:
    """Enrol about half of the classes at a time, ask about all.

    Args:
        distances: (N N) of every clip to every clip as an exemplar.
        labels: (N).
        subjects: (N); where unknown (-1), a clip counts as a subject of its own, and so it does
            where one subject performed everything.
        rng: Decides who enrols what.
        episodes: How many situations.
        enroll: How many classes at most.

    Raises:
        ConfigError: Fewer than four classes.
    """
    classes = np.unique(labels)
    if len(classes) < 4:
        raise ConfigError(f"Expected at least 4 classes to play with, found {len(classes)}.")
    if (subjects == subjects[0]).all():
        subjects = np.full_like(subjects, -1)
    count = min(enroll, len(classes) // 2)
    parts = [_play(distances, labels, subjects, classes, count, rng) for _ in range(episodes)]
    nearest, second, known, right = (np.concatenate(each) for each in zip(*parts, strict=True))
    enrolled = np.full(len(nearest), count)
    return Trials(nearest, second, known.astype(np.bool_), right.astype(np.bool_), enrolled)


def fit_acceptance(trials: Trials) -> Acceptance:
    """Learn from trials on base classes how to judge novel ones."""
    from sklearn.linear_model import LogisticRegression  # takes a second to import

    near = np.log(trials.nearest + _TINY)
    several, single = trials.enrolled > 1, trials.enrolled == 1
    ratio = near[several] - np.log(trials.second[several] + _TINY)
    crowd = _size_crowd(trials.enrolled[several])
    if not np.ptp(crowd):  # of situations of one size nothing is learned about others
        crowd = np.zeros_like(crowd)
    seen = np.stack([near[several], ratio, crowd], axis=1)
    among = LogisticRegression().fit(seen, trials.is_right[several])
    if not single.any():
        single = several
    alone = LogisticRegression().fit(near[single, None], trials.is_right[single])
    distance, against_next, of_crowd = map(float, among.coef_[0])
    return Acceptance(
        (float(among.intercept_[0]), distance, against_next),
        (float(alone.intercept_[0]), float(alone.coef_[0, 0])),
        of_crowd,
    )


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
    shown = [choose_clip(labels == label, subjects == teacher, rng) for label in enrolled]
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


def choose_clip(
    of_class: NDArray[np.bool_], by_teacher: NDArray[np.bool_], rng: np.random.Generator
) -> int:
    """One of the teacher's clips of a class; anybody's, if the teacher never did it."""
    both = np.flatnonzero(of_class & by_teacher)
    return int(rng.choice(both if len(both) else np.flatnonzero(of_class)))


def _size_crowd(enrolled: int | NDArray[np.int64]) -> NDArray[np.float64]:
    """Log number of actions; of more than are played with, nothing is known."""
    return np.asarray(np.log(np.minimum(enrolled, _MOST_ENROLLED)), dtype=np.float64)


def _sigmoid(values: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(0.5 * (1 + np.tanh(values / 2)), dtype=np.float64)
