"""A gallery enrols, recognises, renames and forgets, and is never changed under anybody's hands."""

import re
import unicodedata

import numpy as np
import pytest
from gallery_samples import make_recogniser

from crossglg.errors import ClipError, ConfigError, GalleryError
from crossglg.gallery import Gallery, explain
from crossglg.oneshot.acceptance import Acceptance
from crossglg.skeleton.augment import mirror


def filled(recogniser, clips):
    gallery = Gallery(recogniser)
    for action, clip in (("wave", clips[0][0]), ("squat", clips[0][1])):
        gallery = gallery.enroll(action, clip, source="test")
    return gallery


def test_an_enrolled_clip_is_recognised_as_itself(recogniser, clips):
    gallery = filled(recogniser, clips)
    for action, clip in (("wave", clips[0][0]), ("squat", clips[0][1])):
        found = gallery.recognize(clip)
        assert found.action == action
        assert found.answers[0].action == action
        assert found.answers[0].distance < 1e-3


def test_probabilities_and_unknown_share_one(recogniser, clips):
    found = filled(recogniser, clips).recognize(clips[0][2])
    total = sum(answer.probability for answer in found.answers) + found.unknown_probability
    assert total == pytest.approx(1, abs=1e-3)
    assert found.answers[0].probability >= found.answers[1].probability


def test_what_is_far_from_everything_is_unknown(clips):
    strict = make_recogniser(acceptance=Acceptance((-50.0, -1.0, 0.0), (-50.0, -1.0)))
    found = filled(strict, clips).recognize(clips[0][2])
    assert found.action is None
    assert found.unknown_probability > 0.99


def test_the_nearest_keeps_the_probability_that_was_fitted_and_the_others_share_the_rest(clips):
    fitted = Acceptance((1.2, -1.0, -0.5), (2.0, -1.0))
    gallery = filled(make_recogniser(acceptance=fitted), clips).enroll("hello", clips[0][2])
    found = gallery.recognize(clips[0][3])
    near, second, _ = (np.array([answer.distance]) for answer in found.answers)
    first, *others = (answer.probability for answer in found.answers)
    assert first == pytest.approx(fitted.probability(near, second, enrolled=3)[0], abs=1e-4)
    assert first > 0.5
    as_if_nearest = fitted.probability(second, near, enrolled=3)[0]
    assert others[0] < as_if_nearest  # there was not so much left
    assert sum(others) == pytest.approx(1 - first, abs=1e-3)
    assert found.unknown_probability == pytest.approx(0, abs=1e-3)


def test_without_judgement_the_nearest_is_the_answer(clips):
    found = filled(make_recogniser(acceptance=None), clips).recognize(clips[0][2])
    assert found.action is not None
    assert found.unknown_probability is None
    assert found.answers[0].probability is None


def test_one_action_alone_can_be_refused(clips):
    alone = Gallery(make_recogniser()).enroll("wave", clips[0][0])
    assert alone.recognize(clips[0][0]).action == "wave"
    assert alone.recognize(clips[0][0]).unknown_probability < 0.5


def test_the_judgement_hears_how_many_actions_there_are(clips):
    heard = []

    class Judgement:
        def probability(self, nearest, second, *, enrolled):
            heard.append(enrolled)
            return np.zeros(len(nearest))

    gallery = filled(make_recogniser(acceptance=Judgement()), clips).enroll("wave", clips[0][2])
    gallery.recognize(clips[0][2])
    gallery.remove("squat").recognize(clips[0][2])
    assert heard == [2, 1]  # actions, not clips


def test_several_clips_of_an_action_are_one_answer(recogniser, clips):
    gallery = filled(recogniser, clips).enroll("wave", clips[0][2])
    assert gallery.actions == ("wave", "squat")
    assert len(gallery.exemplars) == 3
    found = gallery.recognize(clips[0][2])
    assert [answer.action for answer in found.answers] == ["wave", "squat"]


def test_changes_leave_the_old_gallery_alone(recogniser, clips):
    gallery = filled(recogniser, clips)
    assert gallery.rename("wave", "hello").actions == ("hello", "squat")
    assert gallery.rename("wave", "squat").actions == ("squat",)
    assert gallery.remove("wave").actions == ("squat",)
    assert gallery.actions == ("wave", "squat")


@pytest.mark.parametrize("either_side", [False, True])
def test_an_exemplar_stays_as_it_was_shown(recogniser, clips, either_side):
    shown = clips[0][0]
    buffer = shown.with_joints(shown.joints.copy(), shown.visible.copy())
    gallery = Gallery(recogniser).enroll("wave", buffer, either_side=either_side)
    buffer.joints[:] = 0  # a sensor fills it again
    buffer.visible[:] = False
    assert (gallery.exemplars[0].clip.joints == shown.joints).all()
    assert (gallery.exemplars[0].clip.visible == shown.visible).all()


@pytest.mark.parametrize("name", ["", "   ", "a" * 101, "a\x00b"])
def test_odd_names_are_refused(recogniser, clips, name):
    with pytest.raises(GalleryError, match="printable characters"):
        Gallery(recogniser).enroll(name, clips[0][0])


def test_what_is_not_enrolled_is_answered_in_words(recogniser, clips):
    gallery = filled(recogniser, clips)
    with pytest.raises(GalleryError, match=r"Did you mean 'wave'.*Enrolled: wave, squat"):
        gallery.remove("wafe")
    with pytest.raises(GalleryError, match="Nothing is enrolled"):
        Gallery(recogniser).recognize(clips[0][0])


def test_an_action_shown_on_one_side_is_known_of_the_other(recogniser, clips):
    right = clips[0][0]
    strict = Gallery(recogniser).enroll("this", right)
    lenient = Gallery(recogniser).enroll("this", right, either_side=True)
    assert [e.mirrored for e in lenient.exemplars] == [False, True]
    assert [len(g.shown("this")) for g in (strict, lenient)] == [1, 1]
    assert [g.counts_either_side("this") for g in (strict, lenient)] == [False, True]
    left = mirror(right)
    assert lenient.recognize(left).answers[0].distance < 1e-3
    assert strict.recognize(left).answers[0].distance > 1e-2


def test_an_accent_is_one_name_however_it_is_written(recogniser, clips):
    composed, apart = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))
    gallery = Gallery(recogniser).enroll(composed, clips[0][0]).enroll(apart, clips[0][2])
    assert gallery.actions == (composed,)
    assert gallery.rename(apart, "tea").actions == ("tea",)
    assert gallery.remove(apart).actions == ()


@pytest.mark.parametrize("name", ["می\u200cدود", "🏃\u200d♂️", "👨\u200d👩\u200d👧"])
def test_letters_and_pictures_that_are_joined_are_names(recogniser, clips, name):
    assert Gallery(recogniser).enroll(name, clips[0][0]).actions == (name,)


@pytest.mark.parametrize("name", ["", " \t", "\u200d", "a\x00b", "x" * 101])
def test_what_cannot_be_read_is_no_name(recogniser, clips, name):
    with pytest.raises(GalleryError, match="Expected a name"):
        Gallery(recogniser).enroll(name, clips[0][0])


@pytest.mark.parametrize("coordinate", [1e6, 3.4e38])
def test_a_joint_farther_away_than_any_can_be_is_refused(recogniser, clips, coordinate):
    gallery, clip = filled(recogniser, clips), clips[0][2]
    joints = clip.joints.copy()
    joints[0, 10:20, 7] = coordinate
    wrong = clip.with_joints(joints)
    for use in (gallery.recognize, lambda clip: gallery.enroll("wrong", clip)):
        with pytest.raises(ClipError, match=re.escape(f"found one at {coordinate:.3g}:")):
            use(wrong)
    with pytest.raises(ClipError, match=re.escape(f"found one at {coordinate:.3g} in clip 1:")):
        gallery.recognize_all([clip, wrong, clip])


def test_no_clips_have_no_answers_and_no_features(recogniser, clips):
    assert filled(recogniser, clips).recognize_all([]) == []
    with pytest.raises(ClipError, match="found none"):
        recogniser.embed([])
    with pytest.raises(GalleryError, match="Nothing is enrolled"):
        Gallery(recogniser).recognize_all([])


@pytest.mark.parametrize("top", [0, -1])
def test_no_answers_at_all_cannot_be_asked_for(recogniser, clips, top):
    gallery, clip = filled(recogniser, clips), clips[0][2]
    for ask in (gallery.recognize, lambda clip, top: gallery.recognize_all([clip], top=top)):
        with pytest.raises(ConfigError, match=f"at least one answer, found top={top}"):
            ask(clip, top=top)
    with pytest.raises(ConfigError, match=f"at least one answer, found top={top}"):
        explain(gallery, clip, top=top)


def test_how_sure_to_be_before_an_action_is_named_is_up_to_who_asks(clips):
    undecided = make_recogniser(acceptance=Acceptance((0.0, 0.0, 0.0), (0.0, 0.0)))
    gallery, clip = filled(undecided, clips), clips[0][2]
    nearest = gallery.recognize(clip).answers[0]
    assert nearest.probability == 0.5
    for sure, action in ((0, nearest.action), (0.5, nearest.action), (0.51, None), (1, None)):
        found = gallery.recognize(clip, sure=sure)
        assert found.action == action
        assert found.answers[0] == nearest
        assert gallery.recognize_all([clip], sure=sure) == [found]
        explained = explain(gallery, clip, sure=sure)
        assert explained.recognition == found
        assert ("Called unknown" in explained.sentence) == (action is None)
    assert gallery.dismiss(clip).recognize(clip, sure=0).action is None


@pytest.mark.parametrize("sure", [-0.1, 1.1, 80, np.nan])
def test_how_sure_to_be_is_a_probability(recogniser, clips, sure):
    gallery, clip = filled(recogniser, clips), clips[0][2]
    for ask in (
        gallery.recognize,
        lambda clip, sure: gallery.recognize_all([clip], sure=sure),
        lambda clip, sure: explain(gallery, clip, sure=sure),
    ):
        with pytest.raises(ConfigError, match=f"sure from 0 to 1, found sure={sure}"):
            ask(clip, sure=sure)


def test_an_array_is_no_clip_and_what_makes_one_is_named(recogniser, clips):
    gallery, array = filled(recogniser, clips), clips[0][2].joints
    for use in (
        gallery.recognize,
        lambda array: gallery.recognize_all([array]),
        lambda array: gallery.enroll("wave", array),
    ):
        with pytest.raises(ClipError, match=r"found ndarray; SkeletonClip\.from_array"):
            use(array)


def test_a_gallery_shown_in_a_notebook_is_a_line(recogniser, clips):
    gallery = filled(recogniser, clips)
    assert repr(gallery) == "Gallery(wave (1), squat (1))"
    assert repr(Gallery(recogniser)) == "Gallery(nothing enrolled)"
    clip = clips[0][0]
    assert repr(clip) == f"SkeletonClip(1 x {clip.frame_count} frames, ntu25, 30 fps)"
    assert len(repr(gallery.exemplars[0])) < 300


def shares(found):
    return {answer.action: answer.probability for answer in found.answers}


def test_the_like_of_a_dismissed_clip_is_unknown_and_the_rest_is_judged_as_before(
    recogniser, clips
):
    gallery = filled(recogniser, clips)
    others_squat = clips[0][3]
    before = gallery.recognize(others_squat)
    assert before.action == "squat"
    dismissed = gallery.dismiss(others_squat, source="sat down")
    found = dismissed.recognize(others_squat)
    assert found.action is None
    assert [answer.action for answer in found.answers] == ["squat", "wave"]
    assert found.unknown_probability > 0.5 > shares(found)["squat"]
    assert sum(shares(found).values()) + found.unknown_probability == pytest.approx(1, abs=1e-3)
    for clip in clips[0][:3]:  # nearer to an exemplar
        assert dismissed.recognize(clip) == gallery.recognize(clip)
    assert dismissed.forget_dismissed().recognize(others_squat) == before
    assert [clip.source for clip in dismissed.dismissed_as_shown] == ["sat down"]
    assert gallery.dismissed == ()  # a gallery is a value


def test_one_action_alone_can_be_told_from_what_was_dismissed(recogniser, clips):
    alone = Gallery(recogniser).enroll("squat", clips[0][1]).dismiss(clips[0][0])
    assert alone.recognize(clips[0][3]).action == "squat"
    found = alone.recognize(clips[0][0])
    assert (found.action, found.unknown_probability > 0.5) == (None, True)


def test_without_judgement_what_was_dismissed_is_still_unknown(clips):
    gallery = filled(make_recogniser(acceptance=None), clips).dismiss(clips[0][3])
    found = gallery.recognize(clips[0][3])
    assert (found.action, found.unknown_probability) == (None, None)
    assert gallery.recognize(clips[0][1]).action == "squat"


def test_dismissed_for_either_side_the_mirror_image_is_unknown_too(clips):
    lenient = make_recogniser(acceptance=Acceptance((5.0, -1.0, 0.0), (5.0, -1.0)))
    gallery = filled(lenient, clips)
    other_side = mirror(clips[0][2])
    for sides in (False, True):
        dismissed = gallery.dismiss(clips[0][2], either_side=sides)
        assert len(dismissed.dismissed_as_shown) == 1
        assert dismissed.clip_count == 3 + sides
        away = dismissed.distances(dismissed.embed(other_side))[0, 2:].min()
        assert (away < 1e-2) == sides
    assert dismissed.recognize(other_side).action is None


def named(gallery):
    return [clip.source for clip in gallery.dismissed]


def test_a_new_action_takes_what_was_dismissed_and_looks_like_it(recogniser, clips):
    waving = Gallery(recogniser).enroll("wave", clips[0][0])
    dismissed = waving.dismiss(clips[0][3], source="squat").dismiss(clips[0][2], source="wave")
    grown = dismissed.enroll("squat", clips[0][1])
    assert grown.recognize(clips[0][3]).action == "squat"
    assert named(grown) == ["wave"]  # what is none of the actions as they were stays that
    # By whichever of its clips a new action is recognised.
    either_way = [
        dismissed.enroll("new", clips[0][a]).enroll("new", clips[0][b]) for a, b in ((0, 1), (1, 0))
    ]
    assert [named(each) for each in either_way] == [["wave"], ["wave"]]


def test_the_newest_word_about_a_clip_holds(recogniser, clips):
    gallery = filled(recogniser, clips).dismiss(clips[0][3], source="by mistake", either_side=True)
    assert gallery.recognize(clips[0][3]).action is None
    mended = gallery.enroll("squat", clips[0][3])
    assert mended.dismissed == ()
    assert mended.recognize(clips[0][3]).action == "squat"
    with pytest.raises(GalleryError, match=r"This very clip was shown as 'squat'\. Remove"):
        mended.dismiss(clips[0][3])


def test_a_further_example_leaves_a_correction_as_it_is(recogniser, clips):
    gallery = Gallery(recogniser).enroll("squat", clips[0][1]).dismiss(clips[0][3], source="sat")
    assert named(gallery.enroll("squat", clips[0][0])) == ["sat"]


def test_a_dismissed_clip_and_its_mirror_image_stay_or_go_together(recogniser, clips):
    gallery = Gallery(recogniser).enroll("squat", clips[0][1])
    dismissed = gallery.dismiss(clips[0][2], source="wave", either_side=True)
    assert named(dismissed.enroll("wave", clips[0][2])) == []
    assert named(dismissed.enroll("wave", mirror(clips[0][2]))) == []
    assert named(dismissed.enroll("squat", clips[0][1])) == ["wave", "wave"]


def test_what_both_galleries_dismissed_stays_dismissed_when_they_meet(recogniser, clips):
    full = Gallery(recogniser).enroll("squat", clips[0][1]).dismiss(clips[0][3], source="sat")
    emptied = full.remove("squat")
    for merged in (emptied.merge(full), full.merge(emptied), full.merge(full)):
        assert named(merged) == ["sat"]
        assert merged.actions == ("squat",)
    both_sides = emptied.forget_dismissed().dismiss(clips[0][3], source="sat", either_side=True)
    assert named(emptied.merge(both_sides)) == ["sat"]
    assert named(both_sides.merge(emptied)) == ["sat", "sat"]
    alone = Gallery(recogniser).dismiss(clips[0][3], source="sat")
    assert named(alone.merge(full.forget_dismissed())) == []
    assert named(full.forget_dismissed().merge(alone)) == []
    assert repr(full) == "Gallery(squat (1); none of these (1))"


def test_without_judgement_only_the_clip_itself_is_let_go(clips):
    gallery = Gallery(make_recogniser(acceptance=None)).dismiss(clips[0][3], source="sat")
    assert named(gallery.enroll("squat", clips[0][1])) == ["sat"]
    assert named(gallery.enroll("squat", clips[0][3])) == []


def sources(clips):
    return [clip.source for clip in clips]


def test_one_clip_of_several_is_taken_back_with_its_mirror_image(recogniser, clips):
    gallery = Gallery(recogniser)
    for source, sides in (("a", False), ("b", True), ("c", False)):
        number = "abc".index(source)
        gallery = gallery.enroll("wave", clips[0][number], source=source, either_side=sides)
    gallery = gallery.enroll("squat", clips[0][3], source="d", either_side=True)
    assert sources(gallery.exemplars) == ["a", "b", "b", "c", "d", "d"]
    assert sources(gallery.remove("wave", 0).exemplars) == ["b", "b", "c", "d", "d"]
    without = gallery.remove("wave", 1)
    assert sources(without.exemplars) == ["a", "c", "d", "d"]
    assert not without.counts_either_side("wave")
    assert gallery.remove("squat", 0).actions == ("wave",)  # it goes with its last clip
    for number in (-1, 3):
        with pytest.raises(GalleryError, match=rf"'wave' has 3 clip\(s\).*found {number}"):
            gallery.remove("wave", number)


def test_one_dismissed_clip_is_taken_back_with_its_mirror_image(recogniser, clips):
    gallery = filled(recogniser, clips)
    for source, sides in (("a", True), ("b", False)):
        number = 2 + "ab".index(source)
        gallery = gallery.dismiss(clips[0][number], source=source, either_side=sides)
    assert sources(gallery.dismissed) == ["a", "a", "b"]
    assert sources(gallery.forget_dismissed(0).dismissed) == ["b"]
    assert sources(gallery.forget_dismissed(1).dismissed) == ["a", "a"]
    with pytest.raises(GalleryError, match=r"Dismissed are 2 clip\(s\).*found 2"):
        gallery.forget_dismissed(2)


def test_the_mirror_image_of_a_clip_that_both_galleries_have_stands_behind_it(recogniser, clips):
    ours = Gallery(recogniser).enroll("wave", clips[0][0], source="a")
    theirs = ours.remove("wave").enroll("wave", clips[0][0], source="a", either_side=True)
    ours = ours.enroll("wave", clips[0][2], source="b")
    merged = ours.merge(theirs)
    assert [(e.source, e.mirrored) for e in merged.exemplars] == [
        *(("a", False), ("a", True)),
        ("b", False),
    ]
    assert sources(merged.remove("wave", 1).exemplars) == ["a", "a"]
    assert sources(theirs.merge(ours).exemplars) == ["a", "a", "b"]
    assert sources(merged.merge(theirs).exemplars) == ["a", "a", "b"]


def test_nothing_is_recognised_by_what_was_dismissed_alone(recogniser, clips):
    with pytest.raises(GalleryError, match="Nothing is enrolled"):
        Gallery(recogniser).dismiss(clips[0][0]).recognize(clips[0][0])
