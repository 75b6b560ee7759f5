"""Distribution calibration: guess a novel class's distribution from base classes near its exemplar.

Source: Yang, Liu and Xu, Free Lunch for Few-shot Learning: Distribution Calibration, ICLR 2021,
section 3 (written from the description; the authors' repository has no licence). For each exemplar
x, with x~ = x^lambda:

1. find the k base classes whose means are nearest to x~;
2. mean' = (their means + x~) / (k + 1); covariance' = mean of theirs + alpha;
3. draw samples from N(mean', covariance') and fit a logistic regression to them and x~.

As published, features must be non-negative, base statistics are taken before the power and
compared after it, and alpha is added to every entry of the covariance, which is a spread along
one direction only. ``mode="safe"`` takes the statistics after the power, allows signed features
(the sign is kept) and reads alpha as the share of the covariance that is spread over all
directions alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ConfigError
from crossglg.oneshot.distances import euclidean_distances
from crossglg.oneshot.features import ClipFeatures
from crossglg.oneshot.statistics import BaseStatistics

Mode = Literal["safe", "paper"]


@dataclass(frozen=True, kw_only=True)
class DistributionCalibration:
    """A classifier of novel classes from one exemplar each and the statistics of base classes.

    Attributes:
        mode: ``paper`` is the published algorithm, ``safe`` the repaired one.
        neighbours: k.
        power: lambda.
        alpha: What is added to the covariance.
        samples: Drawn per exemplar.
        seed: Of the samples.

    Raises:
        ConfigError: A setting is out of range.
    """

    mode: Mode = "safe"
    neighbours: int = 2
    power: float = 0.5
    alpha: float = 0.21
    samples: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        if self.neighbours < 1 or self.samples < 1 or not self.power > 0:
            raise ConfigError(
                "Distribution calibration: expected neighbours and samples of at least 1 and a "
                f"positive power, found {self.neighbours}, {self.samples} and {self.power}."
            )
        if self.alpha < 0 or (self.mode == "safe" and self.alpha > 1):
            raise ConfigError(
                "Distribution calibration: expected an alpha of at least 0, and of at most 1 in "
                f"mode 'safe', where it is a share; found {self.alpha}."
            )

    def scores(
        self, query: ClipFeatures, support: ClipFeatures, base: BaseStatistics | None
    ) -> NDArray[np.float64]:
        """(Q) queries and (K) exemplars -> probabilities (Q K).

        With fewer base classes than ``neighbours`` there is nothing to calibrate by: ``safe``
        then compares with the exemplars alone and gives negative distances.

        Raises:
            ConfigError: In ``paper`` mode, there are fewer base classes than neighbours, or a
                feature is negative.
        """
        from sklearn.linear_model import LogisticRegression  # takes a second to import

        exemplars = self.bend(support.pooled.astype(np.float64))
        asked = self.bend(query.pooled.astype(np.float64))
        if base is None or base.class_count < self.neighbours:
            return self.compare(asked, exemplars)
        known = base.group(base.features if self.mode == "paper" else self.bend(base.features))
        rng = np.random.default_rng(self.seed)
        drawn = [self.draw(exemplar, known, rng) for exemplar in exemplars]
        inputs = np.concatenate([exemplars, *drawn])
        classes = np.arange(len(exemplars))
        labels = np.concatenate([classes, np.repeat(classes, self.samples)])
        centre, spread = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
        # The repaired mode standardises, so that the penalty weighs all directions alike.
        centre, spread = (centre, spread) if self.mode == "safe" else (0.0, 1.0)
        model = LogisticRegression(max_iter=1000).fit((inputs - centre) / spread, labels)
        return np.asarray(model.predict_proba((asked - centre) / spread))

    def bend(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Tukey's ladder of powers, x^lambda, which makes skewed features more normal."""
        if self.mode == "paper" and features.min() < 0:
            raise ConfigError(
                "Distribution calibration as published needs features that are not negative, "
                f"found {features.min():.3g}; use mode 'safe'."
            )
        return np.sign(features) * np.abs(features) ** self.power

    def compare(
        self, query: NDArray[np.float64], exemplars: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """(Q D), (K D) -> negative distances (Q K), for want of base classes."""
        if self.mode == "paper":
            raise ConfigError(
                f"Distribution calibration needs features of at least {self.neighbours} base "
                "classes; use another classifier."
            )
        return -euclidean_distances(query, exemplars).astype(np.float64)

    def draw(
        self,
        exemplar: NDArray[np.float64],
        known: Sequence[NDArray[np.float64]],
        rng: np.random.Generator,
    ) -> NDArray[np.float64]:
        """(samples D) from the guessed distribution of an exemplar's (D) class.

        ``known`` holds the clips (n D) of each base class. A random mix of a class's deviations
        from its mean has that class's sample covariance exactly, so neither the covariance nor
        a root of it is needed: with fewer clips than features it is singular and has none.
        """
        means = np.stack([group.mean(axis=0) for group in known])
        near = np.argsort(np.linalg.norm(means - exemplar, axis=1), kind="stable")
        near = near[: self.neighbours]
        mean = (means[near].sum(axis=0) + exemplar) / (self.neighbours + 1)
        # A class of one clip has no spread: its only deviation is zero.
        deviations = np.concatenate(
            [(known[i] - means[i]) / np.sqrt(max(len(known[i]) - 1, 1)) for i in near]
        ) / np.sqrt(self.neighbours)
        spread = rng.standard_normal((self.samples, len(deviations))) @ deviations
        if self.mode == "paper":
            along_ones = rng.standard_normal((self.samples, 1))
            return mean + spread + np.sqrt(self.alpha) * along_ones
        variance = np.square(deviations).sum() / len(exemplar)
        evenly = np.sqrt(variance) * rng.standard_normal((self.samples, len(exemplar)))
        return mean + np.sqrt(1 - self.alpha) * spread + np.sqrt(self.alpha) * evenly
