"""Rival matchers against slow references: all paths, a linear programme, words by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import linprog

from crossglg.errors import ConfigError
from crossglg.oneshot.softdtw import soft_align, soft_dtw_distances
from crossglg.oneshot.transport import local_features, sinkhorn, transport_distances
from crossglg.oneshot.worded import (
    NovelWords,
    match_described_joints,
    match_named_parts,
    relevance_of_names,
)
from crossglg.skeleton import get_layout


def circle(count):
    angles = np.linspace(0, 3, count)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def all_paths(rows, columns):
    """Every monotone path through a grid, as lists of cells."""

    def go_on(path):
        row, column = path[-1]
        if (row, column) == (rows - 1, columns - 1):
            yield path
        for step in ((0, 1), (1, 0), (1, 1)):
            cell = (row + step[0], column + step[1])
            if cell[0] < rows and cell[1] < columns:
                yield from go_on([*path, cell])

    return list(go_on([(0, 0)]))


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 4), (4, 1), (3, 4), (5, 3)])
@pytest.mark.parametrize("gamma", [0.01, 1.0])
def test_soft_alignment_is_a_sum_over_all_paths(rows, columns, gamma):
    costs = np.random.default_rng(0).random((2, rows, columns))
    lengths = np.array(
        [[sum(each[cell] for cell in path) for path in all_paths(rows, columns)] for each in costs]
    )
    expected = -gamma * np.log(np.exp(-lengths / gamma).sum(axis=1))
    np.testing.assert_allclose(soft_align(costs, gamma=gamma), expected, rtol=1e-5)


def test_a_clip_is_nearest_to_itself_in_soft_dtw():
    clips = np.random.default_rng(1).normal(size=(5, 6, 3))
    distances = soft_dtw_distances(clips, clips)
    assert np.abs(np.diag(distances)).max() < 1e-4
    assert (distances.argmin(axis=1) == np.arange(5)).all()
    assert (distances > -1e-4).all()


def test_transport_costs_what_a_linear_programme_says():
    costs = np.random.default_rng(2).random((4, 5))
    mass = np.zeros((9, 20))
    for row in range(4):
        mass[row, row * 5 : row * 5 + 5] = 1
    for column in range(5):
        mass[4 + column, column::5] = 1
    exact = linprog(costs.ravel(), A_eq=mass, b_eq=[1 / 4] * 4 + [1 / 5] * 5).fun
    found = float(sinkhorn(torch.from_numpy(costs).float(), blur=0.005, steps=2000))
    assert found == pytest.approx(exact, abs=2e-3)


def test_the_same_features_cost_nothing_to_move(make_features):
    features = make_features(circle(6))
    places = local_features(features)
    assert np.allclose(np.linalg.norm(places, axis=-1), 1, atol=1e-3)
    distances = transport_distances(places, places)
    assert (distances.argmin(axis=1) == np.arange(6)).all()


def test_words_decide_which_joint_is_believed(make_features):
    features = make_features(circle(3))
    joints = np.zeros((3, 2, 2), dtype=np.float32)
    joints[0] = [[1, 0], [0, 1]]  # the query: like exemplar 1 in joint 0, like 2 in joint 1
    joints[1] = [[1, 0], [1, 0]]
    joints[2] = [[0, 1], [0, 1]]
    features = replace(features, joints=joints, importance=features.importance[:, :2])
    query, support = features.select(np.array([0])), features.select(np.array([1, 2]))
    first, second = np.float32([[1, 0], [1, 0]]), np.float32([[0, 1], [0, 1]])
    for match, words in (
        (match_described_joints, NovelWords(first, second)),
        (match_named_parts, NovelWords(second, first)),
    ):
        distances = match(query, support, words, np.array([0, 1]))
        assert distances[0].argmin() == 0


def test_a_part_whose_name_is_near_gets_the_weight():
    layout = get_layout("openni15")
    parts = np.eye(len(layout.parts), dtype=np.float32)
    weights = relevance_of_names(parts[:2], parts, layout)
    assert np.allclose(weights.sum(axis=1), 1, atol=1e-6)
    for row, (part, joints) in enumerate(list(layout.parts.items())[:2]):
        shares = {
            p: weights[row, [layout.index(j) for j in js]].sum() for p, js in layout.parts.items()
        }
        assert max(shares, key=shares.get) == part
        assert len({float(weights[row, layout.index(joint)]) for joint in joints}) == 1


def test_without_words_a_worded_matcher_is_refused(make_features):
    from crossglg.oneshot.evaluate import _insist_on

    with pytest.raises(ConfigError, match="words about the novel classes"):
        _insist_on(None)
