"""Every classifier on features whose right answers are known."""

from dataclasses import replace

import numpy as np
import pytest

from crossglg.errors import ConfigError
from crossglg.oneshot import BaseStatistics, list_classifiers
from crossglg.oneshot.classifiers import LEARNERS, MATCHERS, check_classifier


def on_circle(degrees):
    radians = np.deg2rad(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1)


@pytest.mark.parametrize("name", MATCHERS)
def test_matchers_choose_the_nearest_angle(make_features, name):
    support, query = make_features(on_circle([0, 90, 180])), make_features(on_circle([10, 80, 130]))
    distances = MATCHERS[name](query, support)
    assert distances.shape == (3, 3)
    assert distances.argmin(axis=1).tolist() == [0, 1, 1]


@pytest.mark.parametrize("name", LEARNERS)
def test_learners_recognise_what_lies_near_an_exemplar(make_features, name):
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(6), 30)
    base = np.abs(3 * rng.random((6, 8))[labels] + 0.1 * rng.normal(size=(180, 8)))
    support = np.abs(3 * rng.random((3, 8)))
    query = np.abs(support[[2, 0, 1, 1]] + 0.02 * rng.normal(size=(4, 8)))
    scores = LEARNERS[name].scores(
        make_features(query), make_features(support), BaseStatistics.collect(base, labels)
    )
    assert scores.argmax(axis=1).tolist() == [2, 0, 1, 1]


@pytest.mark.parametrize("name", ["prototypes", "lda", "logistic"])
def test_learners_that_need_base_features_say_so(make_features, name):
    clips = make_features(np.eye(3))
    with pytest.raises(ConfigError, match="base classes"):
        LEARNERS[name].scores(clips, clips, None)


def test_lda_wants_base_classes_of_several_clips(make_features):
    once = BaseStatistics.collect(np.eye(3, dtype=np.float32), np.arange(3))
    features = make_features(np.eye(3))
    with pytest.raises(ConfigError, match=r"several clips.*found one clip of each"):
        LEARNERS["lda"].scores(features, features, once)


def test_lda_ignores_the_direction_in_which_base_clips_vary(make_features):
    rng = np.random.default_rng(1)
    labels = np.repeat([0, 1], 200)
    base = BaseStatistics.collect(rng.normal(size=(400, 2)) * [10, 0.1], labels)
    support, query = make_features([[0, 0], [4, 1]]), make_features([[4, 0]])
    assert MATCHERS["euclidean"](query, support).argmin() == 1
    assert LEARNERS["lda"].scores(query, support, base).argmax() == 0


def test_importance_decides_which_joint_is_believed(make_features):
    support = make_features(np.eye(2), joint_count=3)
    query = make_features([[1, 0]], joint_count=3)
    query.joints[0, 2] = [0, 1]  # one joint of three contradicts the others
    query.frames[0, :, 2] = [0, 1]
    sure = np.array([[0.05, 0.05, 0.9]], dtype=np.float32)
    query = replace(query, importance=sure)
    support = replace(support, importance=np.repeat(sure, 2, axis=0))
    assert MATCHERS["joints"](query, support).argmin() == 1
    assert MATCHERS["dtw"](query, support).argmin() == 1
    assert MATCHERS["joints-uniform"](query, support).argmin() == 0


def test_a_misspelt_classifier_is_answered_with_the_nearest_name():
    with pytest.raises(ConfigError, match="Did you mean 'cosine'"):
        check_classifier("cosin")


def test_the_classifiers_of_the_tables_are_there():
    assert {"cosine", "joints", "joints-uniform", "dtw", "calibrated"} <= set(list_classifiers())


def test_base_statistics_pool_the_spread_around_each_class():
    features = np.array([[0.0, 0], [2, 0], [10, 5], [10, 7]])
    base = BaseStatistics.collect(features, np.array([3, 3, 8, 8]))
    assert base.class_count == 2
    np.testing.assert_allclose(base.within_class_covariance, np.eye(2) * 2 / 3)
