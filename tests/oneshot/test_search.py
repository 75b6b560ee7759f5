"""The nearest few of many exemplars, against sorting all of them."""

import numpy as np
import pytest

from crossglg.errors import ConfigError
from crossglg.oneshot import search
from crossglg.oneshot.distances import cosine_distances
from crossglg.oneshot.search import ExactSearch, IndexSearch
from optional import skip_without


def points(count, seed=0, width=8):
    return np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)


@pytest.mark.parametrize(("k", "at_once"), [(1, 7), (5, 7), (5, 3), (40, 7), (5, 1000)])
def test_exact_search_finds_what_sorting_finds(k, at_once, monkeypatch):
    monkeypatch.setattr(search, "_EXEMPLARS_AT_ONCE", at_once)
    monkeypatch.setattr(search, "_QUERIES_AT_ONCE", 4)
    query, exemplars = points(9, seed=1), points(40)
    found = ExactSearch(exemplars).nearest(query, k=k)
    expected = cosine_distances(query, exemplars)
    order = np.argsort(expected, axis=1)[:, :k]
    np.testing.assert_array_equal(found.positions, order)
    np.testing.assert_allclose(
        found.distances, np.take_along_axis(expected, order, axis=1), atol=1e-6
    )


def test_exemplars_in_half_precision_on_disk_are_searched_too(tmp_path):
    exemplars = points(30).astype(np.float16)
    np.save(tmp_path / "exemplars.npy", exemplars)
    mapped = np.load(tmp_path / "exemplars.npy", mmap_mode="r")
    query = points(3, seed=1)
    np.testing.assert_array_equal(
        ExactSearch(mapped).nearest(query, k=4).positions,
        ExactSearch(exemplars.astype(np.float32)).nearest(query, k=4).positions,
    )


@pytest.mark.parametrize("k", [0, 31])
def test_more_than_there_are_cannot_be_found(k):
    with pytest.raises(ConfigError, match="1 to 30 exemplars"):
        ExactSearch(points(30)).nearest(points(1), k=k)


def test_an_index_that_looks_everywhere_finds_the_same():
    skip_without("faiss", extra="index")
    query, exemplars = points(9, seed=1), points(900)
    index = IndexSearch.build(exemplars, cells=8, probes=8)
    exact, found = ExactSearch(exemplars).nearest(query, k=5), index.nearest(query, k=5)
    np.testing.assert_array_equal(found.positions, exact.positions)
    np.testing.assert_allclose(found.distances, exact.distances, atol=1e-5)
    with pytest.raises(ConfigError, match="1 to 900"):
        index.nearest(query, k=901)


def test_more_cells_than_exemplars_are_refused():
    with pytest.raises(ConfigError, match="cells <= 30 exemplars"):
        IndexSearch.build(points(30), cells=31, probes=1)
