"""Distances between clips, at once or joint by joint."""

import numpy as np
from numpy.typing import NDArray

_CLIPS_AT_ONCE = 512
_ANGLES_AT_ONCE = 2**16
"""Of few pairs, all joints fit: NumPy's calls would take longer than the work of each."""


def normalise_rows(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Length one along the last axis; zero stays zero."""
    lengths = np.linalg.norm(values, axis=-1, keepdims=True)
    return (values / np.maximum(lengths, 1e-12)).astype(np.float32)


def cosine_distances(
    query: NDArray[np.floating], support: NDArray[np.floating]
) -> NDArray[np.float32]:
    """1 - cosine: (Q D), (S D) -> (Q S)."""
    return np.float32(1) - normalise_rows(query) @ normalise_rows(support).T


def euclidean_distances(
    query: NDArray[np.floating], support: NDArray[np.floating]
) -> NDArray[np.float32]:
    """(..., Q D), (..., S D) -> (..., Q S)."""
    squares = np.square(query).sum(-1)[..., :, None] + np.square(support).sum(-1)[..., None, :]
    products = query @ np.swapaxes(support, -1, -2)
    return np.sqrt(np.maximum(squares - 2 * products, 0.0)).astype(np.float32)


def point_joints(joints: NDArray[np.floating]) -> NDArray[np.float32]:
    """Where each joint's features point: (N V D) -> (V N D), of length one."""
    return np.ascontiguousarray(np.swapaxes(normalise_rows(joints), 0, 1))


def weighted_joint_distances(
    query: NDArray[np.float32],
    support: NDArray[np.float32],
    *,
    query_weights: NDArray[np.floating],
    support_weights: NDArray[np.floating],
) -> NDArray[np.float32]:
    """Joint by joint, every joint weighted by the sum of what the two clips say.

    Block after block, of few pairs all joints at once: no array of all pairs and joints is made.

    Args:
        query: (V Q D), as ``point_joints`` gives them.
        support: (V S D), likewise.
        query_weights: (Q V).
        support_weights: (S V).

    Returns:
        (Q S) sums over the joints of (1 - cosine) times weight.
    """
    row_weights, column_weights = (
        np.ascontiguousarray(each.T, dtype=np.float32) for each in (query_weights, support_weights)
    )
    distances = np.zeros((query.shape[1], support.shape[1]), dtype=np.float32)
    for top in range(0, query.shape[1], _CLIPS_AT_ONCE):
        rows = slice(top, top + _CLIPS_AT_ONCE)
        for left in range(0, support.shape[1], _CLIPS_AT_ONCE):
            columns = slice(left, left + _CLIPS_AT_ONCE)
            block = distances[rows, columns]
            at_once = max(1, _ANGLES_AT_ONCE // block.size)
            for first in range(0, len(query), at_once):
                joints = slice(first, first + at_once)
                apart = query[joints, rows] @ support[joints, columns].swapaxes(1, 2)
                np.subtract(1, apart, out=apart)
                # Rounding puts a clip a little beyond itself; no distance is negative.
                np.maximum(apart, 0, out=apart)
                apart *= row_weights[joints, rows, None] + column_weights[joints, None, columns]
                block += apart[0] if at_once == 1 else apart.sum(axis=0)
    return distances
