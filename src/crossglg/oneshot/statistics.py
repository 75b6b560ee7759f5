"""What base classes look like in feature space: a mean and a spread per class."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class BaseStatistics:
    """Features of base clips with their classes, for classifiers that lean on them.

    Attributes:
        features: (N D).
        labels: (N).
    """

    features: NDArray[np.float64]
    labels: NDArray[np.int64]

    @classmethod
    def collect(cls, features: NDArray[np.floating], labels: NDArray[np.int64]) -> Self:
        """Keep (N D) features in double precision: covariances are small differences."""
        return cls(features.astype(np.float64), labels)

    @cached_property
    def class_count(self) -> int:
        """How many base classes there are."""
        return len(np.unique(self.labels))

    def group(self, features: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        """Features (N D) of these clips, class by class in the order of the labels."""
        return [features[self.labels == label] for label in np.unique(self.labels)]

    @cached_property
    def within_class_covariance(self) -> NDArray[np.float64]:
        """(D D) spread of clips around the mean of their class."""
        around_mean = [group - group.mean(axis=0) for group in self.group(self.features)]
        stacked = np.concatenate(around_mean)
        return np.asarray(stacked.T @ stacked / max(len(stacked) - 1, 1))
