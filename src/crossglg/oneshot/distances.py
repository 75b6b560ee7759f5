"""Distances between clips: at once, joint by joint, or along the best alignment in time."""

import numpy as np
from numpy.typing import NDArray

_PAIRS_AT_ONCE = 4096


def normalise_rows(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Length one along the last axis; zero stays zero."""
    lengths = np.linalg.norm(values, axis=-1, keepdims=True)
    return (values / np.maximum(lengths, 1e-12)).astype(np.float32)


def cosine_distances(
    query: NDArray[np.floating], support: NDArray[np.floating]
) -> NDArray[np.float32]:
    """1 - cosine: (Q D), (S D) -> (Q S)."""
    return np.float32(1) - normalise_rows(query) @ normalise_rows(support).T


def joint_distances(
    query: NDArray[np.floating], support: NDArray[np.floating]
) -> NDArray[np.float32]:
    """1 - cosine, joint by joint: (Q V D), (S V D) -> (Q S V)."""
    products = np.einsum("qvd,svd->qsv", normalise_rows(query), normalise_rows(support))
    # Rounding puts a clip a little beyond itself; no distance is negative.
    return np.maximum(np.float32(1) - products, np.float32(0))


def euclidean_distances(
    query: NDArray[np.floating], support: NDArray[np.floating]
) -> NDArray[np.float32]:
    """(..., Q D), (..., S D) -> (..., Q S)."""
    squares = np.square(query).sum(-1)[..., :, None] + np.square(support).sum(-1)[..., None, :]
    products = query @ np.swapaxes(support, -1, -2)
    return np.sqrt(np.maximum(squares - 2 * products, 0.0)).astype(np.float32)


def dtw_distances(
    query: NDArray[np.floating], support: NDArray[np.floating]
) -> NDArray[np.float32]:
    """Dynamic time warping of sequences: (Q T D), (S T' D) -> (Q S).

    The cost of a pair is the sum of the frames' Euclidean distances along the best path from the
    first frames to the last, one step in either or both sequences at a time.
    """
    query, support = query.astype(np.float32), support.astype(np.float32)
    distances = np.empty((len(query), len(support)), dtype=np.float32)
    rows = max(1, _PAIRS_AT_ONCE // len(support))
    for start in range(0, len(query), rows):
        block = slice(start, start + rows)
        costs = euclidean_distances(query[block, None], support[None])  # (q S T T')
        distances[block] = align_costs(costs)
    return distances


def align_costs(costs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cheapest path through cost matrices (... T T') -> (...)."""
    total = np.cumsum(costs[..., 0, :], axis=-1)
    for frame in range(1, costs.shape[-2]):
        cost = costs[..., frame, :]
        # Coming from the frame before, straight or diagonally, is known for the whole row ...
        arrive = total.copy()
        arrive[..., 1:] = np.minimum(total[..., 1:], total[..., :-1])
        # ... and walking along the row adds up costs: a running minimum over prefix sums.
        walked = np.cumsum(cost, axis=-1)
        total = walked + np.minimum.accumulate(arrive - (walked - cost), axis=-1)
    return np.asarray(total[..., -1], dtype=np.float32)
