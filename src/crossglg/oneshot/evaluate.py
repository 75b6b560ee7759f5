"""Judge on novel classes: accuracy over many draws of exemplars, with the floor beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from crossglg.errors import ConfigError, ProtocolError
from crossglg.oneshot.classifiers import EITHER_SIDE, LEARNERS, MATCHERS, check_classifier
from crossglg.oneshot.draws import Draw
from crossglg.oneshot.features import ClipFeatures
from crossglg.oneshot.floor import FLOORS, RawMetric, raw_distances, raw_sequences
from crossglg.oneshot.sides import let_either_side_count
from crossglg.oneshot.statistics import BaseStatistics
from crossglg.oneshot.worded import WORDED, NovelWords
from crossglg.sources.clipset import ClipSet


@dataclass(frozen=True, eq=False)
class ClassifierResult:
    """One classifier over all draws.

    Attributes:
        mean: Accuracy in percent, averaged over classes within a draw, then over draws.
        std: Standard deviation over draws, in points.
        per_class: (K) accuracy in percent of each class, over all draws; None for a class that
            nobody asked about.
        confusion: (K K) counts over all draws; row true class, column answer.
    """

    mean: float
    std: float
    per_class: tuple[float | None, ...]
    confusion: NDArray[np.int64]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "mean": round(self.mean, 3),
            "std": round(self.std, 3),
            "per_class": [None if value is None else round(value, 2) for value in self.per_class],
            "confusion": self.confusion.tolist(),
        }


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What ``evaluate`` found.

    Attributes:
        protocol: Its name.
        class_names: K novel classes.
        n_query: Queries per draw, on average.
        draws: How many times exemplars were drawn.
        results: By name of the classifier.
        floors: What learned nothing, on the same draws; in the order of ``FLOORS``.
        seen: Novel classes that the model met in training, in other data.
    """

    protocol: str
    class_names: tuple[str, ...]
    n_query: float
    draws: int
    results: dict[str, ClassifierResult]
    floors: Mapping[str, ClassifierResult]
    seen: tuple[str, ...] = ()

    @property
    def floor(self) -> ClassifierResult:
        """What all results are held against: the first of the floors."""
        return next(iter(self.floors.values()))

    def describe(self, result: ClassifierResult) -> str:
        """``84.9 ± 1.3``: mean and standard deviation over draws; ``84.9`` of a single draw."""
        spread = f" ± {result.std:.1f}" if self.draws > 1 else ""
        return f"{result.mean:.1f}{spread}"

    def to_json(self) -> dict[str, Any]:
        """Plain values; accuracies in percent."""
        return {
            "protocol": self.protocol,
            "n_way": len(self.class_names),
            "n_query": int(self.n_query) if self.n_query == int(self.n_query) else self.n_query,
            "draws": self.draws,
            "results": {name: result.to_json() for name, result in self.results.items()},
            **{FLOORS[name].key: floor.to_json() for name, floor in self.floors.items()},
            "class_names": list(self.class_names),
            "seen": list(self.seen),
        }


def evaluate(
    features: ClipFeatures,
    data: ClipSet,
    draws: Sequence[Draw],
    *,
    novel: Sequence[int],
    classifiers: Sequence[str],
    base: BaseStatistics | None,
    protocol: str,
    words: NovelWords | None = None,
    mirrored: ClipFeatures | None = None,
) -> Evaluation:
    """Recognise the queries of every draw with every classifier.

    Args:
        features: Of the novel clips.
        data: The same clips, in the same order.
        draws: Exemplars and queries, as indices into them.
        novel: The novel labels, in the order of each draw's exemplars.
        classifiers: Names of ``list_classifiers()``.
        base: Features of base classes, for classifiers that need them.
        protocol: Name for the result.
        words: What is said about the novel classes, for classifiers that are told.
        mirrored: Of the novel clips as seen in a mirror, for classifiers that look there too.

    Raises:
        ConfigError: Unknown classifier, or one that lacks base features, words or mirror images.
        ProtocolError: No draw, or features and clips are not the same clips.
    """
    _check_draws(features, data, draws)
    for name in classifiers:
        check_classifier(name)
    truth = _positions(data.labels, novel)
    shown = np.unique(np.concatenate([draw.support for draw in draws]))
    exemplars = features.select(shown)
    results = {}
    for name in classifiers:
        if name in LEARNERS:
            results[name] = _judge_learner(name, features, truth, draws, base)
        elif name in MATCHERS:
            distances = MATCHERS[name](features, exemplars)
            results[name] = _judge_matrix(distances, shown, truth, draws)
        elif name in EITHER_SIDE:
            images = _insist_on_images(mirrored).select(shown)
            match = MATCHERS[EITHER_SIDE[name]]
            both = match(features, exemplars), match(features, images)
            results[name] = _judge_either_side(*both, shown, truth, draws)
        else:
            distances = WORDED[name](features, exemplars, _insist_on(words), truth[shown])
            results[name] = _judge_matrix(distances, shown, truth, draws)
    sequences = raw_sequences(data)
    return Evaluation(
        protocol,
        tuple(data.class_names[label] for label in novel),
        float(np.mean([len(draw.query) for draw in draws])),
        len(draws),
        results,
        {
            name: _judge_floor(sequences, floor.metric, shown, truth, draws)
            for name, floor in FLOORS.items()
        },
    )


def _insist_on(words: NovelWords | None) -> NovelWords:
    if words is None:
        raise ConfigError("This classifier needs words about the novel classes; there are none.")
    return words


def _insist_on_images(mirrored: ClipFeatures | None) -> ClipFeatures:
    if mirrored is None:
        raise ConfigError("This classifier needs features of the clips mirrored; there are none.")
    return mirrored


def _check_draws(features: ClipFeatures, data: ClipSet, draws: Sequence[Draw]) -> None:
    if not draws:
        raise ProtocolError("Expected at least one draw of exemplars to judge by, found none.")
    if len(features) != len(data):
        raise ProtocolError(
            f"Expected features of the {len(data)} novel clips, found {len(features)}; extract "
            "them from the same clips in the same order."
        )


def _positions(labels: NDArray[np.int64], novel: Sequence[int]) -> NDArray[np.int64]:
    """(N) labels -> (N) positions within ``novel``."""
    position = {label: number for number, label in enumerate(novel)}
    return np.array([position[int(label)] for label in labels], dtype=np.int64)


def _judge_matrix(
    distances: NDArray[np.float32],
    shown: NDArray[np.int64],
    truth: NDArray[np.int64],
    draws: Sequence[Draw],
) -> ClassifierResult:
    """Read every draw off distances (N S) from all clips to those ``shown`` (S) in some draw."""
    answers = [
        distances[np.ix_(draw.query, np.searchsorted(shown, draw.support))].argmin(axis=1)
        for draw in draws
    ]
    return summarise(answers, truth, draws)


def _judge_either_side(
    plain: NDArray[np.float32],
    mirrored: NDArray[np.float32],
    shown: NDArray[np.int64],
    truth: NDArray[np.int64],
    draws: Sequence[Draw],
) -> ClassifierResult:
    """As ``_judge_matrix``; which mirror images count depends on the exemplars of the draw."""
    answers = []
    for draw in draws:
        columns = np.searchsorted(shown, draw.support)
        distances = let_either_side_count(
            plain[np.ix_(draw.query, columns)],
            mirrored[np.ix_(draw.query, columns)],
            among=mirrored[np.ix_(draw.support, columns)],
            actions=truth[draw.support],
        )
        answers.append(distances.argmin(axis=1))
    return summarise(answers, truth, draws)


def _judge_floor(
    sequences: NDArray[np.float32],
    metric: RawMetric,
    shown: NDArray[np.int64],
    truth: NDArray[np.int64],
    draws: Sequence[Draw],
) -> ClassifierResult:
    distances = raw_distances(sequences, sequences[shown], metric=metric)
    return _judge_matrix(distances, shown, truth, draws)


def _judge_learner(
    name: str,
    features: ClipFeatures,
    truth: NDArray[np.int64],
    draws: Sequence[Draw],
    base: BaseStatistics | None,
) -> ClassifierResult:
    learner = LEARNERS[name]
    # Learners look at clips as wholes; their frames need not be copied for every draw.
    features = replace(features, frames=features.frames[:, :0], motion=features.motion[:, :0])
    # The systems solved here are small: a second BLAS thread costs more than it brings.
    with threadpool_limits(1, user_api="blas"):
        scores = [
            learner.scores(features.select(draw.query), features.select(draw.support), base)
            for draw in draws
        ]
    answers = [score.argmax(axis=1) for score in scores]
    return summarise(answers, truth, draws)


def summarise(
    answers: Sequence[NDArray[np.int64]], truth: NDArray[np.int64], draws: Sequence[Draw]
) -> ClassifierResult:
    """Accuracies from the answers (Q) of each draw; answers and truth are positions 0 .. K - 1."""
    way = len(draws[0].support)
    tables = np.zeros((len(draws), way, way), dtype=np.int64)
    for table, answer, draw in zip(tables, answers, draws, strict=True):
        np.add.at(table, (truth[draw.query], answer), 1)
    asked = tables.sum(axis=2)
    right = np.diagonal(tables, axis1=1, axis2=2)
    # A class that nobody asks about in a draw does not count in it.
    shares = np.where(asked > 0, right / np.maximum(asked, 1), np.nan)
    accuracies = np.nanmean(shares, axis=1) * 100
    confusion = tables.sum(axis=0)
    per_class = [
        100 * float(row[number] / row.sum()) if row.any() else None
        for number, row in enumerate(confusion)
    ]
    return ClassifierResult(
        float(accuracies.mean()),
        float(accuracies.std()),
        tuple(per_class),
        confusion,
    )
