"""An explanation's numbers add up, and its sentence says what they say."""

import numpy as np
import pytest

from crossglg.errors import GalleryError
from crossglg.gallery import Gallery, explain
from crossglg.gallery.sentence import pick_joints, pick_moments, say_why

JOINTS = ("head", "right_elbow", "right_hand", "left_foot")
EDGES = np.linspace(0, 2, 5)


@pytest.fixture(scope="module")
def gallery(recogniser, clips):
    shown = zip(("wave", "squat"), clips[0][:2], strict=True)
    gallery = Gallery(recogniser)
    for action, clip in shown:
        gallery = gallery.enroll(action, clip, source=f"{action}.bvh")
    return gallery


@pytest.mark.parametrize("number", range(4))
def test_parts_add_up_to_the_difference_of_the_distances(gallery, clips, number):
    clip = clips[0][number]
    explained = explain(gallery, clip)
    answers = gallery.recognize(clip).answers
    assert (explained.nearest.action, explained.rival.action) == tuple(a.action for a in answers)
    assert explained.distances == pytest.approx([a.distance for a in answers], abs=1e-6)
    difference = answers[1].distance - answers[0].distance
    assert explained.parts.sum() == pytest.approx(difference, abs=1e-3)
    told = explained.to_json()
    for kind in ("joints", "moments"):
        assert sum(row["part"] for row in told[kind]) == pytest.approx(difference, abs=1e-3)
    assert told["difference"] == pytest.approx(difference, abs=1e-6)
    assert told["moments"][-1]["to_s"] == pytest.approx(clip.duration_s, abs=1e-3)


def test_the_rival_is_another_action(gallery, clips):
    twice = gallery.enroll("wave", clips[0][2])
    explained = explain(twice, clips[0][0])
    assert (explained.nearest.action, explained.rival.action) == ("wave", "squat")


def test_one_action_alone_cannot_be_explained(recogniser, clips):
    alone = Gallery(recogniser).enroll("wave", clips[0][0])
    with pytest.raises(GalleryError, match="at least two actions to tell apart, found wave"):
        explain(alone, clips[0][0])


def test_unknown_is_said_with_the_nearest_and_its_rival(gallery, clips):
    explained = explain(gallery, clips[0][2])
    explained_unknown = explained.sentence.startswith("Called unknown; it is nearer to")
    assert explained_unknown == (explained.recognition.action is None)


def test_what_was_dismissed_is_told_from_the_nearest_action(gallery, clips):
    explained = explain(gallery.dismiss(clips[0][3], source="sat down"), clips[0][3])
    assert (explained.nearest.title, explained.rival.action) == ("none of these", "squat")
    opening = 'Called unknown; it is nearer to what was dismissed than to "squat"'
    assert explained.sentence.startswith(opening)
    told = explained.to_json()
    assert told["nearest"] == {"action": None, "source": "sat down"}
    assert told["action"] is None
    assert explained.parts.sum() == pytest.approx(told["difference"], abs=1e-3)


def test_one_action_can_be_told_from_what_was_dismissed(recogniser, clips):
    alone = Gallery(recogniser).enroll("squat", clips[0][1]).dismiss(clips[0][0])
    explained = explain(alone, clips[0][3])
    assert explained.sentence.startswith('Called "squat" rather than what was dismissed')
    assert explained.to_json()["rival"] == {"action": None, "source": ""}
    with pytest.raises(GalleryError, match="at least two actions"):
        explain(Gallery(recogniser).dismiss(clips[0][0]), clips[0][0])


def test_the_sentence_names_the_joints_and_moments_that_decided():
    parts = np.zeros((4, 4))
    parts[1:3] = [-0.5, 0.3, 0.4, 0.2]
    assert say_why(parts, JOINTS, EDGES) == (
        "because the right hand and right elbow moved more alike, mostly between 0.5 s and 1.5 s"
    )


def test_joints_are_named_until_half_is_said_and_never_more_than_three():
    assert pick_joints(np.array([[0.6, 0.1, 0.2, 0.1]])).tolist() == [0]
    assert pick_joints(np.array([[0.2, 0.1, 0.3, 0.1]])).tolist() == [2, 0]
    assert len(pick_joints(np.ones((1, 20)))) == 3
    assert pick_joints(-np.ones((3, 4))).tolist() == []


def test_moments_are_the_shortest_run_that_holds_most():
    assert pick_moments(np.array([0.0, 1.0, 1.0, 0.0, 0.1])) == (1, 3)
    assert pick_moments(np.array([0.0, 0.0, 5.0, 1.0])) == (2, 3)
    assert pick_moments(np.array([-9.0, 0.1, -9.0, 0.1])) == (1, 4)


def test_a_reason_that_lasts_is_said_to_last_and_no_reason_is_said_to_be_none():
    parts = np.zeros((4, 4))
    parts[:, 2] = 1
    assert say_why(parts, JOINTS, EDGES) == "because the right hand moved more alike, throughout"
    assert "equally near" in say_why(-parts, JOINTS, EDGES)
