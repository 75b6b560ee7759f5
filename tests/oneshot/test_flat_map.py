"""A flat map keeps groups apart and says what it loses."""

import numpy as np
import pytest

from crossglg.errors import ConfigError
from crossglg.oneshot.flat_map import flatten_embeddings


def groups():
    rng = np.random.default_rng(0)
    centres = np.eye(8)[[0, 3, 6]].repeat(10, axis=0)
    return centres + rng.normal(scale=0.05, size=centres.shape), np.arange(30) // 10


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_groups_that_lie_apart_lie_apart_on_the_map(method):
    pooled, labels = groups()
    places, about = flatten_embeddings(pooled, method=method)
    assert places.shape == (30, 2)
    centres = np.stack([places[labels == k].mean(axis=0) for k in range(3)])
    nearest = np.linalg.norm(places[:, None] - centres, axis=-1).argmin(axis=1)
    np.testing.assert_array_equal(nearest, labels)
    assert "nothing" in about or "%" in about


def test_an_unknown_map_and_too_few_clips_are_refused():
    with pytest.raises(ConfigError, match="Did you mean 'tsne'"):
        flatten_embeddings(groups()[0], method="t-sne")
    with pytest.raises(ConfigError, match="at least 3"):
        flatten_embeddings(groups()[0][:2])
