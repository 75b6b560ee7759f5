"""Several models judge together."""

from dataclasses import replace

import numpy as np
import pytest

from crossglg.errors import ConfigError
from crossglg.oneshot.classifiers import match_cosine, match_joints
from crossglg.oneshot.ensemble import put_side_by_side


@pytest.fixture
def features(make_features):
    return make_features(np.random.default_rng(0).normal(size=(4, 6)))


def test_together_they_see_the_mean_of_what_each_sees(features):
    other = replace(features, pooled=features.pooled[:, ::-1] ** 2, joints=features.joints**3)
    both = put_side_by_side([features, other])
    mean = (match_cosine(features, features) + match_cosine(other, other)) / 2
    np.testing.assert_allclose(match_cosine(both, both), mean, atol=1e-5)
    mean = (match_joints(features, features) + match_joints(other, other)) / 2
    np.testing.assert_allclose(match_joints(both, both), mean, atol=1e-5)


def test_a_model_of_larger_numbers_does_not_outvote_the_other(features):
    other = replace(features, pooled=features.pooled[:, ::-1] ** 2)
    louder = replace(other, pooled=1000 * other.pooled)
    one, same = (put_side_by_side([features, view]) for view in (other, louder))
    np.testing.assert_allclose(one.pooled, same.pooled, atol=1e-5)


def test_models_that_see_other_joints_do_not_go_together(features):
    fewer = replace(features, frames=features.frames[:, :, :-1])
    with pytest.raises(ConfigError, match="same joints at the same frame rate"):
        put_side_by_side([features, fewer])
