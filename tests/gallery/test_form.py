"""What was different in each repetition, beside what was shown."""

import json
from dataclasses import replace

import numpy as np
import pytest
from gallery_samples import do

from crossglg.errors import ClipError, ConfigError, GalleryError
from crossglg.gallery import Gallery, check_form, check_once
from crossglg.skeleton.augment import mirror
from crossglg.skeleton.normalize import resample
from swung_limb import swing


def test_the_repetition_that_was_different_is_told_with_what_was(gallery, squat):
    lifted = swing(squat, "right_shoulder", 50, axis=0)
    form = check_form(gallery, do(squat, lifted, squat), "squat")
    assert (form.action, len(form.repetitions), form.as_shown) == ("squat", 3, 2)
    first, second, third = form.repetitions
    assert first.end_s <= second.start_s < second.end_s <= third.start_s
    assert not first.beyond(20)
    assert not third.beyond(20)
    off = second.beyond(20)
    assert {each.segment for each in off} == {"right upper arm", "right forearm"}
    assert all(each.degrees == pytest.approx(50, rel=0.2) for each in off)
    assert all(second.start_s <= each.at_s <= second.end_s for each in off)
    assert str(off[0]).startswith(off[0].segment)
    assert [each.degrees for each in second.differences] == sorted(
        (each.degrees for each in second.differences), reverse=True
    )


def test_the_tolerance_says_from_where_on_it_is_different(gallery, squat):
    clip = do(squat, swing(squat, "right_shoulder", 50, axis=0))
    assert check_form(gallery, clip, "squat", tolerance_deg=70).as_shown == 2
    assert check_form(gallery, clip, "squat", tolerance_deg=0).as_shown == 0
    for tolerance in (-1, 181, float("nan")):
        with pytest.raises(ConfigError, match="from 0 to 180 degrees"):
            check_form(gallery, clip, "squat", tolerance_deg=tolerance)


def test_of_several_exemplars_the_nearest_is_compared_with(gallery, squat):
    lifted = swing(squat, "right_shoulder", 50, axis=0)
    both = gallery.enroll("squat", lifted)
    assert check_form(both, do(squat, lifted, squat), "squat").as_shown == 3


def test_among_many_exemplars_the_nearest_is_found(recogniser, squat):
    """Of most of them only a rough look is taken."""
    many = Gallery(recogniser)
    for degrees in range(10, 130, 10):
        many = many.enroll("squat", swing(squat, "right_shoulder", degrees, axis=0))
    done = swing(
        resample(squat, frame_count=squat.frame_count * 2 // 3), "right_shoulder", 80, axis=0
    )
    (once,) = check_form(many, done, "squat").repetitions
    assert once.differences[0].degrees < 5


def test_either_side_is_as_shown_where_either_side_counts(recogniser, clips):
    (wave, *_), _ = clips
    other = mirror(wave)
    one_side, either = (
        Gallery(recogniser).enroll("wave", wave, either_side=is_either)
        for is_either in (False, True)
    )
    assert check_form(either, other, "wave").as_shown == 1
    assert check_form(one_side, other, "wave").as_shown == 0


def test_pace_place_and_facing_are_no_difference_and_the_pace_is_told(gallery, squat):
    slow = resample(squat, frame_count=2 * squat.frame_count)
    turned = slow.joints @ np.float32([[0, 0, 1], [0, 1, 0], [-1, 0, 0]]) + np.float32([3, 0, 1])
    done = replace(slow.with_joints(turned), fps=squat.fps)
    (once,) = check_form(gallery, done, "squat").repetitions
    assert not once.beyond(10)
    assert once.times_as_long == pytest.approx(2, rel=0.15)


def test_rests_around_what_was_shown_are_no_difference(recogniser, squat):
    still = np.repeat(squat.joints[:, :1], round(2 * squat.fps), axis=1)
    rested = np.concatenate([still, squat.joints], axis=1)
    shown = squat.with_joints(rested, np.ones(rested.shape[:3], dtype=np.bool_))
    gallery = Gallery(recogniser).enroll("squat", shown)
    (once,) = check_form(gallery, squat, "squat").repetitions
    assert not once.beyond(10)
    assert once.times_as_long == pytest.approx(1, rel=0.15)


def test_it_is_told_in_plain_values(gallery, squat):
    form = check_form(gallery, do(squat, swing(squat, "right_shoulder", 50, axis=0)), "squat")
    told = json.loads(json.dumps(form.to_json()))
    assert (told["action"], told["count"], told["as_shown"]) == ("squat", 2, 1)
    assert told["tolerance_deg"] == 20
    assert [each["as_shown"] for each in told["repetitions"]] == [True, False]
    assert len(told["repetitions"][1]["differences"]) == 10
    worst = told["repetitions"][1]["differences"][0]
    assert worst.keys() == {"segment", "degrees", "way", "at_s"}


def test_what_was_done_once_is_compared_whole(gallery, squat):
    half = squat.with_joints(squat.joints[:, :60], squat.visible[:, :60])
    for done, is_as_shown in ((squat, True), (half, False)):
        form = check_once(gallery, done, "squat")
        (once,) = form.repetitions
        assert (once.start_s, once.end_s) == (0, done.duration_s)
        assert bool(form.as_shown) is is_as_shown
    with pytest.raises(GalleryError, match="Did you mean 'squat'"):
        check_once(gallery, squat, "squad")
    with pytest.raises(ClipError, match="Expected a SkeletonClip"):
        check_once(gallery, squat.joints, "squat")
    with pytest.raises(ConfigError, match="from 0 to 180 degrees"):
        check_once(gallery, squat, "squat", tolerance_deg=200)


def test_what_cannot_be_compared_is_refused_and_who_does_nothing_has_no_repetition(gallery, squat):
    with pytest.raises(GalleryError, match="Did you mean 'squat'"):
        check_form(gallery, squat, "squad")
    with pytest.raises(ClipError, match="Expected a SkeletonClip"):
        check_form(gallery, squat.joints, "squat")
    still = squat.with_joints(np.repeat(squat.joints[:, :1], 40, axis=1), squat.visible[:, :40])
    assert check_form(gallery, still, "squat").repetitions == ()
