"""Lint names each thing that is wrong with a description file, and nothing in a good one."""

import json

import pytest

from crossglg.errors import DescriptionError
from crossglg.text.descriptions import list_descriptions, load_descriptions
from crossglg.text.lint import lint_descriptions
from crossglg.text.motion import details, says_still


@pytest.fixture
def record():
    """Two good actions of the UTD set, as plain JSON."""
    whole = load_descriptions("utd_mhad").to_json()
    return whole | {"actions": [whole["actions"][2], whole["actions"][16]]}


@pytest.fixture
def lint(tmp_path):
    def write_and_lint(record):
        path = tmp_path / "own.json"
        path.write_text(json.dumps(record))
        return lint_descriptions(path)

    return write_and_lint


@pytest.mark.parametrize("name", list_descriptions())
def test_shipped_texts_are_clean_and_good(name):
    report = lint_descriptions(name)
    assert not report.problems, "\n".join(map(str, report.problems))
    assert len(report.scores) == len(load_descriptions(name).actions)
    assert min(report.scores.values()) > 20
    assert sum(report.scores.values()) / len(report.scores) > 70


def test_two_good_actions_are_clean(record, lint):
    report = lint(record)
    assert not report.problems
    assert not report.has_errors
    assert set(report.scores) == {"right hand wave", "tennis serve"}


def joints(record, action=0):
    return record["actions"][action]["joints"]


def say(record, joint, text, action=0):
    joints(record, action)[joint] = text


BREAK = {
    "the joint has no text": lambda r: joints(r).pop("left_knee"),
    "no such joint. Did you mean 'left_knee'?": lambda r: say(r, "left_knie", "left knie bends"),
    "the text is empty": lambda r: say(r, "head", "  "),
    "described twice": lambda r: say(r, "head ", "head nods slowly"),
    "expected an object 'joints'": lambda r: r["actions"][0].pop("joints"),
    "twice: right hand wave": lambda r: r["actions"].append(r["actions"][0]),
    "unknown field 'mood'": lambda r: r["actions"][0].update(mood="good"),
}

WARN = {
    "names no body part": lambda r: r["actions"][0].update({"global": "Somebody waves."}),
    "names every joint": lambda r: r["actions"][0].update(
        {"global": "The head, torso, both arms, both hands, both legs and both feet move."}
    ),
    "at most 4 sentences": lambda r: r["actions"][0].update(
        {"global": "The right hand waves. It waves. It waves. It waves. It waves."}
    ),
    "called important but said to be still: right_wrist, right_hand": lambda r: [
        r["actions"][0].update({"global": "The right hand waves."}),
        say(r, "right_wrist", "right wrist stays still"),
        say(r, "right_hand", "right hand hangs motionless"),
    ],
    "speaks of left_wrist, left_hand; the joint texts move right_wrist, right_hand": lambda r: r[
        "actions"
    ][0].update({"global": "The left hand waves overhead."}),
    "the text begins with the left wrist": lambda r: say(
        r, "right_wrist", "left wrist swings quickly left and right"
    ),
    "at most 40 words": lambda r: say(r, "head", "head nods " + "slowly and deeply " * 20),
    "nothing but the joint's name": lambda r: say(r, "head", "head"),
    "read like those of": lambda r: [
        say(r, joint, text, action=1) for joint, text in joints(r).items()
    ],
}


@pytest.mark.parametrize("message", BREAK)
def test_an_unusable_file_is_an_error(message, record, lint):
    BREAK[message](record)
    report = lint(record)
    assert report.has_errors
    assert message in "\n".join(map(str, report.problems))
    assert not report.scores


@pytest.mark.parametrize("message", WARN)
def test_a_bad_guide_is_a_warning(message, record, lint):
    WARN[message](record)
    report = lint(record)
    assert not report.has_errors
    assert message in "\n".join(map(str, report.problems))


@pytest.mark.parametrize("third", ["aardvark", "zebra"])
def test_every_action_that_reads_like_another_is_named_once(record, lint, third):
    def copy(action, ending):
        texts = {joint: text + ending for joint, text in joints(record).items()}
        return {**record["actions"][0], "action": action, "joints": texts}

    record["actions"] = [copy("apple", ""), copy("banana", ""), copy(third, " gently")]
    named = [p.action for p in lint(record).problems if "read like those of" in p.message]
    assert named == ["apple", third]


def test_vague_texts_score_lower(record, lint):
    good = lint(record).scores["right hand wave"]
    for joint in ("right_wrist", "right_hand", "right_elbow", "right_shoulder"):
        say(record, joint, f"{joint.replace('_', ' ')} moves")
    assert lint(record).scores["right hand wave"] < good / 2


def test_what_is_no_description_file_is_one_sentence(tmp_path):
    for content in ("[]", "{", '{"layout": "ntu25"}', '{"layout": "ant6", "actions": []}'):
        path = tmp_path / "own.json"
        path.write_text(content)
        with pytest.raises(DescriptionError, match=r"own.json: "):
            lint_descriptions(path)


@pytest.mark.parametrize(
    ("text", "still"),
    [
        ("left knee does not bend", True),
        ("left knee stays on the left side, planted", True),
        ("left knee swings up and down", False),
        ("left knee bends sharply and stays at hip height, rocking with each wave", False),
        ("left knee bends", False),
    ],
)
def test_a_text_says_whether_its_joint_keeps_still(text, still):
    assert says_still(text, "left_knee") == still


def test_details_are_counted_by_kind_and_without_the_joint_s_own_name():
    text = "left wrist swings quickly up and down, three times"
    assert details(text, "left_wrist") == {"direction", "speed", "phase"}
    assert not details("left wrist moves", "left_wrist")
