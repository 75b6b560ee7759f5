"""Description sets refuse what does not fit, survive JSON and serve other layouts."""

import json
from dataclasses import replace

import pytest

from crossglg.errors import DescriptionError
from crossglg.skeleton.layout import get_layout, list_layouts
from crossglg.text.descriptions import (
    ActionDescription,
    DescriptionSet,
    Provenance,
    joint_sources,
    list_descriptions,
    load_descriptions,
)
from crossglg.text.lint import lint_descriptions
from crossglg.words import plain_name

OPENNI = get_layout("openni15")


def make_action(name="wave (right)", **changes):
    joints = {joint: f"{joint.replace('_', ' ')} does something" for joint in OPENNI.joints}
    return ActionDescription(name, "The right hand matters.", {**joints, **changes})


def make_set(*actions):
    provenance = Provenance("a tester", "2026-11", 1, False)
    return DescriptionSet("mine", "openni15", provenance, actions or (make_action(),))


def test_a_set_survives_json_and_file(tmp_path):
    texts = make_set(make_action(), make_action("bow", head="head nods — slowly"))
    assert DescriptionSet.from_json(json.loads(json.dumps(texts.to_json()))) == texts
    texts.save(tmp_path / "mine.json")
    assert load_descriptions(tmp_path / "mine.json") == texts
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]


def test_a_byte_order_mark_says_nothing(tmp_path):
    texts, path = make_set(make_action()), tmp_path / "mine.json"
    path.write_text(json.dumps(texts.to_json()), "utf-8-sig")
    assert load_descriptions(path) == texts
    assert lint_descriptions(path).name


def test_saving_replaces_an_older_file(tmp_path):
    make_set(make_action("bow")).save(tmp_path / "mine.json")
    make_set(make_action("sit")).save(tmp_path / "mine.json")
    assert load_descriptions(tmp_path / "mine.json").actions[0].action == "sit"


def test_joints_may_be_spelled_in_any_common_way(tmp_path):
    record = make_set().to_json()
    joints = record["actions"][0]["joints"]
    joints["RightHand"] = joints.pop("right_hand")
    assert DescriptionSet.from_json(record) == make_set()


def test_classes_are_found_by_name_whatever_the_spelling():
    texts = make_set(make_action("Draw circle (clockwise)"), make_action("bow"))
    found = texts.for_classes(["bow", "draw-circle clockwise", "bow"])
    assert [action.action for action in found] == ["bow", "Draw circle (clockwise)", "bow"]


def test_classes_without_description_are_listed():
    with pytest.raises(DescriptionError, match="'mine' says nothing about: fly; swim"):
        make_set().for_classes(["fly", "wave right", "swim"])


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (make_action(head=" "), r"action 'wave \(right\)': the text of joint 'head' is empty"),
        (make_action(tail="wags"), r"'wave \(right\)': unknown joint 'tail'. The layout has head"),
        (replace(make_action(), global_text=""), "the global text is empty"),
        (make_action("?!"), "expected a name with at least one word"),
        (replace(make_action(), joints={"head": "head nods"}), "no text for joint neck, spine"),
    ],
)
def test_an_action_that_does_not_fit_is_refused(action, message):
    with pytest.raises(DescriptionError, match=message):
        make_set(action)


def test_the_same_action_in_two_spellings_is_refused():
    with pytest.raises(DescriptionError, match="found twice: wave right"):
        make_set(make_action("Wave right"), make_action("wave (right)"))


def test_an_unknown_layout_is_refused_with_a_hint():
    with pytest.raises(DescriptionError, match=r"field 'layout'.*Did you mean 'openni15'"):
        replace(make_set(), layout="openni_15")


def drop(record, *keys):
    for key in keys[:-1]:
        record = record[key]
    del record[keys[-1]]


def put(record, value, *keys):
    for key in keys[:-1]:
        record = record[key]
    record[keys[-1]] = value


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda r: drop(r, "layout"), "expected the field 'layout', found none"),
        (lambda r: put(r, {}, "actions"), "field 'actions': expected list, found dict"),
        (lambda r: put(r, 1, "comment"), "unknown field 'comment'; known: name"),
        (lambda r: drop(r, "provenance", "date"), "provenance: expected the field 'date'"),
        (lambda r: put(r, "1", "provenance", "prompt_version"), "expected int, found str"),
        (lambda r: put(r, True, "provenance", "prompt_version"), "expected int, found bool"),
        (lambda r: drop(r, "actions", 0, "action"), "an action without name: expected the field"),
        (lambda r: put(r, "text", "actions", 0), "an action without name: expected an object"),
        (lambda r: drop(r, "actions", 0, "global"), r"action 'wave \(right\)': expected the field"),
        (lambda r: put(r, 3, "actions", 0, "joints", "head"), "joint 'head': expected a text"),
        (lambda r: drop(r, "actions", 0, "joints", "neck"), "no text for joint neck"),
        (lambda r: put(r, "up", "actions", 0, "joints", "Head"), "joint 'head' is described twice"),
        (lambda r: put(r, "up", "actions", 0, "joints", "wing"), "unknown joint 'wing'"),
    ],
)
def test_a_damaged_file_is_refused_by_name_action_and_joint(tmp_path, damage, message):
    record = make_set().to_json()
    damage(record)
    (tmp_path / "bad.json").write_text(json.dumps(record))
    with pytest.raises(DescriptionError, match=f"^bad.json: .*{message}"):
        load_descriptions(tmp_path / "bad.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "expected a readable JSON file"),
        (b"\xff\xfe", "expected a readable JSON file"),
        (b"[]", "expected one JSON object, found list"),
        (b'{"name": "a", "name": "b"}', "every key once, found twice: name"),
    ],
)
def test_a_file_that_is_no_description_file_is_refused(tmp_path, content, message):
    (tmp_path / "bad.json").write_bytes(content)
    with pytest.raises(DescriptionError, match=f"^bad.json: .*{message}"):
        load_descriptions(tmp_path / "bad.json")


def test_an_unknown_name_lists_the_shipped_sets():
    with pytest.raises(DescriptionError, match=r"'utd'. Known: bandai, choreography, .*; or give"):
        load_descriptions("utd")
    with pytest.raises(DescriptionError, match=r"nowhere.json: expected a readable JSON file"):
        load_descriptions("nowhere.json")


def speakers(source, target):
    source, target = get_layout(source), get_layout(target)
    return dict(zip(target.joints, joint_sources(source, target), strict=True))


def test_a_joint_is_served_by_its_name_or_else_by_the_nearest_joint():
    found = speakers("kinect20", "openni15")
    assert (found["right_hand"], found["neck"]) == ("right_hand", "chest")
    back = speakers("openni15", "kinect20")
    assert back["right_wrist"] == "right_hand"
    assert back["left_ankle"] == "left_foot"
    assert found[back["pelvis"]] == "spine"


@pytest.mark.parametrize("layout", list_layouts())
def test_in_its_own_layout_every_joint_serves_itself(layout):
    assert all(joint == source for joint, source in speakers(layout, layout).items())


@pytest.mark.parametrize("source", ["kinect20", "ntu25", "openni15"])
@pytest.mark.parametrize("target", ["ntu25", "coco17", "h36m17", "openpose18", "mediapipe33"])
def test_a_joint_is_never_served_by_the_other_side(source, target):
    for joint, near in speakers(source, target).items():
        opposite = {"left": "right_", "right": "left_"}.get(joint.split("_")[0], "left_")
        assert not near.startswith(opposite)


def test_a_layout_without_torso_cannot_speak_for_one():
    with pytest.raises(DescriptionError, match=r"'coco17' can speak for .*pelvis"):
        joint_sources(get_layout("coco17"), get_layout("ntu25"))


def test_action_names_are_compared_without_case_and_punctuation():
    assert plain_name("Squat (two arms  stretch-out)") == "squat two arms stretch out"


def test_action_names_may_be_in_any_script():
    assert plain_name("सोना") != plain_name("सीना")
    assert plain_name("โบก มือ") == "โบก มือ"
    assert plain_name("zu\N{COMBINING DIAERESIS}cken") == plain_name("ZÜCKEN")
    assert plain_name("手を振る (右)") == "手を振る 右"


def test_shipped_sets_are_listed_in_order():
    names = list_descriptions()
    assert list(names) == sorted(names)
    assert {"choreography", "kinetics400", "ntu120", "union15", "utd_mhad"} < set(names)
