"""Enrolled actions are counted in clips of any layout, rate and number of people."""

import json
from dataclasses import replace

import numpy as np
import pytest
from gallery_samples import do

from crossglg.errors import ClipError, GalleryError
from crossglg.gallery import Gallery
from crossglg.skeleton import get_layout
from crossglg.skeleton.augment import mirror
from crossglg.skeleton.mapping import map_clip
from crossglg.skeleton.normalize import resample


def repeat(clip, times):
    return do(*[clip] * times)


@pytest.mark.parametrize("times", [1, 2, 5])
def test_what_was_shown_is_counted_and_its_seconds_told(gallery, squat, times):
    clip = repeat(squat, times)
    counted = gallery.count(clip, "squat")
    assert (counted.action, counted.count) == ("squat", times)
    for number, (start_s, end_s) in enumerate(counted.spans_s):
        middle_s = number * (squat.frame_count + 8) / squat.fps + squat.duration_s / 2
        assert 0 <= start_s < middle_s < end_s <= clip.duration_s
    told = json.loads(json.dumps(counted.to_json()))
    assert told["count"] == len(told["repetitions"]) == times
    assert told["repetitions"][0].keys() == {"start_s", "end_s"}


def test_another_rate_and_layout_say_the_same(gallery, squat):
    clip = repeat(squat, 3)
    slow = resample(clip, frame_count=clip.frame_count // 2)
    other = map_clip(slow, get_layout("openni15"))
    assert other.layout.joints != squat.layout.joints
    assert gallery.count(other, "squat").count == 3
    expected = np.array(gallery.count(clip, "squat").spans_s)
    np.testing.assert_allclose(gallery.count(other, "squat").spans_s, expected, atol=0.3)


def test_somebody_who_stands_by_is_not_looked_at(gallery, squat):
    clip = repeat(squat, 3)
    bystander = np.repeat(clip.joints[:, :1], clip.frame_count, axis=1) + np.float32([1, 0, 0])
    both = replace(
        clip,
        joints=np.concatenate([bystander, clip.joints]),
        visible=np.ones((2, *clip.visible.shape[1:]), dtype=np.bool_),
    )
    assert gallery.count(both, "squat").count == 3


def test_joints_that_are_never_seen_do_not_matter(gallery, squat):
    clip = repeat(squat, 3)
    hidden = [joint.startswith("left_hand") for joint in clip.layout.joints]
    assert any(hidden)
    seen = clip.with_joints(clip.joints, clip.visible & ~np.array(hidden))
    assert gallery.count(seen, "squat").count == 3


def test_done_with_the_other_side_it_counts_if_either_side_does(recogniser, clips):
    (wave, *_), _ = clips
    other = mirror(repeat(wave, 3))
    gallery = Gallery(recogniser).enroll("wave", wave, either_side=True)
    assert gallery.count(other, "wave").count == 3


def test_of_exemplars_that_fit_equally_well_the_shortest_is_the_unit(gallery, squat):
    twice = gallery.enroll("squat", repeat(squat, 2))
    assert twice.count(repeat(squat, 4), "squat").count == 4
    only_twice = twice.remove("squat", 0)
    assert only_twice.count(repeat(squat, 4), "squat").count == 2


def test_what_cannot_be_counted_is_refused(gallery, squat):
    with pytest.raises(GalleryError, match="Did you mean 'squat'"):
        gallery.count(squat, "squad")
    with pytest.raises(ClipError, match="Expected a SkeletonClip"):
        gallery.count(squat.joints, "squat")
    nobody = squat.with_joints(squat.joints, np.zeros_like(squat.visible))
    with pytest.raises(ClipError, match="found nobody"):
        gallery.count(nobody, "squat")
    still = squat.with_joints(np.repeat(squat.joints[:, :1], 40, axis=1), squat.visible[:, :40])
    with pytest.raises(ClipError, match="whoever shows 'stand' hardly moves"):
        gallery.enroll("stand", still).count(squat, "stand")
    assert gallery.count(still, "squat").count == 0
