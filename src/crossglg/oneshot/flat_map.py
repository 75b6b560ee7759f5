"""Embeddings on a flat map, for the eye only: nothing is decided there."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ConfigError, suggest
from crossglg.oneshot.distances import normalise_rows

_PERPLEXITY = 30.0


def flatten_embeddings(
    pooled: NDArray[np.floating], *, method: str = "pca", seed: int = 0
) -> tuple[NDArray[np.float64], str]:
    """Give every clip a place in the plane.

    Args:
        pooled: (N D) at least three.
        method: ``pca`` or ``tsne``.
        seed: Of t-SNE.

    Returns:
        (N 2), and a sentence on what the map keeps and loses.

    Raises:
        ConfigError: No such method, or fewer than three clips.
    """
    if method not in _METHODS:
        raise ConfigError(
            f"No map is called '{method}'.{suggest(method, _METHODS)} Known: {', '.join(_METHODS)}."
        )
    if len(pooled) < 3:
        raise ConfigError(f"Expected at least 3 clips to map, found {len(pooled)}.")
    return _METHODS[method](normalise_rows(pooled).astype(np.float64), seed)


def _by_components(rows: NDArray[np.float64], seed: int) -> tuple[NDArray[np.float64], str]:
    from sklearn.decomposition import PCA

    model = PCA(n_components=2, svd_solver="full")
    places = model.fit_transform(rows)
    kept = float(model.explained_variance_ratio_.sum())
    return places, (
        f"The first two principal components of the embeddings hold {kept:.0%} of their variance: "
        "classes that lie apart here are apart, classes that overlap here need not."
    )


def _by_neighbours(rows: NDArray[np.float64], seed: int) -> tuple[NDArray[np.float64], str]:
    from sklearn.manifold import TSNE

    perplexity = min(_PERPLEXITY, (len(rows) - 1) / 3)
    places = TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(rows)
    return places.astype(np.float64), (
        "t-SNE of the embeddings: neighbours stay neighbours, distances between groups and sizes "
        "of groups mean nothing."
    )


_METHODS: dict[str, Callable[[NDArray[np.float64], int], tuple[NDArray[np.float64], str]]] = {
    "pca": _by_components,
    "tsne": _by_neighbours,
}
