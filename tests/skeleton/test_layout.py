"""Layouts are rooted trees of named joints, and joints are found under any common spelling."""

import dataclasses
import json

import numpy as np
import pytest

from crossglg.errors import LayoutError
from crossglg.skeleton import Layout, canonical_joint, get_layout, list_layouts, recognise_layout
from crossglg.skeleton.layout import PARTS, body_part, mirrored_name

JOINT_COUNTS = {
    "ntu25": 25,
    "kinect20": 20,
    "openni15": 15,
    "coco17": 17,
    "h36m17": 17,
    "openpose18": 18,
    "mediapipe33": 33,
    "bandai21": 21,
}
LAYOUT_OF_FILE = {
    "bandai1.npz": "bandai21",
    "bandai2.npz": "bandai21",
    "florence3d.npz": "openni15",
    "kard.npz": "openni15",
    "msr_action3d.npz": "kinect20",
    "ui_prmd_vicon20.npz": "kinect20",
    "union15.npz": "openni15",
    "utd_mhad.npz": "kinect20",
    "utkinect.npz": "kinect20",
}
STICK = {
    "name": "stick",
    "joints": ["Pelvis", "LeftHip", "hip_r", "head"],
    "bones": {"LeftHip": "Pelvis", "hip_r": "Pelvis", "head": "Pelvis"},
    "root": "Pelvis",
}


@pytest.fixture
def write_layout(tmp_path):
    def write(content):
        path = tmp_path / "mine.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


def test_the_known_layouts_are_these():
    assert {name: get_layout(name).joint_count for name in list_layouts()} == JOINT_COUNTS


@pytest.mark.parametrize("name", JOINT_COUNTS)
def test_every_joint_hangs_on_the_root(name):
    layout = get_layout(name)
    assert all(layout.path_to_root(joint)[-1] == layout.root for joint in layout.joints)
    assert len(layout.bones) == layout.joint_count - 1


@pytest.mark.parametrize("name", JOINT_COUNTS)
def test_joint_names_are_unique_and_canonical(name):
    joints = get_layout(name).joints
    assert len(set(joints)) == len(joints)
    assert [canonical_joint(joint) for joint in joints] == list(joints)


@pytest.mark.parametrize("name", JOINT_COUNTS)
def test_the_mirror_image_of_a_bone_is_a_bone(name):
    layout = get_layout(name)
    mirrored = {(mirrored_name(child), mirrored_name(parent)) for child, parent in layout.bones}
    assert mirrored == set(layout.bones)
    assert (layout.mirror_index[layout.mirror_index] == np.arange(layout.joint_count)).all()


@pytest.mark.parametrize("name", JOINT_COUNTS)
def test_mirror_pairs_hold_every_joint_with_a_side(name):
    layout = get_layout(name)
    sided = {joint for joint in layout.joints if joint.startswith(("left_", "right_"))}
    assert {joint for pair in layout.mirror_pairs for joint in pair} == sided


@pytest.mark.parametrize("name", JOINT_COUNTS)
def test_every_joint_belongs_to_exactly_one_part(name):
    layout = get_layout(name)
    assert sorted(j for joints in layout.parts.values() for j in joints) == sorted(layout.joints)
    assert set(layout.parts) <= set(PARTS)


@pytest.mark.parametrize(
    ("joint", "part"),
    [
        ("pelvis", "torso"),
        ("neck", "torso"),
        ("left_ear", "head"),
        ("right_mouth", "head"),
        ("left_collar", "left_arm"),
        ("right_hand_tip", "right_arm"),
        ("left_hip", "left_leg"),
        ("right_heel", "right_leg"),
    ],
)
def test_joints_are_sorted_into_the_parts_one_expects(joint, part):
    assert body_part(joint) == part


@pytest.mark.parametrize(
    "joint", ["hips", "left_forearm_roll", "collar", "hand", "foot", "left_spine_muscle"]
)
def test_even_unusual_joints_belong_to_a_known_part(joint):
    assert body_part(joint) in PARTS


def test_a_forearm_is_not_an_ear():
    assert body_part("left_forearm_roll") == "left_arm"


def test_parent_index_follows_the_bones_by_name():
    layout = get_layout("kinect20")
    parents = [layout.joints[index] for index in layout.parent_index]
    assert dict(zip(layout.joints, parents, strict=True))["left_wrist"] == "left_elbow"
    assert parents[layout.index(layout.root)] == layout.root


def test_a_misspelt_joint_gets_a_hint():
    with pytest.raises(LayoutError, match=r"'left_wirst'.*Did you mean 'left_wrist'"):
        get_layout("ntu25").index("left_wirst")


def test_a_misspelt_layout_gets_a_hint_and_the_list():
    with pytest.raises(LayoutError, match=r"Did you mean 'ntu25'.*coco17"):
        get_layout("ntu_25")


@pytest.mark.parametrize(
    ("spelling", "joint"),
    [
        ("LeftWrist", "left_wrist"),
        ("left wrist", "left_wrist"),
        ("wrist_l", "left_wrist"),
        ("Wrist_R", "right_wrist"),
        ("LWrist", "left_wrist"),
        ("RIGHT_KNEE", "right_knee"),
        ("left-hand-tip", "left_hand_tip"),
        ("HandTipLeft", "left_hand_tip"),
        ("SpineBase", "pelvis"),
        ("SpineShoulder", "chest"),
        ("hip_center", "pelvis"),
        ("torso", "spine"),
        ("RightUpLeg", "right_hip"),
        ("LeftForeArm", "left_elbow"),
        ("left_foot_index", "left_foot"),
        (" Head ", "head"),
        ("Tail", "tail"),
    ],
)
def test_common_spellings_are_understood(spelling, joint):
    assert canonical_joint(spelling) == joint


def _in_camel_case(joint):
    return "".join(word.capitalize() for word in joint.split("_"))


def _with_short_side(joint):
    side, _, rest = joint.partition("_")
    return f"{rest}_{side[0].upper()}" if side in ("left", "right") else joint


@pytest.mark.parametrize("spell", [_in_camel_case, _with_short_side, str.upper])
@pytest.mark.parametrize("name", JOINT_COUNTS)
def test_a_layout_is_recognised_in_any_spelling_and_order(name, spell):
    layout = get_layout(name)
    shuffled = np.random.default_rng(0).permutation(layout.joint_count)
    found, order = recognise_layout([spell(layout.joints[index]) for index in shuffled])
    assert found == layout
    assert (shuffled[order] == np.arange(layout.joint_count)).all()


@pytest.mark.parametrize(("file", "name"), LAYOUT_OF_FILE.items())
def test_the_joints_of_real_files_are_recognised(data_file, file, name):
    with np.load(data_file(file), allow_pickle=False) as arrays:
        raw = [str(joint) for joint in arrays["joint_names"]]
        parents = arrays["parents"]
    layout, order = recognise_layout(raw)
    assert layout.name == name
    assert sorted(order) == list(range(len(raw)))
    assert len(parents) == layout.joint_count


def test_bandai_shoulders_are_collars_and_hands_are_wrists(data_file):
    with np.load(data_file("bandai1.npz"), allow_pickle=False) as arrays:
        raw = [str(joint) for joint in arrays["joint_names"]]
    layout, order = recognise_layout(raw)
    assert raw[order[layout.index("left_collar")]] == "Shoulder_L"
    assert raw[order[layout.index("right_wrist")]] == "Hand_R"


def test_unknown_joints_are_named_as_they_were_written():
    names = ["HeadTop", "TailLeft", "Wing"]
    with pytest.raises(LayoutError, match=r"joints not understood: TailLeft, Wing") as caught:
        recognise_layout(names)
    assert "--layout FILE" in str(caught.value)


def test_a_layout_that_lacks_one_joint_is_told_which():
    names = [joint for joint in get_layout("openni15").joints if joint != "left_foot"]
    with pytest.raises(LayoutError, match=r"nearest is 'openni15', which differs in left_foot"):
        recognise_layout(names)


def test_layouts_of_the_user_come_first():
    mine = dataclasses.replace(get_layout("coco17"), name="mine")
    assert recognise_layout(mine.joints, candidates=[mine])[0] is mine


def test_a_layout_file_comes_back_as_it_was_written(write_layout):
    for name in list_layouts():
        layout = get_layout(name)
        assert Layout.from_file(write_layout(layout.to_json())) == layout
        assert Layout.from_json(layout.to_json()) == layout


def test_a_byte_order_mark_is_no_part_of_a_layout_file(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(STICK), "utf-8-sig")
    assert Layout.from_file(path).joint_count == 4


def test_a_layout_file_may_use_any_spelling_and_is_found_by_path(write_layout):
    layout = get_layout(str(write_layout(STICK)))
    assert layout.joints == ("pelvis", "left_hip", "right_hip", "head")
    assert layout.root == "pelvis"
    assert recognise_layout(["head", "LHip", "RHip", "Hips"], candidates=[layout])[0] == layout


WRONG_FILES = {
    "not JSON": ("{", "expected a JSON layout file"),
    "a list": ([1, 2], "mine.json"),
    "a number": (5, "mine.json"),
    "joints a number": (STICK | {"joints": 5}, "mine.json"),
    "joints of numbers": (STICK | {"joints": [1, 2]}, "mine.json"),
    "bones a list": (STICK | {"bones": [["LeftHip", "Pelvis"]]}, "mine.json"),
    "no root": ({k: v for k, v in STICK.items() if k != "root"}, "lacks root"),
    "empty": ({}, "lacks name, joints, bones, root"),
    "a joint twice": (STICK | {"joints": [*STICK["joints"], "left hip"]}, "twice: left_hip"),
    "a loose joint": (STICK | {"joints": [*STICK["joints"], "Neck"]}, "without a bone: neck"),
    "an unknown parent": (STICK | {"bones": STICK["bones"] | {"head": "Neck"}}, "parents: neck"),
    "an unknown root": (STICK | {"root": "Neck"}, "without a bone: pelvis"),
    "two roots": (STICK | {"bones": STICK["bones"] | {"head": "head"}}, "one root"),
    "a circle": (
        STICK | {"bones": STICK["bones"] | {"head": "LeftHip", "LeftHip": "head"}},
        "run in a circle",
    ),
}


@pytest.mark.parametrize("case", WRONG_FILES)
def test_a_wrong_layout_file_says_what_is_wrong(write_layout, case):
    content, message = WRONG_FILES[case]
    with pytest.raises(LayoutError, match=message):
        Layout.from_file(write_layout(content))


def test_a_missing_layout_file_is_named(tmp_path):
    with pytest.raises(LayoutError, match=r"nowhere\.json"):
        get_layout(str(tmp_path / "nowhere.json"))


def test_every_joint_needs_a_parent():
    with pytest.raises(LayoutError, match="one parent for each of 2 joints, found 1"):
        Layout("short", ("pelvis", "head"), ("pelvis",))


def test_bones_of_joints_that_are_not_listed_are_refused():
    with pytest.raises(LayoutError, match="not listed: tail"):
        Layout.from_bones("dog", ("root", "head"), {"head": "root", "tail": "root"}, root="root")
