"""Importance over time is the model's own, at the model's frames."""

import numpy as np
import torch

from crossglg.checkpoint import PlainCheckpoint
from crossglg.guidance.build import ModelConfig, build_plain
from crossglg.oneshot import extract_features
from crossglg.oneshot.moments import importance_over_time, stretch
from crossglg.skeleton import get_layout
from crossglg.sources.choreography import choreography


def make_checkpoint(guidance="g2l"):
    torch.manual_seed(0)
    config = ModelConfig(guidance=guidance, options={"width": 8})
    layout = get_layout("ntu25")
    branch = build_plain(config, layout=layout, max_persons=2, class_count=3).eval()
    if branch.importance is not None:
        torch.nn.init.normal_(branch.importance.score.weight)
    return PlainCheckpoint(branch, config, layout, 2, 16, ("a", "b", "c"), {})


def test_moments_have_the_frames_of_the_model_and_each_is_a_distribution():
    data = choreography(performers=1, repeats=1, classes=["squat"])
    moments = importance_over_time(make_checkpoint(), data.clip(0))
    assert moments.shape == (16, 25)
    np.testing.assert_allclose(moments.sum(axis=1), 1, atol=1e-5)
    assert np.ptp(moments, axis=0).max() > 1e-4


def test_moments_that_read_all_of_the_clip_are_what_recognition_uses():
    data = choreography(performers=1, repeats=1, classes=["squat"])
    checkpoint = make_checkpoint()
    used = extract_features(checkpoint, data).importance[0]
    for moment in importance_over_time(checkpoint, data.clip(0), window=2.0):
        np.testing.assert_allclose(moment, used, atol=1e-5)


def test_a_model_without_importance_says_nothing():
    data = choreography(performers=1, repeats=1, classes=["squat"])
    assert importance_over_time(make_checkpoint("none"), data.clip(0)) is None


def test_stretching_keeps_constants_and_order():
    values = np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]], dtype=np.float32)
    long = stretch(values, 12)
    assert (np.diff(long[:, 0]) >= 0).all()
    assert (long[0, 0], long[-1, 0]) == (1.0, 3.0)
    np.testing.assert_array_equal(long[:, 1], 5.0)
