"""The best alignment of two clips in time, step by step: what DTW distances are the sum of."""

from dataclasses import dataclass

import numpy as np
from einops import rearrange
from numpy.typing import NDArray

from crossglg.oneshot.distances import euclidean_distances
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.stack import stack_clips


@dataclass(frozen=True, eq=False)
class Alignment:
    """Which frame of a query answers which frame of an exemplar. L steps.

    Attributes:
        costs: (T T') distances of the query's frames to the exemplar's.
        query: (L) frames of the query, from first to last.
        exemplar: (L) frames of the exemplar beside them.
    """

    costs: NDArray[np.float32]
    query: NDArray[np.int64]
    exemplar: NDArray[np.int64]

    @property
    def distance(self) -> float:
        """Sum of the costs along the path."""
        return float(self.costs[self.query, self.exemplar].sum())

    def partners(self) -> NDArray[np.float64]:
        """(T) the exemplar's frame beside each of the query, a mean where there are several."""
        steps = np.bincount(self.query)
        return np.asarray(np.bincount(self.query, self.exemplar) / steps, dtype=np.float64)


def align_movements(
    query: SkeletonClip, exemplar: SkeletonClip, importance: NDArray[np.floating]
) -> Alignment:
    """Align two clips by where their joints are, for the eye: no encoder has blurred the moments.

    Args:
        query: T frames, prepared as for the encoder.
        exemplar: T' frames of the same layout, likewise.
        importance: (V) how much each joint counts.
    """
    persons = max(query.person_count, exemplar.person_count)
    weights = np.sqrt(importance)[:, None]
    rows = []
    for clip in (query, exemplar):
        joints, _ = stack_clips([clip], max_persons=persons)
        rows.append(rearrange(joints[0] * weights, "m t v c -> t (m v c)"))
    return align(euclidean_distances(rows[0], rows[1]))


def align(costs: NDArray[np.float32]) -> Alignment:
    """The cheapest path through a matrix (T T') of costs, one step in either or both at a time."""
    total = np.full((costs.shape[0] + 1, costs.shape[1] + 1), np.inf)
    total[0, 0] = 0
    for row, column in np.ndindex(costs.shape):
        before = min(total[row, column], total[row, column + 1], total[row + 1, column])
        total[row + 1, column + 1] = costs[row, column] + before
    path = [(costs.shape[0], costs.shape[1])]
    while path[-1] != (1, 1):
        row, column = path[-1]
        # A diagonal step first: of equally cheap paths the shortest is the plainest.
        ways = [(row - 1, column - 1), (row - 1, column), (row, column - 1)]
        path.append(min(ways, key=lambda way: total[way]))
    rows, columns = np.array(path[::-1], dtype=np.int64).T - 1
    return Alignment(costs, rows, columns)
