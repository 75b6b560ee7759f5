"""Parts of a distance add up to it, and lie where the difference is."""

from dataclasses import replace

import numpy as np
import pytest

from crossglg.oneshot.attribution import attribute_joints
from crossglg.oneshot.classifiers import match_joints


@pytest.mark.parametrize("seed", range(5))
def test_parts_add_up_to_the_distance_of_the_matcher(random_features, seed):
    query, exemplar = random_features(seed), random_features(seed + 100)
    parts = attribute_joints(query, exemplar)
    assert parts.shape == (5, 4)
    assert parts.sum() == pytest.approx(float(match_joints(query, exemplar)[0, 0]), rel=1e-4)


def test_a_clip_is_no_distance_from_itself(random_features):
    query = random_features(0)
    assert np.abs(attribute_joints(query, query).sum()) < 1e-5


def test_only_the_joint_that_differs_has_a_part(random_features):
    query = random_features(0)
    frames, joints = query.frames.copy(), query.joints.copy()
    frames[:, :, 2], joints[:, 2] = -frames[:, :, 2], -joints[:, 2]
    parts = attribute_joints(query, replace(query, frames=frames, joints=joints))
    assert parts[:, 2].sum() > 0.1
    assert np.abs(np.delete(parts, 2, axis=1).sum(axis=0)).max() < 1e-4


def test_the_moment_that_differs_has_the_largest_part(random_features):
    exemplar = random_features(0)
    frames = np.repeat(exemplar.frames[:, :1], 5, axis=1)
    still = replace(exemplar, frames=frames, joints=frames.astype(np.float32).mean(axis=1))
    odd = frames.copy()
    odd[:, 3] = -odd[:, 3]
    query = replace(still, frames=odd, joints=odd.astype(np.float32).mean(axis=1))
    assert attribute_joints(query, still).sum(axis=1).argmax() == 3


def test_what_half_precision_rounds_off_is_spread_within_its_joint(random_features):
    query, exemplar = random_features(0), random_features(1)
    off = replace(query, joints=query.joints * np.float32(1.001) + np.float32(1e-3))
    parts = attribute_joints(off, exemplar)
    assert parts.sum() == pytest.approx(float(match_joints(off, exemplar)[0, 0]), rel=1e-5)
    for joint in range(4):  # joint by joint: with no weight on the others, the sum is its own part
        only = np.eye(4, dtype=np.float32)[[joint]]
        alone = replace(off, importance=only), replace(exemplar, importance=only)
        weight = (off.importance[0] + exemplar.importance[0])[joint] / 2
        expected = weight * match_joints(*alone)[0, 0]
        assert parts[:, joint].sum() == pytest.approx(expected, abs=1e-6)
