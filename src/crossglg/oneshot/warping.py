"""Dynamic time warping of many pairs at once: diagonal by diagonal, all pairs side by side.

A cell of the table of sums needs its neighbours on the two diagonals before, so that all cells
of a diagonal can be had at the same time; the pairs, innermost, keep the processor's vector units
busy. The table itself is never kept, only three diagonals of it.
"""

import numpy as np
from numpy.typing import NDArray

_CLIPS_AT_ONCE = 256
_CELLS_AT_ONCE = 2**21
"""Cost entries in memory: 8 MB, about what a core's caches hold."""


def dtw_distances(
    query: NDArray[np.floating], support: NDArray[np.floating]
) -> NDArray[np.float32]:
    """Dynamic time warping of sequences: (Q T D), (S T' D) -> (Q S).

    The cost of a pair is the sum of the frames' Euclidean distances along the best path from the
    first frames to the last, one step in either or both sequences at a time. Memory beyond the
    arguments and the result is bounded by some MB for every block of pairs.
    """
    # The path may be walked in either sequence's time; the larger side lies innermost.
    if len(support) > len(query):
        return _warp(query, support)
    return np.ascontiguousarray(_warp(support, query).T)


def _warp(few: NDArray[np.floating], many: NDArray[np.floating]) -> NDArray[np.float32]:
    distances = np.empty((len(few), len(many)), dtype=np.float32)
    frames = few.shape[1] * many.shape[1]
    for start in range(0, len(many), _CLIPS_AT_ONCE):
        columns = slice(start, min(start + _CLIPS_AT_ONCE, len(many)))
        right = _extend(many[columns], last=True)
        at_once = max(1, _CELLS_AT_ONCE // (frames * (columns.stop - columns.start)))
        for first in range(0, len(few), at_once):
            rows = slice(first, first + at_once)
            costs = _frame_distances(_extend(few[rows], last=False), right)
            distances[rows, columns] = _walk(costs)
    return distances


def align_costs(costs: NDArray[np.floating]) -> NDArray[np.float32]:
    """Cheapest path through cost matrices (... T T') -> (...)."""
    *batch, rows, columns = costs.shape
    pairs = np.moveaxis(costs.reshape(-1, rows, columns), 0, -1).astype(np.float32)
    return _walk(pairs[:, None]).reshape(batch)


def _extend(clips: NDArray[np.floating], *, last: bool) -> NDArray[np.float32]:
    """(N T D) -> (T N D+2), so that products of two kinds are squared distances."""
    frames = np.swapaxes(clips, 0, 1).astype(np.float32)
    squares = np.square(frames).sum(axis=-1, keepdims=True)
    ones = np.ones_like(squares)
    parts = [frames, ones, squares] if last else [-2 * frames, squares, ones]
    return np.concatenate(parts, axis=-1)


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
