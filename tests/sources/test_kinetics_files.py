"""Kinetics-Skeleton: joints, persons over time, and what is said of a broken file."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossglg.errors import ConfigError, SourceError
from crossglg.sources.kinetics import read_kinetics


def _person(x, *, score=0.5):
    """All joints around one point of the picture."""
    pose = np.tile([x, 0.25], (18, 1)) + np.arange(18)[:, None] * 0.001
    return pose, np.full(18, score)


def test_the_picture_is_turned_upright_and_lies_in_a_plane(tmp_path, write_json, kinetics_record):
    path = write_json(tmp_path / "abc.json", kinetics_record([[_person(0.5)]]))
    labelled = read_kinetics(path)
    assert (labelled.name, labelled.class_name, labelled.subject) == ("abc", "juggling balls", -1)
    assert labelled.clip.layout.name == "openpose18"
    assert labelled.clip.fps == 30.0
    np.testing.assert_allclose(labelled.clip.joints[0, 0, 2], [0.502, 0.748, 0.0], atol=1e-6)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path, kinetics_record):
    path = tmp_path / "abc.json"
    path.write_text(json.dumps(kinetics_record([[_person(0.5)]])), "utf-8-sig")
    assert read_kinetics(path).class_name == "juggling balls"


def test_a_joint_without_confidence_is_not_visible(tmp_path, write_json, kinetics_record):
    pose, score = _person(0.5)
    score[[3, 17]] = 0.0
    clip = read_kinetics(write_json(tmp_path / "a.json", kinetics_record([[(pose, score)]]))).clip
    assert np.flatnonzero(~clip.visible[0, 0]).tolist() == [3, 17]
    assert not clip.joints[0, 0, 3].any()


def test_persons_are_followed_whatever_order_they_come_in(tmp_path, write_json, kinetics_record):
    frames = [
        [_person(0.2, score=0.9), _person(0.8, score=0.8)],
        [_person(0.78, score=0.9), _person(0.25, score=0.8)],
        [_person(0.75)],
    ]
    clip = read_kinetics(write_json(tmp_path / "a.json", kinetics_record(frames))).clip
    np.testing.assert_allclose(clip.joints[0, :2, 0, 0], [0.2, 0.25], atol=1e-6)
    np.testing.assert_allclose(clip.joints[1, :, 0, 0], [0.8, 0.78, 0.75], atol=1e-6)
    assert clip.present.tolist() == [[True, True, False], [True, True, True]]


def test_the_most_certain_persons_are_kept(tmp_path, write_json, kinetics_record):
    crowd = [_person(0.1, score=0.2), _person(0.5, score=0.9), _person(0.9, score=0.6)]
    path = write_json(tmp_path / "a.json", kinetics_record([crowd]))
    np.testing.assert_allclose(read_kinetics(path).clip.joints[:, 0, 0, 0], [0.5, 0.9], atol=1e-6)
    assert read_kinetics(path, max_persons=1).clip.person_count == 1
    assert read_kinetics(path, max_persons=5).clip.person_count == 3
    with pytest.raises(ConfigError, match="at least 1"):
        read_kinetics(path, max_persons=0)


def test_frame_numbers_that_are_missing_are_frames_without_anybody(
    tmp_path, write_json, kinetics_record
):
    record = kinetics_record([[_person(0.5)], [_person(0.5)]])
    record["data"][1]["frame_index"] = 4
    clip = read_kinetics(write_json(tmp_path / "a.json", record)).clip
    assert clip.present.tolist() == [[True, False, False, True]]


def _spoil(record, change):
    change(record)
    return record


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda r: r.pop("label"), "expected the action as text in 'label', found None"),
        (lambda r: r.pop("data"), "expected an object with a list 'data'"),
        (lambda r: r["data"].clear(), "found no frame"),
        (lambda r: r["data"].append(7), "entry 2 of 'data': expected a new whole number"),
        (lambda r: r["data"].append(r["data"][0]), "expected a new whole number as frame_index"),
        (lambda r: r["data"][0].pop("skeleton"), "entry 1 of 'data': expected a list 'skeleton'"),
        (lambda r: r["data"][0]["skeleton"].clear(), "found none in any frame"),
        (lambda r: r["data"][0]["skeleton"][0]["pose"].pop(), "expected 36 numbers in pose"),
        (lambda r: r["data"][0]["skeleton"][0].pop("score"), "18 in score"),
        (lambda r: r["data"][0]["skeleton"][0].update(pose="no"), "expected numbers in pose"),
        (
            lambda r: r["data"].append({"frame_index": 10**9, "skeleton": []}),
            "expected frames with numbers less than",
        ),
    ],
)
def test_a_broken_file_is_refused_with_the_place(
    tmp_path, write_json, kinetics_record, change, problem
):
    record = _spoil(kinetics_record([[_person(0.5)]]), change)
    with pytest.raises(SourceError, match=problem):
        read_kinetics(write_json(tmp_path / "a.json", record))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(tmp_path, content):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="expected"):
        read_kinetics(path)


@settings(max_examples=100, deadline=None)
@given(place=st.floats(0, 1), length=st.integers(0, 20), new=st.binary(max_size=4))
def test_a_mutated_file_is_read_or_refused_and_nothing_else(
    place, length, new, kinetics_record, tmp_path_factory
):
    content = json.dumps(kinetics_record([[_person(0.5)], [], [_person(0.2), _person(0.5)]]))
    at = int(place * len(content))
    path = tmp_path_factory.getbasetemp() / "mutated.json"
    path.write_bytes(content[:at].encode() + new + content[at + length :].encode())
    refusal = "mutated.json"
    try:
        read_kinetics(path)
    except SourceError as error:
        refusal = str(error)
    assert refusal.startswith("mutated.json")
