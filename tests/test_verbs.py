"""What the command line does: data are verified before anything else, exemplars are chosen."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from crossglg import verbs
from crossglg.errors import ConfigError, ProtocolError
from crossglg.skeleton.layout import Layout
from crossglg.sources.choreography import choreography
from crossglg.sources.splits import get_protocol
from crossglg.text import HashingEncoder, load_guidance
from crossglg.text.descriptions import load_descriptions
from crossglg.training import create_recipe, override
from crossglg.training.digests import digest_clips, digest_texts
from crossglg.verbs import draw_rounds, load_novel_words, split_data, train_run


@pytest.fixture(scope="module")
def data():
    return choreography(performers=2, repeats=1)


def test_data_are_verified_before_they_are_split(data):
    split = split_data(data, get_protocol("demo-12"), masks={})
    assert len(split.base) == len(split.novel) == 24
    lacking = data.select([index for index, label in enumerate(data.labels) if label != 4])
    with pytest.raises(
        ProtocolError, match=r"not what protocol 'demo-12' was made for.*no clip of"
    ):
        split_data(lacking, get_protocol("demo-12"), masks={})


def test_a_protocol_of_other_counts_is_refused(data):
    with pytest.raises(ProtocolError, match="expected data of 120 classes, found 48"):
        split_data(data, get_protocol("ntu120-oneshot-20"), masks={})


def test_first_clips_make_one_round_and_all_others_are_asked(data):
    protocol = replace(get_protocol("demo"), draw="first")
    split = split_data(data, protocol, masks={})
    (draw,) = draw_rounds(split, draws=100, seed=0)
    names = split.novel.clip_names
    assert [names[index] for index in draw.support] == [
        min(name for name, label in zip(names, split.novel.labels, strict=True) if label == k)
        for k in protocol.novel
    ]
    assert set(draw.query) == set(range(24)) - set(draw.support)


def test_clips_are_known_by_what_they_are_not_by_where_they_lie(data):
    chosen = data.of_classes([3, 4])
    known = digest_clips(chosen)
    rows = np.concatenate([data.rows[:7], data.rows])
    moved = replace(data, rows=rows, starts=data.starts + 7, visible=None)
    assert digest_clips(moved.of_classes([3, 4])) == known
    seen = np.ones(data.rows.shape[:2], dtype=np.bool_)
    assert digest_clips(replace(chosen, visible=seen)) == known
    seen[chosen.starts[0], 0] = False
    for other in (
        replace(chosen, visible=seen),
        replace(chosen, labels=chosen.labels[::-1]),
        replace(chosen, subjects=chosen.subjects + 1),
        replace(chosen, rows=chosen.rows + 1),
    ):
        assert digest_clips(other) != known


def test_vectors_stored_beside_the_texts_are_no_other_texts(data):
    names = data.class_names[:2]
    made = load_guidance(names, data.layout, descriptions="choreography", encoder="hashing")
    stored = replace(made, joint_texts=made.joint_texts.astype(np.float16).astype(np.float32))
    assert digest_texts(stored) == digest_texts(made)
    other = replace(made, joint_texts=made.joint_texts[::-1])
    assert digest_texts(other) != digest_texts(made)
    assert digest_texts(replace(made, key_joints=made.key_joints[::-1])) != digest_texts(made)


def test_a_run_on_changed_clips_or_texts_is_not_gone_on_with(data, tmp_path):
    torch.set_num_threads(1)
    split = split_data(data, get_protocol("demo-12"), masks={})
    texts = load_descriptions("choreography")
    texts.save(tmp_path / "own.json")
    short = ("epochs=1", "warmup_epochs=0", "frame_count=8", "precision=32-true")
    settings = ["model.options.width=8", *(f"training.{setting}" for setting in short)]
    recipe = override(
        create_recipe("demo"),
        [*settings, "text_encoder=hashing", f"descriptions={tmp_path / 'own.json'}"],
    )
    out = tmp_path / "run"
    train_run(split, recipe, out=out)
    train_run(split, recipe, out=out)
    layout = split.base.layout
    bones = {joint: layout.root for joint in layout.joints if joint != layout.root}
    star = Layout.from_bones(layout.name, layout.joints, bones, root=layout.root)
    with pytest.raises(ConfigError, match=r"\(provenance\.layout_sha256: the bones or the root"):
        train_run(replace(split, base=replace(split.base, layout=star)), recipe, out=out)
    moved = replace(split, base=replace(split.base, rows=split.base.rows * np.float32(1.1)))
    with pytest.raises(ConfigError, match=r"data_sha256: the clips are not those .* delete it"):
        train_run(moved, recipe, out=out)
    words = texts.to_json()
    name = data.class_names[split.protocol.base[0]]
    first = next(each for each in words["actions"] if each["action"] == name)
    first["joints"] = {joint: f"{text} slowly" for joint, text in first["joints"].items()}
    (tmp_path / "own.json").write_text(json.dumps(words))
    with pytest.raises(ConfigError, match=r"\(provenance\.texts_sha256: the texts are not those"):
        train_run(split, recipe, out=out)
    described = json.loads((out / "run.json").read_text())
    del described["provenance"]["texts_sha256"]  # as runs had none
    del described["provenance"]["layout_sha256"]
    (out / "run.json").write_text(json.dumps(described))
    train_run(split, recipe, out=out)


@pytest.mark.parametrize("provenance", [{}, {"recipe": {"descriptions": ""}}])
def test_words_of_novel_classes_are_found_where_training_finds_them(data, provenance, monkeypatch):
    monkeypatch.setattr(verbs, "create_text_encoder", lambda name: HashingEncoder())
    protocol = replace(get_protocol("demo-12"), data="choreography")
    split = split_data(replace(data, name="mydata"), protocol, masks={})
    model = SimpleNamespace(layout=data.layout, provenance=provenance)
    words = load_novel_words(model, split)
    assert words.key_joints.shape == (len(protocol.novel), data.layout.joint_count)
