"""Parts of a distance add up to it, and lie where the difference is."""

from dataclasses import replace

import numpy as np
import pytest

from crossglg.oneshot.attribution import attribute_joints
from crossglg.oneshot.classifiers import match_joints, match_joints_and_motion


@pytest.mark.parametrize("seed", range(5))
def test_parts_add_up_to_the_distance_of_the_matcher(random_features, seed):
    query, exemplar = random_features(seed), random_features(seed + 100)
    parts = attribute_joints(query, exemplar)
    assert parts.shape == (10, 4)
    whole = float(match_joints_and_motion(query, exemplar)[0, 0])
    assert parts.sum() == pytest.approx(whole, rel=1e-4)


def test_a_clip_is_no_distance_from_itself(random_features):
    query = random_features(0)
    assert attribute_joints(query, query).sum() == pytest.approx(0, abs=1e-5)


def test_only_the_joint_that_differs_has_a_part(random_features):
    query = random_features(0)
    frames, joints, motion = query.frames.copy(), query.joints.copy(), query.motion.copy()
    frames[:, :, 2], joints[:, 2] = -frames[:, :, 2], -joints[:, 2]
    motion[:, :, :, 2] = np.float16(0.5) * motion[:, :, :, 2]
    other = replace(query, frames=frames, joints=joints, motion=motion)
    by_joint = attribute_joints(query, other).sum(axis=0)
    assert by_joint.argmax() == 2
    assert by_joint[2] > 0.1
    learned_only = replace(other, motion=query.motion)
    others = np.delete(attribute_joints(query, learned_only).sum(axis=0), 2)
    assert np.abs(others).max() < 1e-3


def test_the_moment_that_differs_has_the_largest_part(random_features):
    like = random_features(0)
    frames = np.repeat(like.frames[:, :1], 5, axis=1)
    motion = np.repeat(like.motion[:, :1], 10, axis=1)
    still = replace(
        like, frames=frames, joints=frames.astype(np.float32).mean(axis=1), motion=motion
    )
    odd_frames, odd_motion = frames.copy(), motion.copy()
    odd_frames[:, 3], odd_motion[:, 6:8] = -frames[:, 3], -motion[:, 6:8]
    query = replace(
        still,
        frames=odd_frames,
        joints=odd_frames.astype(np.float32).mean(axis=1),
        motion=odd_motion,
    )
    by_moment = attribute_joints(query, still).sum(axis=1)
    assert sorted(by_moment.argsort()[-2:].tolist()) == [6, 7]


def test_what_half_precision_rounds_off_is_spread_within_its_joint(random_features):
    query, exemplar = _at_rest(random_features(0)), _at_rest(random_features(1))
    off = replace(query, joints=query.joints * np.float32(1.001) + np.float32(1e-3))
    parts = attribute_joints(off, exemplar)
    assert parts.sum() == pytest.approx(float(match_joints(off, exemplar)[0, 0]), rel=1e-5)
    for joint in range(4):  # joint by joint: with no weight on the others, the sum is its own part
        only = np.eye(4, dtype=np.float32)[[joint]]
        alone = replace(off, importance=only), replace(exemplar, importance=only)
        weight = (off.importance[0] + exemplar.importance[0])[joint] / 2
        expected = weight * match_joints(*alone)[0, 0]
        assert parts[:, joint].sum() == pytest.approx(expected, abs=1e-6)


def _at_rest(features):
    return replace(features, motion=np.zeros_like(features.motion))
