"""Soft-DTW: all alignments of two clips count, the better the more."""

import numpy as np
from numpy.typing import NDArray

from crossglg.oneshot.distances import euclidean_distances

_PAIRS_AT_ONCE = 4096
_FAR = 1e10


def soft_dtw_distances(
    query: NDArray[np.floating], support: NDArray[np.floating], *, gamma: float = 0.1
) -> NDArray[np.float32]:
    """Soft-DTW divergence of sequences: (Q T D), (S T' D) -> (Q S).

    Squared Euclidean costs, divided by the width so that ``gamma`` means the same for all; the
    self-distances are taken off, so that a clip is nearest to itself. (Cuturi and Blondel, ICML
    2017; Blondel et al., AISTATS 2021.)
    """
    query, support = query.astype(np.float32), support.astype(np.float32)
    own_query = _pair_by_pair(query, gamma)
    own_support = _pair_by_pair(support, gamma)
    distances = np.empty((len(query), len(support)), dtype=np.float32)
    rows = max(1, _PAIRS_AT_ONCE // len(support))
    for start in range(0, len(query), rows):
        block = slice(start, start + rows)
        costs = np.square(euclidean_distances(query[block, None], support[None]))
        distances[block] = soft_align(costs / query.shape[-1], gamma=gamma)
    own = (own_query[:, None] + own_support[None]) / 2
    return np.asarray(distances - own, dtype=np.float32)


def _pair_by_pair(clips: NDArray[np.float32], gamma: float) -> NDArray[np.float32]:
    costs = np.square(euclidean_distances(clips, clips)) / clips.shape[-1]
    return soft_align(costs, gamma=gamma)


def soft_align(costs: NDArray[np.floating], *, gamma: float) -> NDArray[np.float32]:
    """-gamma log sum exp(-path / gamma) over all monotone paths: (... T T') -> (...).

    Diagonal by diagonal: everything on an antidiagonal depends on the two before it only.
    """
    rows, columns = costs.shape[-2:]
    batch = costs.shape[:-2]
    # One row per t, padded by a row of walls; entry t of a diagonal is cell (t, diagonal - t).
    before = np.full((*batch, rows + 1), _FAR)
    last = np.full((*batch, rows + 1), _FAR)
    before[..., 0] = 0.0  # the way in, diagonally, to cell (0, 0)
    for diagonal in range(rows + columns - 1):
        first, stop = max(0, diagonal - columns + 1), min(rows, diagonal + 1)
        cells = np.arange(first, stop)
        steps = np.stack([before[..., cells], last[..., cells], last[..., cells + 1]])
        best = steps.min(axis=0)
        soft = best - gamma * np.log(np.exp(-(steps - best) / gamma).sum(axis=0))
        current = np.full_like(last, _FAR)
        current[..., cells + 1] = costs[..., cells, diagonal - cells] + soft
        before, last = last, current
    return np.asarray(last[..., rows], dtype=np.float32)
