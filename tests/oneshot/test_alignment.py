"""The path of an alignment is the cheapest one, and its cost is the distance that matchers see."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossglg.oneshot.alignment import align, align_clips, align_movements
from crossglg.oneshot.classifiers import match_in_time
from crossglg.oneshot.distances import align_costs
from crossglg.sources.choreography import choreography

_COSTS = arrays(
    np.float32,
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    elements=st.floats(0, 10, width=32),
)


@given(_COSTS)
def test_the_path_costs_what_the_matcher_counts(costs):
    assert align(costs).distance == pytest.approx(float(align_costs(costs)), abs=1e-3)


@given(_COSTS)
def test_a_path_goes_from_first_to_last_one_step_at_a_time(costs):
    path = align(costs)
    assert (path.query[0], path.exemplar[0]) == (0, 0)
    assert (path.query[-1] + 1, path.exemplar[-1] + 1) == costs.shape
    steps = set(zip(np.diff(path.query).tolist(), np.diff(path.exemplar).tolist(), strict=True))
    assert steps <= {(0, 1), (1, 0), (1, 1)}
    assert len(path.partners()) == costs.shape[0]
    assert (np.diff(path.partners()) >= 0).all()


def test_a_clip_aligns_with_itself_frame_by_frame(random_features):
    features = random_features(0)
    assert align_clips(features, features).partners().tolist() == [0, 1, 2, 3, 4]


def test_aligned_clips_are_as_far_apart_as_the_matcher_says(random_features):
    query, other = random_features(0), random_features(1)
    expected = match_in_time(query, other)[0, 0]
    assert align_clips(query, other).distance == pytest.approx(expected, rel=1e-4)


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
