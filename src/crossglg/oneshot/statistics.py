"""What base classes look like in feature space: a mean and a spread per class."""

from dataclasses import dataclass
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

    def of_classes(
        self, features: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Means (K D) and sample covariances (K D D) of (N D) features, class by class.

        A class of one clip has no spread and counts as a point.
        """
        groups = [features[self.labels == label] for label in np.unique(self.labels)]
        means = np.stack([group.mean(axis=0) for group in groups])
        width = features.shape[1]
        covariances = np.stack(
            [
                np.cov(group, rowvar=False) if len(group) > 1 else np.zeros((width, width))
                for group in groups
            ]
        )
        return means, covariances

    def within_class_covariance(self) -> NDArray[np.float64]:
        """(D D) spread of clips around the mean of their class."""
        _, position = np.unique(self.labels, return_inverse=True)
        means, _ = self.of_classes(self.features)
        return np.cov(self.features - means[position], rowvar=False)
