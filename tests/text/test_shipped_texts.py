"""The shipped texts name their joint, tell actions apart and keep left and right in order."""

import itertools
import re

import numpy as np
import pytest

from crossglg.skeleton.layout import get_layout
from crossglg.sources.ntu import list_ntu_classes
from crossglg.text.descriptions import list_descriptions, load_descriptions
from crossglg.text.lexicon import split_side
from crossglg.text.phrases import find_phrases, key_joints

SETS = {name: load_descriptions(name) for name in list_descriptions()}

CLOCKWISE = "right hand draw circle (clockwise)"
COUNTER = "right hand draw circle (counter clockwise)"

STILL = re.compile(
    r"\b(still|rests?|stays?|remains?|keeps?|holds?|motionless|idle|hangs?|quiet|calm|fixed"
    r"|planted|unmoved|unmoving|passive|slack|inactive|steady|unused|relaxed|neutral|straight"
    r"|not)\b"
)

each_set = pytest.mark.parametrize("name", SETS)


def joint_texts(name):
    return [pair for action in SETS[name].actions for pair in action.joints.items()]


def test_there_are_texts_for_every_benchmark():
    counts = {name: (len(texts.actions), texts.layout) for name, texts in SETS.items()}
    assert counts == {
        "bandai": (24, "bandai21"),
        "choreography": (48, "ntu25"),
        "kinetics400": (400, "openpose18"),
        "msr_action3d": (20, "kinect20"),
        "ntu120": (120, "ntu25"),
        "pku_mmd": (51, "ntu25"),
        "ui_prmd": (10, "kinect20"),
        "union15": (49, "openni15"),
        "union15_second": (49, "openni15"),
        "utd_mhad": (27, "kinect20"),
        "utd_mhad_second": (27, "kinect20"),
    }


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("utd_mhad", "utd_mhad.npz"),
        ("utd_mhad_second", "utd_mhad.npz"),
        ("union15", "union15.npz"),
        ("union15_second", "union15.npz"),
        ("ui_prmd", "ui_prmd_vicon20.npz"),
        ("bandai", "bandai1.npz"),
        ("bandai", "bandai2.npz"),
    ],
)
def test_texts_cover_the_names_of_the_data(data_file, name, file):
    with np.load(data_file(file)) as data:
        names = [str(each) for each in data["label_names"]]
    assert len(SETS[name].for_classes(names)) == len(names)


def test_ntu_texts_carry_the_names_that_its_reader_gives():
    assert tuple(action.action for action in SETS["ntu120"].actions) == list_ntu_classes()


@each_set
def test_the_provenance_says_who_wrote_the_texts(name):
    assert "language model" in SETS[name].provenance.writer
    assert SETS[name].provenance.prompt_version == 1


@each_set
def test_each_text_begins_with_its_joint_and_says_something(name):
    for joint, text in joint_texts(name):
        assert text.startswith(joint.replace("_", " ") + " "), text
        assert 3 <= len(text.split()) <= 30, text
        assert len(text) < 200, text


@each_set
def test_no_text_gives_its_joint_to_the_other_side(name):
    for joint, text in joint_texts(name):
        base, sides = split_side(joint)
        for side in sides:
            other = {"left": "right", "right": "left"}[side]
            own_words = rf"\b(?:its|own) {other}\b|^(?!{side} )"
            assert not re.search(own_words, text), text
            assert f"{side} {base}".replace("_", " ") not in text[len(joint) :], text


@each_set
def test_each_global_text_is_short_and_names_joints(name):
    layout = get_layout(SETS[name].layout)
    for action in SETS[name].actions:
        assert 1 <= action.global_text.count(".") <= 3, action.action
        assert "acts" in {phrase.role for phrase in find_phrases(action.global_text)}
        marked = (key_joints(action.global_text, layout) > 0).sum()
        assert 2 <= marked < layout.joint_count, (action.action, marked)


@each_set
def test_actions_hardly_share_texts_of_moving_joints(name):
    moving = {
        action.action: {pair for pair in action.joints.items() if not STILL.search(pair[1])}
        for action in SETS[name].actions
    }
    for one, other in itertools.combinations(moving, 2):
        shared = moving[one] & moving[other]
        assert len(shared) <= 0.15 * max(len(moving[one]), 1), (one, other, shared)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("utd_mhad", CLOCKWISE, COUNTER),
        ("utd_mhad", "right arm swipe to the left", "right arm swipe to the right"),
        ("utd_mhad", "tennis serve", "tennis right hand forehand swing"),
        ("utd_mhad", "sit to stand", "stand to sit"),
        ("utd_mhad", "jogging in place", "walking in place"),
        ("utd_mhad", "right hand wave", "right hand knock on door"),
        ("choreography", "wave right hand", "knock on door"),
        ("choreography", "nod head", "shake head"),
        ("choreography", "push with both hands", "pull with both hands"),
        ("choreography", "punch forward", "box with both fists"),
        ("choreography", "jog in place", "high knees"),
    ],
)  # fmt: skip
def test_actions_that_look_alike_differ_in_what_their_key_joints_do(name, one, other):
    first, second = SETS[name].for_classes([one, other])
    layout = get_layout(SETS[name].layout)
    keys = key_joints(first.global_text, layout)
    for joint in (j for j, weight in zip(layout.joints, keys, strict=True) if weight > 0):
        words = set(first.joints[joint].split()), set(second.joints[joint].split())
        common = len(words[0] & words[1]) / len(words[0] | words[1])
        assert common < 0.75, joint


@pytest.mark.parametrize("side", ["left", "right"])
def test_waving_with_one_hand_leaves_the_other_arm_still(side):
    other = {"left": "right", "right": "left"}[side]
    (wave,) = SETS["choreography"].for_classes([f"wave {side} hand"])
    assert all(STILL.search(wave.joints[f"{other}_{j}"]) for j in ("elbow", "wrist", "hand"))
    assert not any(STILL.search(wave.joints[f"{side}_{j}"]) for j in ("elbow", "wrist", "hand"))


def test_the_circle_is_turned_as_its_name_says():
    clockwise, counter = SETS["utd_mhad"].for_classes([CLOCKWISE, COUNTER])
    assert "over the top to the right" in clockwise.joints["right_hand"]
    assert "over the top to the left" in counter.joints["right_hand"]
