"""Features of clips from a plain branch with fresh weights."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from crossglg.checkpoint import PlainCheckpoint
from crossglg.deployed import NativeRecogniser
from crossglg.guidance.build import ModelConfig, build_plain
from crossglg.oneshot import ClipFeatures, extract_features, extract_pooled, prepare_clip
from crossglg.oneshot.features import count_at_once
from crossglg.skeleton import get_layout, normalize
from crossglg.sources import room
from crossglg.sources.choreography import choreography, list_actions


def make_checkpoint(guidance, *, layout="ntu25", max_persons=2):
    config = ModelConfig(guidance=guidance)
    body = get_layout(layout)
    torch.manual_seed(0)
    branch = build_plain(config, layout=body, max_persons=max_persons, class_count=3)
    return PlainCheckpoint(branch.eval(), config, body, max_persons, 16, ("a", "b", "c"), {})


@pytest.fixture(scope="module")
def clips():
    return choreography(performers=1, repeats=1, classes=list_actions()[:3])


@pytest.fixture(scope="module")
def checkpoint():
    return make_checkpoint("crossglg")


@pytest.fixture(scope="module")
def features(checkpoint, clips):
    return extract_features(checkpoint, clips)


def test_features_fit_together(features):
    assert len(features) == 3
    assert features.frames.dtype == np.float16
    width = features.pooled.shape[1]
    assert features.joints.shape == (3, 25, width)
    assert features.frames.shape[::2] == (3, 25)
    largest = np.abs(features.pooled).max()  # of fresh weights: hundreds
    np.testing.assert_allclose(
        features.joints.mean(axis=1), features.pooled, rtol=0, atol=1e-6 * largest
    )
    averaged = features.frames.astype(np.float32).mean(axis=1)
    np.testing.assert_allclose(averaged, features.joints, atol=5e-3, rtol=5e-3)
    np.testing.assert_allclose(features.importance.sum(axis=1), 1, rtol=1e-5)


def test_clips_face_as_those_that_the_model_learned_from(checkpoint, clips):
    steady = replace(checkpoint, facing="all-frames")
    found, usual = (extract_features(each, clips) for each in (steady, checkpoint))
    assert np.abs(found.pooled - usual.pooled).max() > 1e-3
    for one in clips.clips():
        alone = prepare_clip(one, steady)
        np.testing.assert_array_equal(
            alone.joints, normalize(one, frame_count=16, facing="all-frames").joints
        )


def test_the_batch_size_does_not_matter(checkpoint, clips, features):
    one_by_one = extract_features(checkpoint, clips, batch_size=1)
    np.testing.assert_allclose(one_by_one.pooled, features.pooled, atol=1e-4)
    np.testing.assert_allclose(one_by_one.importance, features.importance, atol=1e-5)


def test_a_processor_takes_more_small_clips_at_once_and_never_none():
    assert count_at_once(1, 64, 25) == 5
    assert count_at_once(1, 32, 15) == 17
    assert count_at_once(2, 300, 25) == 1
    assert count_at_once(1, 64, 25, places=NativeRecogniser.places_at_once) == 2


def test_selecting_and_joining_undo_each_other(features):
    parts = [features.select(np.array([0])), features.select(np.array([1, 2]))]
    joined = ClipFeatures.concatenate(parts)
    np.testing.assert_array_equal(joined.pooled, features.pooled)
    np.testing.assert_array_equal(joined.frames, features.frames)


def test_clips_of_another_layout_are_mapped_and_importance_is_uniform_without_guidance(clips):
    found = extract_features(make_checkpoint("none", layout="kinect20", max_persons=1), clips)
    np.testing.assert_allclose(found.importance, 1 / 20)


def test_pooled_features_alone_are_the_same(checkpoint, clips, features):
    np.testing.assert_allclose(extract_pooled(checkpoint, clips), features.pooled, atol=1e-6)


def test_features_that_would_fill_the_memory_lie_on_disk(checkpoint, clips, features, monkeypatch):
    monkeypatch.setattr(room, "_MOST_BYTES_IN_MEMORY", 10_000)
    mapped = extract_features(checkpoint, clips, batch_size=2)
    assert isinstance(mapped.frames, np.memmap)
    np.testing.assert_allclose(mapped.frames, features.frames, atol=5e-3, rtol=5e-3)
