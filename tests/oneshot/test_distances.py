"""Distances against slow references."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossglg.oneshot import distances, warping
from crossglg.oneshot.distances import (
    cosine_distances,
    euclidean_distances,
    point_joints,
    weighted_joint_distances,
)
from crossglg.oneshot.warping import dtw_distances


def slow_dtw(first, second):
    cost = np.linalg.norm(first[:, None] - second[None], axis=-1)
    total = np.full(cost.shape, np.inf)
    for i, j in np.ndindex(cost.shape):
        before = [total[i - 1, j] if i else np.inf, total[i, j - 1] if j else np.inf]
        before.append(total[i - 1, j - 1] if i and j else np.inf)
        total[i, j] = cost[i, j] + (0 if i == j == 0 else min(before))
    return total[-1, -1]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 1000))
def test_dtw_equals_the_slow_loop(frames, other_frames, seed):
    rng = np.random.default_rng(seed)
    query, support = rng.normal(size=(3, frames, 4)), rng.normal(size=(2, other_frames, 4))
    expected = [[slow_dtw(q, s) for s in support] for q in query]
    np.testing.assert_allclose(dtw_distances(query, support), expected, rtol=1e-4, atol=1e-4)


def test_dtw_does_not_depend_on_the_size_of_its_blocks(monkeypatch):
    rng = np.random.default_rng(0)
    query, support = rng.normal(size=(9, 5, 3)), rng.normal(size=(4, 5, 3))
    whole = dtw_distances(query, support)
    monkeypatch.setattr(warping, "_CLIPS_AT_ONCE", 2)
    monkeypatch.setattr(warping, "_CELLS_AT_ONCE", 60)
    np.testing.assert_allclose(dtw_distances(query, support), whole, rtol=1e-5)
    np.testing.assert_allclose(dtw_distances(support, query), whole.T, rtol=1e-5)


@pytest.mark.parametrize("at_once", [2, 512])
def test_joints_are_weighted_by_what_both_clips_say(at_once, monkeypatch):
    monkeypatch.setattr(distances, "_CLIPS_AT_ONCE", at_once)
    rng = np.random.default_rng(0)
    query, support = rng.normal(size=(5, 4, 3)), rng.normal(size=(3, 4, 3))
    ours, theirs = rng.random((5, 4)), rng.random((3, 4))
    expected = np.zeros((5, 3))
    for q, s, v in np.ndindex(5, 3, 4):
        product = query[q, v] @ support[s, v]
        cosine = product / np.linalg.norm(query[q, v]) / np.linalg.norm(support[s, v])
        expected[q, s] += (1 - cosine) * (ours[q, v] + theirs[s, v])
    asked, known = point_joints(query), point_joints(support)
    found = weighted_joint_distances(asked, known, query_weights=ours, support_weights=theirs)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    itself = weighted_joint_distances(asked, asked, query_weights=ours, support_weights=ours)
    assert (itself >= 0).all()


def test_the_cheapest_path_through_a_matrix_known_by_hand():
    query, exemplar = np.array([[0.0], [0], [10]]), np.array([[1.0], [9], [9]])
    # Costs [[1, 9, 9], [1, 9, 9], [9, 1, 1]]: down, diagonal, right.
    assert dtw_distances(query[None], exemplar[None]) == pytest.approx(4)


def test_a_pause_costs_nothing_in_dtw():
    clip = np.arange(5.0)[None, :, None]
    paused = np.array([0.0, 1, 2, 2, 2, 3, 4])[None, :, None]
    assert dtw_distances(clip, paused)[0, 0] == pytest.approx(0, abs=1e-3)


def test_cosine_and_euclidean_distances_known_by_hand():
    axes = np.eye(2)
    np.testing.assert_allclose(cosine_distances(3 * axes, axes), 1 - axes, atol=1e-6)
    expected = np.sqrt(2) * (1 - axes)
    np.testing.assert_allclose(euclidean_distances(axes, axes), expected, atol=1e-6)


def test_a_zero_vector_is_no_closer_to_one_direction_than_to_another():
    np.testing.assert_allclose(cosine_distances(np.zeros((1, 2)), np.eye(2)), [[1, 1]])
