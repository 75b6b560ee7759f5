"""The picture of an explanation is in step and coloured by the explanation's own numbers."""

from dataclasses import replace

import numpy as np
import pytest

from crossglg.gallery import Gallery, explain
from crossglg.oneshot.alignment import align
from crossglg.pictures import picture_clip, picture_explanation, show_clip
from crossglg.pictures.explained import in_step
from crossglg.skeleton.normalize import sample_frames


@pytest.fixture(scope="module")
def explanation(recogniser, split):
    novel = split.novel
    gallery = Gallery(recogniser)
    for index in (0, 1, 2):
        gallery = gallery.enroll(novel.class_names[novel.labels[index]], novel.clip(index))
    return explain(gallery, novel.clip(12))


def test_all_three_last_as_long_as_the_query(explanation, recogniser):
    drawn = picture_explanation(explanation, recogniser, title="q")
    exemplar, query, rival = drawn.skeletons
    assert exemplar.joints.shape == query.joints.shape == rival.joints.shape
    assert exemplar.fps == query.fps == rival.fps
    assert (exemplar.title, query.title) == (explanation.nearest.action, "q")
    assert drawn.difference == pytest.approx(drawn.parts.sum(), abs=1e-5)


def test_colours_are_the_parts_for_and_against(explanation, recogniser):
    query = picture_explanation(explanation, recogniser, title="q").skeletons[1]
    assert query.scale == "contribution"
    by_joint = explanation.parts.sum(axis=0)
    shown = query.importance.sum(axis=0)
    assert np.corrcoef(by_joint, shown)[0, 1] > 0.98


def test_a_clip_in_step_with_a_slower_self_moves_as_that(recogniser, split):
    clip = show_clip(split.novel.clip(0), recogniser.checkpoint)
    # Stands still for its first half, then does everything.
    wait = np.zeros(clip.frame_count)
    late = sample_frames(clip, np.concatenate([wait, np.arange(clip.frame_count)]))
    costs = np.linalg.norm(late.joints[0][:, None] - clip.joints[0][None], axis=(-1, -2))
    moved = in_step(clip, align(costs.astype(np.float32)), like=late)
    assert moved.frame_count == late.frame_count
    error = np.abs(moved.joints - late.joints).max(axis=(0, 2, 3))
    assert np.median(error) < 0.05 * np.ptp(clip.joints)


def test_a_clip_without_a_model_keeps_its_own_layout_and_has_no_colours(split, unguided):
    clip = split.novel.clip(0)
    plain = picture_clip(clip, None, title="t")
    assert plain.importance is None
    assert plain.layout == clip.layout
    assert picture_clip(clip, unguided.checkpoint, title="t").importance is None


def test_a_clip_lasts_in_the_picture_as_long_as_it_did(split, recogniser):
    clip = split.novel.clip(3)
    shown = picture_clip(clip, recogniser.checkpoint, title="t")
    assert shown.joints.shape[1] / shown.fps == pytest.approx(clip.duration_s)
    assert shown.importance.shape == shown.joints.shape[1:3]
    long = replace(clip, fps=clip.fps / 100)
    assert picture_clip(long, recogniser.checkpoint, title="t").joints.shape[1] == 96
