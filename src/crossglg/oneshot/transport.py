"""Match the local features of two clips at several scales at once, by optimal transport.

In the manner of multi-scale matching (joints, parts and the whole body, over the whole clip and
over its segments): nothing is averaged away before the comparison, and a part of the query may
answer to any part of the exemplar, at a price.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from crossglg.oneshot.distances import normalise_rows
from crossglg.oneshot.features import ClipFeatures

_SEGMENTS = (1, 2, 4)
_PAIRS_AT_ONCE = 2048
_BLUR = 0.05
_STEPS = 50
_DEEPEST = 80.0
"""Float32 holds exp(-80) and its inverse."""


def local_features(features: ClipFeatures) -> NDArray[np.float32]:
    """(N L D) unit vectors: every joint over the whole clip, and the body in each segment."""
    frames = features.frames.astype(np.float32).mean(axis=2)  # (N T D)
    segments = [
        part.mean(axis=1, keepdims=True)
        for count in _SEGMENTS
        for part in np.array_split(frames, min(count, frames.shape[1]), axis=1)
    ]
    return normalise_rows(np.concatenate([features.joints, *segments], axis=1))


def transport_distances(
    query: NDArray[np.float32], support: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Cost of moving one clip's local features onto another's: (Q L D), (S L D) -> (Q S)."""
    distances = np.empty((len(query), len(support)), dtype=np.float32)
    exemplars = torch.from_numpy(support)
    rows = max(1, _PAIRS_AT_ONCE // len(support))
    for start in range(0, len(query), rows):
        block = torch.from_numpy(query[start : start + rows])
        costs = 1 - torch.einsum("qld,smd->qslm", block, exemplars)
        distances[start : start + rows] = sinkhorn(costs).numpy()
    return distances


def sinkhorn(costs: Tensor, *, blur: float = _BLUR, steps: int = _STEPS) -> Tensor:
    """Entropic optimal transport between evenly spread masses: (... L M) -> cost (...).

    Source: Cuturi, Sinkhorn Distances, NeurIPS 2013; what is returned is the cost of the plan
    without the entropy. Each step is a product with the same kernel, whose smallest number the
    floats have to hold: costs of cosines end at 2.
    """
    rows, columns = costs.shape[-2:]
    fits = float(costs.amax()) / blur < _DEEPEST
    kernel = torch.exp(-costs.to(torch.float32 if fits else torch.float64) / blur)
    right = kernel.new_ones((*costs.shape[:-2], columns, 1))
    for _ in range(steps):
        left = 1 / (rows * (kernel @ right))
        right = 1 / (columns * (kernel.mT @ left))
    plan = left * kernel * right.mT
    return (plan * costs).sum(dim=(-2, -1)).to(costs.dtype)
