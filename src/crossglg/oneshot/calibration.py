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

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from crossglg.errors import ConfigError
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
    """

    mode: Mode = "safe"
    neighbours: int = 2
    power: float = 0.5
    alpha: float = 0.21
    samples: int = 100
    seed: int = 0

    def scores(
        self, query: ClipFeatures, support: ClipFeatures, base: BaseStatistics | None
    ) -> NDArray[np.float64]:
        """(Q) queries and (K) exemplars -> probabilities (Q K).

        Raises:
            ConfigError: There are fewer base classes than neighbours, or, in ``paper`` mode, a
                feature is negative.
        """
        if base is None or len(np.unique(base.labels)) < self.neighbours:
            raise ConfigError(
                f"Distribution calibration needs features of at least {self.neighbours} base "
                "classes; use another classifier."
            )
        exemplars = self.bend(support.pooled.astype(np.float64))
        means, covariances = self.describe_base(base)
        rng = np.random.default_rng(self.seed)
        drawn = [self.draw(x, means, covariances, rng) for x in exemplars]
        inputs = np.concatenate([exemplars, *drawn])
        classes = np.arange(len(exemplars))
        labels = np.concatenate([classes, np.repeat(classes, self.samples)])
        centre, spread = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
        # The repaired mode standardises, so that the penalty weighs all directions alike.
        centre, spread = (centre, spread) if self.mode == "safe" else (0.0, 1.0)
        model = LogisticRegression(max_iter=1000).fit((inputs - centre) / spread, labels)
        asked = self.bend(query.pooled.astype(np.float64))
        return np.asarray(model.predict_proba((asked - centre) / spread))

    def bend(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Tukey's ladder of powers, x^lambda, which makes skewed features more normal."""
        if self.mode == "paper" and features.min() < 0:
            raise ConfigError(
                "Distribution calibration as published needs features that are not negative, "
                f"found {features.min():.3g}; use mode 'safe'."
            )
        return np.sign(features) * np.abs(features) ** self.power

    def describe_base(
        self, base: BaseStatistics
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Means (B D) and covariances (B D D) of the base classes."""
        paper = self.mode == "paper"
        return base.of_classes(base.features if paper else self.bend(base.features))

    def calibrate(
        self,
        exemplar: NDArray[np.float64],
        means: NDArray[np.float64],
        covariances: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The guessed mean (D) and covariance (D D) of the exemplar's class."""
        near = np.argsort(np.linalg.norm(means - exemplar, axis=1), kind="stable")
        near = near[: self.neighbours]
        mean = (means[near].sum(axis=0) + exemplar) / (self.neighbours + 1)
        covariance = covariances[near].mean(axis=0)
        if self.mode == "paper":
            return mean, covariance + self.alpha
        evenly = np.trace(covariance) / len(exemplar) * np.eye(len(exemplar))
        return mean, (1 - self.alpha) * covariance + self.alpha * evenly

    def draw(
        self,
        exemplar: NDArray[np.float64],
        means: NDArray[np.float64],
        covariances: NDArray[np.float64],
        rng: np.random.Generator,
    ) -> NDArray[np.float64]:
        """(samples D) from the guessed distribution."""
        mean, covariance = self.calibrate(exemplar, means, covariances)
        # By eigenvalues, since few clips give a singular covariance, which has no Cholesky root.
        values, vectors = np.linalg.eigh(covariance)
        spread = vectors * np.sqrt(np.maximum(values, 0.0))
        return mean + rng.standard_normal((self.samples, len(exemplar))) @ spread.T
