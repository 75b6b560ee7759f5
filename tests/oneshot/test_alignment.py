"""The path of an alignment is the cheapest one, and its cost is the distance that matchers see."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossglg.oneshot.alignment import align, align_movements
from crossglg.oneshot.distances import euclidean_distances
from crossglg.oneshot.warping import dtw_distances
from crossglg.sources.choreography import choreography

_COSTS = arrays(
    np.float32,
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    elements=st.floats(0, 10, width=32),
)
_SEQUENCES = arrays(
    np.float32,
    st.tuples(st.integers(1, 7), st.just(2)),
    # Whole numbers: neither side rounds the squares.
    elements=st.integers(-9, 9).map(float),
)


@given(_SEQUENCES, _SEQUENCES)
def test_the_path_costs_what_the_matcher_counts(query, exemplar):
    counted = dtw_distances(query[None], exemplar[None])
    path = align(euclidean_distances(query, exemplar))
    assert path.distance == pytest.approx(float(counted[0, 0]), abs=1e-3)


@given(_COSTS)
def test_a_path_goes_from_first_to_last_one_step_at_a_time(costs):
    path = align(costs)
    assert (path.query[0], path.exemplar[0]) == (0, 0)
    assert (path.query[-1] + 1, path.exemplar[-1] + 1) == costs.shape
    steps = set(zip(np.diff(path.query).tolist(), np.diff(path.exemplar).tolist(), strict=True))
    assert steps <= {(0, 1), (1, 0), (1, 1)}
    assert len(path.partners()) == costs.shape[0]
    assert (np.diff(path.partners()) >= 0).all()


def test_a_clip_aligns_with_itself_frame_by_frame():
    clip = choreography(performers=1, repeats=1, classes=["squat"]).clip(0)
    path = align_movements(clip, clip, np.full(25, 1 / 25, dtype=np.float32))
    np.testing.assert_array_equal(path.partners(), np.arange(clip.frame_count))


def test_a_joint_of_no_importance_does_not_bend_the_path():
    clip = choreography(performers=1, repeats=1, classes=["squat"]).clip(0)
    joints = clip.joints.copy()
    joints[:, :, 3] += np.random.default_rng(0).normal(size=joints[:, :, 3].shape)
    importance = np.full(25, 1 / 24, dtype=np.float32)
    importance[3] = 0
    path = align_movements(clip, clip.with_joints(joints), importance)
    np.testing.assert_array_equal(path.partners(), np.arange(clip.frame_count))


def test_a_movement_done_late_is_found_late():
    clip = choreography(performers=1, repeats=1, classes=["squat"]).clip(0)
    waiting = np.repeat(clip.joints[:, :1], 10, axis=1)
    late = clip.with_joints(
        np.concatenate([waiting, clip.joints], axis=1),
        np.ones((1, clip.frame_count + 10, 25), dtype=bool),
    )
    path = align_movements(clip, late, np.full(25, 1 / 25, dtype=np.float32))
    middle = clip.frame_count // 2
    assert path.partners()[middle] == pytest.approx(middle + 10, abs=1)
