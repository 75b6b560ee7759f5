"""Motion is what is left of raw joints when place, size and vigour do not count."""

from dataclasses import replace

import numpy as np
import pytest

from crossglg.oneshot.classifiers import MATCHERS
from crossglg.oneshot.floor import raw_distances
from crossglg.oneshot.motion import find_motion, find_raw_motion, level_energy


@pytest.fixture
def joints():
    """(N M T V 3) three smooth clips of two persons."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(3, 2, 32, 4, 3)).cumsum(axis=2).astype(np.float32)


EVERYBODY = np.ones((3, 2, 32), dtype=np.bool_)


def test_where_a_body_stands_does_not_matter(joints):
    away = joints + np.float32([3.0, 0.5, -2.0])
    assert np.allclose(find_motion(joints, EVERYBODY), find_motion(away, EVERYBODY), atol=1e-5)


@pytest.mark.parametrize("vigour", [0.5, 3.0])
def test_how_large_a_movement_is_does_not_matter(joints, vigour):
    weights = np.full((3, 4), 0.25, dtype=np.float32)
    one, other = (
        level_energy(find_motion(each, EVERYBODY), weights)
        for each in (joints, joints * np.float32(vigour))
    )
    assert np.allclose(one, other, atol=1e-3)
    assert np.square(one).sum(axis=2).mean(axis=1) == pytest.approx(1, abs=1e-3)


def test_trembling_at_rest_is_not_blown_up(joints):
    weights = np.full((3, 4), 0.25, dtype=np.float32)
    resting = level_energy(find_motion(joints * np.float32(1e-4), EVERYBODY), weights)
    assert np.square(resting).sum(axis=2).mean() < 1e-3


def test_who_comes_or_goes_has_not_moved_there(joints):
    present = EVERYBODY.copy()
    present[0, 1, 10:] = False
    joints[0, 1, 10:] = 0
    motion = find_motion(joints, present)
    assert motion.shape == (3, 32, 2, 4, 3)
    assert not motion[0, 9:, 1].any()
    assert motion[0, 8, 1].all()


def test_longer_clips_have_the_same_movement(joints):
    twice = np.repeat(joints, 2, axis=2)
    present = np.repeat(EVERYBODY, 2, axis=2)
    assert np.allclose(
        find_motion(twice, present)[:, 2:-2:2], find_motion(joints, EVERYBODY)[:, 1:-1], atol=1e-5
    )


def test_importance_says_which_joints_count(random_features):
    query, exemplar = random_features(0), random_features(1)
    shared = exemplar.motion.copy()
    shared[:, :, :, 2] = query.motion[:, :, :, 2]
    exemplar = replace(exemplar, motion=shared)
    only = np.eye(4, dtype=np.float32)[[2]]
    alike = (replace(clip, importance=only) for clip in (query, exemplar))
    assert MATCHERS["motion"](*alike)[0, 0] == pytest.approx(0, abs=0.05)
    assert MATCHERS["motion"](query, exemplar)[0, 0] > 1


def test_the_floor_sees_the_same_motion(joints):
    rows = np.moveaxis(joints, 1, 2).reshape(3, 32, -1)
    expected = find_motion(joints, EVERYBODY).reshape(3, 32, -1)
    assert np.array_equal(find_raw_motion(rows), expected)
    assert raw_distances(rows, rows, metric="motion").argmin(axis=1).tolist() == [0, 1, 2]


def test_joints_and_motion_count_as_they_are(random_features):
    query, exemplar = random_features(0), random_features(1)
    both = MATCHERS["joints+motion"](query, exemplar)
    parts = MATCHERS["joints"](query, exemplar) + MATCHERS["motion"](query, exemplar) / 10
    assert np.allclose(both, parts)
