"""Ways to name a clip after one exemplar per class, by name.

Three kinds. A matcher compares a query with each exemplar and nothing else, so all pairs of clips
can be compared once and every draw read off. A learner fits something to the exemplars of a draw.
A worded matcher is told about the novel classes in words, which the others never are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ConfigError, suggest
from crossglg.oneshot.calibration import DistributionCalibration
from crossglg.oneshot.distances import (
    cosine_distances,
    euclidean_distances,
    normalise_rows,
    point_joints,
    weighted_joint_distances,
)
from crossglg.oneshot.features import ClipFeatures
from crossglg.oneshot.softdtw import soft_dtw_distances
from crossglg.oneshot.statistics import BaseStatistics
from crossglg.oneshot.transport import local_features, transport_distances
from crossglg.oneshot.warping import dtw_distances, warp
from crossglg.oneshot.worded import WORDED

_CLIPS_AT_ONCE = 256
"""Frames of so many clips are in memory in full precision: 100 MB for NTU RGB+D."""

Matcher = Callable[[ClipFeatures, ClipFeatures], NDArray[np.float32]]
"""(Q) queries, (S) exemplars -> distances (Q S)."""

_Described = TypeVar("_Described")


class Learner(Protocol):
    """Fits exemplars, one per class, and scores queries."""

    def scores(
        self, query: ClipFeatures, support: ClipFeatures, base: BaseStatistics | None
    ) -> NDArray[np.float64]:
        """(Q) queries, (K) exemplars -> (Q K), higher is more alike."""
        ...


def match_cosine(query: ClipFeatures, support: ClipFeatures) -> NDArray[np.float32]:
    """Angle between pooled features."""
    return cosine_distances(query.pooled, support.pooled)


def match_euclidean(query: ClipFeatures, support: ClipFeatures) -> NDArray[np.float32]:
    """Distance between pooled features."""
    return euclidean_distances(query.pooled, support.pooled)


def match_joints(query: ClipFeatures, support: ClipFeatures) -> NDArray[np.float32]:
    """Joint by joint, each joint's angle weighted by how much it matters in either clip.

    The importance learned from text is at work here without any text.
    """
    return weighted_joint_distances(
        _point_joints(query),
        _point_joints(support),
        query_weights=query.importance / 2,
        support_weights=support.importance / 2,
    )


def _point_joints(features: ClipFeatures) -> NDArray[np.float32]:
    """(V N D); kept for few clips, such as a gallery's, which are asked for again and again."""
    few = len(features) <= _CLIPS_AT_ONCE
    return features.directions if few else point_joints(features.joints)


def match_joints_alike(query: ClipFeatures, support: ClipFeatures) -> NDArray[np.float32]:
    """As ``match_joints`` with every joint counting the same: shows what importance is worth."""
    return match_joints(_forget_importance(query), _forget_importance(support))


def _forget_importance(features: ClipFeatures) -> ClipFeatures:
    uniform = np.full_like(features.importance, 1 / features.importance.shape[1])
    return replace(features, importance=uniform)


def match_in_time(query: ClipFeatures, support: ClipFeatures) -> NDArray[np.float32]:
    """Dynamic time warping over frames of joint features, weighted by importance."""
    return _match_in_blocks(query, support, _describe_frames, dtw_distances)


def match_motion(query: ClipFeatures, support: ClipFeatures) -> NDArray[np.float32]:
    """Dynamic time warping over how the joints move, weighted by importance; no other feature."""
    return _match_in_blocks(query, support, attrgetter("movement"), warp)


def match_joints_and_motion(query: ClipFeatures, support: ClipFeatures) -> NDArray[np.float32]:
    """What was learned and what is plain to see: ``joints``, and ``motion`` per frame."""
    motion = match_motion(query, support) / np.float32(query.motion.shape[1])
    return match_joints(query, support) + motion


def match_softly_in_time(query: ClipFeatures, support: ClipFeatures) -> NDArray[np.float32]:
    """Soft-DTW over the same frames as ``match_in_time``."""
    return _match_in_blocks(query, support, _describe_frames, soft_dtw_distances)


def match_by_transport(query: ClipFeatures, support: ClipFeatures) -> NDArray[np.float32]:
    """Optimal transport between local features of several scales."""
    return _match_in_blocks(query, support, local_features, transport_distances)


def _match_in_blocks(
    query: ClipFeatures,
    support: ClipFeatures,
    describe: Callable[[ClipFeatures], _Described],
    compare: Callable[[_Described, _Described], NDArray[np.float32]],
) -> NDArray[np.float32]:
    """Frames are kept in half precision; of all clips, the full one never exists as a whole."""
    distances = np.empty((len(query), len(support)), dtype=np.float32)
    for columns, exemplars in _blocks(support):
        described = describe(exemplars)
        for rows, asked in _blocks(query):
            distances[rows, columns] = compare(describe(asked), described)
    return distances


def _blocks(features: ClipFeatures) -> Iterator[tuple[slice, ClipFeatures]]:
    """Some clips at a time; few clips as they are."""
    if len(features) <= _CLIPS_AT_ONCE:
        yield slice(None), features
        return
    for start in range(0, len(features), _CLIPS_AT_ONCE):
        stop = min(start + _CLIPS_AT_ONCE, len(features))
        yield slice(start, stop), features.select(np.arange(start, stop))


def _describe_frames(features: ClipFeatures) -> NDArray[np.float32]:
    """(N T V*D): each joint's direction, so long as its weight asks for."""
    joints = normalise_rows(features.frames.astype(np.float32))
    weighted = joints * np.sqrt(features.importance)[:, None, :, None]
    return weighted.reshape(*weighted.shape[:2], -1)


@dataclass(frozen=True)
class LinearDiscriminant:
    """Nearest exemplar after whitening by how clips of base classes spread around their mean."""

    def scores(
        self, query: ClipFeatures, support: ClipFeatures, base: BaseStatistics | None
    ) -> NDArray[np.float64]:
        """(Q) queries, (K) exemplars -> log-likelihood ratios (Q K).

        Raises:
            ConfigError: No base class has clips that differ.
        """
        covariance = _insist_on(base).within_class_covariance
        if not covariance.any():
            raise ConfigError(
                "The classifier 'lda' needs base classes of several clips, to see how clips of a "
                "class differ; found one clip of each. Use another classifier, such as prototypes."
            )
        shrunk = covariance + 0.1 * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
        exemplars = support.pooled.astype(np.float64)
        directions = np.linalg.solve(shrunk, exemplars.T)  # (D K)
        offsets = 0.5 * (exemplars * directions.T).sum(axis=1)
        return np.asarray(query.pooled @ directions - offsets)


@dataclass(frozen=True)
class LogisticExemplars:
    """Logistic regression on the exemplars alone, features standardised by the base classes."""

    def scores(
        self, query: ClipFeatures, support: ClipFeatures, base: BaseStatistics | None
    ) -> NDArray[np.float64]:
        """(Q) queries, (K) exemplars -> probabilities (Q K)."""
        from sklearn.linear_model import LogisticRegression  # takes a second to import

        known = _insist_on(base).features
        centre, spread = known.mean(axis=0), known.std(axis=0) + 1e-6
        model = LogisticRegression(max_iter=1000)
        model.fit((support.pooled - centre) / spread, np.arange(len(support)))
        return np.asarray(model.predict_proba((query.pooled - centre) / spread))


@dataclass(frozen=True)
class Prototypes:
    """One prototype per class: its exemplar, centred on the mean of the base classes.

    With one exemplar a prototype is that exemplar; what differs from ``cosine`` is the origin
    angles are seen from. (Wang et al., SimpleShot, 2019.)
    """

    def scores(
        self, query: ClipFeatures, support: ClipFeatures, base: BaseStatistics | None
    ) -> NDArray[np.float64]:
        """(Q) queries, (K) exemplars -> cosines (Q K)."""
        centre = _insist_on(base).features.mean(axis=0)
        distances = cosine_distances(query.pooled - centre, support.pooled - centre)
        return 1.0 - distances.astype(np.float64)


def _insist_on(base: BaseStatistics | None) -> BaseStatistics:
    if base is None:
        raise ConfigError("This classifier needs features of base classes; there are none.")
    return base


MATCHERS: dict[str, Matcher] = {
    "cosine": match_cosine,
    "euclidean": match_euclidean,
    "joints": match_joints,
    "joints-uniform": match_joints_alike,
    "dtw": match_in_time,
    "soft-dtw": match_softly_in_time,
    "motion": match_motion,
    "joints+motion": match_joints_and_motion,
    "transport": match_by_transport,
}
EITHER_SIDE = {
    f"{name}-either": name for name in ("cosine", "joints", "dtw", "motion", "joints+motion")
}
"""Matchers that also let the mirror image of an exemplar stand for it (``oneshot.sides``)."""

LEARNERS: dict[str, Learner] = {
    "prototypes": Prototypes(),
    "calibrated": DistributionCalibration(),
    "calibrated-paper": DistributionCalibration(mode="paper", samples=750),
    "lda": LinearDiscriminant(),
    "logistic": LogisticExemplars(),
}


def list_classifiers() -> tuple[str, ...]:
    """Names that ``evaluate`` takes."""
    return (*MATCHERS, *EITHER_SIDE, *LEARNERS, *WORDED)


def check_classifier(name: str) -> None:
    """Refuse a name that is no classifier.

    Raises:
        ConfigError: With the nearest name there is.
    """
    if name not in list_classifiers():
        hint = suggest(name, list_classifiers())
        raise ConfigError(
            f"No classifier is called '{name}'.{hint} Known: {', '.join(list_classifiers())}."
        )
