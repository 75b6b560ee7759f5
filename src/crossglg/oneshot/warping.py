"""Dynamic time warping of many pairs at once: diagonal by diagonal, all pairs side by side.

A cell of the table of sums needs its neighbours on the two diagonals before, so that all cells
of a diagonal can be had at the same time; the pairs, innermost, keep the processor's vector units
busy. The table itself is never kept, only three diagonals of it.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_CLIPS_AT_ONCE = 256
_CELLS_AT_ONCE = 2**21
"""Cost entries in memory: 8 MB, about what a core's caches hold."""


@dataclass(frozen=True, eq=False)
class Sequences:
    """N sequences of T frames of D numbers, to be warped onto others.

    Attributes:
        rows: (N T D).
    """

    rows: NDArray[np.floating]

    def __len__(self) -> int:
        """N."""
        return len(self.rows)

    @cached_property
    def extended(self) -> NDArray[np.float32]:
        """(T N D+2) each frame, a one and its squared length; kept, exemplars are asked often.

        Times the same of another, with the signs of ``_turn``, this is a squared distance.
        """
        count, frames, width = self.rows.shape
        extended = np.empty((frames, count, width + 2), dtype=np.float32)
        extended[..., :width] = np.swapaxes(self.rows, 0, 1)
        extended[..., width] = 1
        frame = extended[..., :width]
        np.einsum("tnd,tnd->tn", frame, frame, out=extended[..., width + 1])
        return extended


def dtw_distances(
    query: NDArray[np.floating], support: NDArray[np.floating]
) -> NDArray[np.float32]:
    """Dynamic time warping of sequences: (Q T D), (S T' D) -> (Q S).

    The cost of a pair is the sum of the frames' Euclidean distances along the best path from the
    first frames to the last, one step in either or both sequences at a time. Memory beyond the
    arguments and the result is bounded by some MB for every block of pairs.
    """
    # The path may be walked in either sequence's time; the larger side lies innermost.
    if len(support) < len(query):
        return np.ascontiguousarray(dtw_distances(support, query).T)
    distances = np.empty((len(query), len(support)), dtype=np.float32)
    for left in range(0, len(support), _CLIPS_AT_ONCE):
        columns = slice(left, left + _CLIPS_AT_ONCE)
        exemplars = Sequences(support[columns])
        for top in range(0, len(query), _CLIPS_AT_ONCE):
            rows = slice(top, top + _CLIPS_AT_ONCE)
            distances[rows, columns] = warp(Sequences(query[rows]), exemplars)
    return distances


def warp(query: Sequences, support: Sequences) -> NDArray[np.float32]:
    """``dtw_distances`` of (Q) and of at most some hundred (S) sequences -> (Q S)."""
    if len(support) < len(query):
        return np.ascontiguousarray(warp(support, query).T)
    distances = np.empty((len(query), len(support)), dtype=np.float32)
    right = support.extended
    cells = query.rows.shape[1] * right.shape[0] * len(support)
    at_once = max(1, _CELLS_AT_ONCE // cells)
    for first in range(0, len(query), at_once):
        rows = slice(first, first + at_once)
        distances[rows] = _walk(_frame_distances(_turn(query.extended[:, rows]), right))
    return distances


def _turn(extended: NDArray[np.float32]) -> NDArray[np.float32]:
    """Extended frames (T N D+2) as the left side: minus twice the frame, its square, a one."""
    turned = extended * np.float32(-2)
    turned[..., -2], turned[..., -1] = extended[..., -1], extended[..., -2]
    return turned


def _frame_distances(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """Extended frames (T m E) and (T' n E) -> Euclidean distances (T m T' n)."""
    width = left.shape[-1]
    costs = left.reshape(-1, width) @ right.reshape(-1, width).T
    np.maximum(costs, 0.0, out=costs)
    np.sqrt(costs, out=costs)
    return costs.reshape(*left.shape[:2], *right.shape[:2])


def _walk(costs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cheapest paths through costs (T m T' n) -> (m n)."""
    rows, outer, columns, inner = costs.shape
    # Entry t + 1 of a diagonal is cell (t, diagonal - t); around the cells there are walls.
    walls = np.full((3, rows + 2, outer, inner), np.inf, dtype=np.float32)
    before, last, current = walls
    before[0] = 0.0  # the way in, diagonally, to cell (0, 0)
    turned = costs[:, :, ::-1]
    for diagonal in range(rows + columns - 1):
        first, stop = max(0, diagonal - columns + 1), min(rows, diagonal + 1)
        cells = current[first + 1 : stop + 1]
        np.minimum(before[first:stop], last[first:stop], out=cells)
        np.minimum(cells, last[first + 1 : stop + 1], out=cells)
        # A view: the cells (t, diagonal - t) of all pairs.
        cells += turned.diagonal(columns - 1 - diagonal, 0, 2).transpose(2, 0, 1)
        current[first] = current[stop + 1] = np.inf
        before, last, current = last, current, before
    return np.array(last[rows])
