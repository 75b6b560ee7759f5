"""Features made by hand, so that the right answers are known."""

import numpy as np
import pytest

from crossglg.oneshot import ClipFeatures


def _make_features(pooled, *, joint_count=3, frame_count=4):
    """Every joint of every frame says what the pooled features say."""
    pooled = np.asarray(pooled, dtype=np.float32)
    joints = np.repeat(pooled[:, None], joint_count, axis=1)
    frames = np.repeat(joints[:, None], frame_count, axis=1).astype(np.float16)
    importance = np.full((len(pooled), joint_count), 1 / joint_count, dtype=np.float32)
    motion = np.zeros((*frames.shape[:2], 1, joint_count, 3), dtype=np.float16)
    shown = min(3, pooled.shape[1])
    motion[:, :, 0, :, :shown] = frames[..., :shown]
    return ClipFeatures(pooled, joints, frames, importance, motion)


@pytest.fixture(scope="session")
def make_features():
    return _make_features


@pytest.fixture(scope="session")
def random_features():
    """Features of one clip of 5 frames, 4 joints and width 6, by seed."""

    def make(seed):
        rng = np.random.default_rng(seed)
        frames = rng.normal(size=(1, 5, 4, 6)).astype(np.float16)
        joints = frames.astype(np.float32).mean(axis=1)
        importance = rng.dirichlet(np.ones(4), size=1).astype(np.float32)
        motion = rng.normal(size=(1, 10, 2, 4, 3)).astype(np.float16)
        return ClipFeatures(joints.mean(axis=1), joints, frames, importance, motion)

    return make
