"""An exported model says what torch says, and is not kept if it does not."""

import json
import pickle
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

import crossglg.export.onnx as exporting
from crossglg.benchmark import fill_gallery, make_clip
from crossglg.checkpoint import PLAIN_FILE
from crossglg.cli import app
from crossglg.deployed import OnnxRecogniser
from crossglg.errors import CheckpointError, ClipError, ConfigError
from crossglg.export import export_native, export_onnx
from crossglg.oneshot.features import describe
from crossglg.sources.clipset import ClipSet
from other_process import assert_another_process_answers
from tiny_recogniser import (
    LAYOUT,
    build,
    build_short,
    unchecked_shapes,  # noqa: F401 (by itself)
)

for package in ("onnxscript", "onnxruntime", "onnx"):
    onnx = pytest.importorskip(package, reason=f"{package} is not installed (extra 'export')")


def as_set(clips):
    count = len(clips)
    return ClipSet.from_clips(
        clips,
        name="random",
        class_names=["any"],
        labels=[0] * count,
        subjects=[0] * count,
        clip_names=[str(number) for number in range(count)],
    )


@pytest.fixture(scope="module")
def recogniser():
    return build("patchgcn")


@pytest.fixture(scope="module")
def exported_file(recogniser, tmp_path_factory):
    file = tmp_path_factory.mktemp("export") / "model.onnx"
    done = exporting.export_onnx(recogniser, file)
    assert done.difference < 1e-4
    assert [path.name for path in file.parent.iterdir()] == ["model.onnx"]
    return file


@pytest.fixture(scope="module")
def exported(exported_file):
    return OnnxRecogniser.load(exported_file, threads=1)


@pytest.fixture
def written_before(exported_file, monkeypatch):
    """The same weights need not go through torch's exporter, which takes its time, again."""
    monkeypatch.setattr(
        exporting, "_write", lambda model, file, *, example: shutil.copy(exported_file, file)
    )


@pytest.mark.slow
@pytest.mark.parametrize(("clip_count", "frame_count"), [(1, 16), (5, 16), (2, 37), (1, 2)])
@torch.inference_mode()
def test_any_number_of_clips_and_frames_gives_torch_s_features(
    recogniser, exported, clip_count, frame_count
):
    rng = np.random.default_rng(clip_count)
    clips = rng.standard_normal((clip_count, 2, frame_count, 15, 3), dtype=np.float32)
    present = np.ones(clips.shape[:3], dtype=np.bool_)
    present[0, 1] = False
    there = torch.from_numpy(present)
    expected = describe(recogniser.checkpoint.branch(torch.from_numpy(clips), there), there)
    found = exported.run(clips, present)
    pairs = zip(expected, (found.pooled, found.joints, found.frames, found.importance), strict=True)
    for theirs, ours in pairs:
        scale = float(theirs.abs().max())
        np.testing.assert_allclose(ours, theirs.numpy(), atol=2e-3 * scale)
    pooled = expected[0].numpy()
    np.testing.assert_allclose(found.pooled, pooled, atol=1e-4 * np.abs(pooled).max())


@pytest.mark.slow
def test_the_file_says_what_a_recogniser_needs(recogniser, exported):
    assert exported.layout == LAYOUT
    assert (exported.max_persons, exported.frame_count) == (2, 16)
    assert exported.fingerprint == recogniser.fingerprint
    assert (exported.encoder, exported.parameter_count) == ("patchgcn", recogniser.parameter_count)
    assert exported.acceptance is None
    assert exported.facing == recogniser.checkpoint.facing == "all-frames"


@pytest.mark.slow
def test_a_gallery_on_it_goes_into_another_process(exported_file, exported):
    gallery = fill_gallery(exported, actions=2)
    copied = pickle.loads(pickle.dumps(gallery))
    assert copied.recogniser.threads == 1
    seen = gallery.exemplars[0].clip
    assert copied.recognize(seen) == gallery.recognize(seen)
    assert_another_process_answers("spawn", exported_file)


@pytest.mark.slow
def test_no_clips_and_joints_farther_away_than_any_can_be_are_refused(exported):
    with pytest.raises(ClipError, match="found none"):
        exported.embed([])
    clip = make_clip(exported, seed=0)
    joints = clip.joints.copy()
    joints[0, 10:20, 7] = 1e10
    with pytest.raises(ClipError, match=r"found one at 1e\+10 in clip 1"):
        exported.embed([clip, clip.with_joints(joints)])


@pytest.mark.slow
def test_small_numbers_count_as_zero_while_it_runs(exported):
    """Fresh attention leaves weights below 1e-38, which a processor multiplies slowly."""

    class Session:
        def run(self, names, _):
            small = torch.full((1,), 1e-38) * 0.1
            return [small.numpy()] * len(names)

    clips = np.zeros((1, 2, 16, 15, 3), np.float32)
    found = replace(exported, session=Session()).describe(clips, np.ones((1, 2, 16), np.bool_))
    assert all(each == 0 for each in found)
    assert torch.full((1,), 1e-38) * 0.1 != 0  # and not after it


@pytest.mark.slow
def test_a_file_that_says_something_else_is_not_kept(
    recogniser, written_before, tmp_path, monkeypatch
):
    monkeypatch.setitem(exporting._TOLERANCE, "float32", 0.0)
    with pytest.raises(CheckpointError, match="Nothing was kept"):
        exporting.export_onnx(recogniser, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_rounded_weights_make_a_smaller_file_that_nearly_agrees(
    recogniser, written_before, tmp_path, precision
):
    clips = as_set([make_clip(recogniser, seed=number, frames=20) for number in range(12)])
    file = tmp_path / "model.onnx"
    done = exporting.export_onnx(recogniser, file, precision=precision, clips=clips)
    assert done.clips_compared == {"float16": 3 + 12, "int8": 6}[precision]
    assert 1e-7 < done.difference < exporting._TOLERANCE[precision]
    stored = {weights.data_type for weights in onnx.load(file).graph.initializer}
    kinds = {"float16": onnx.TensorProto.FLOAT16, "int8": onnx.TensorProto.INT8}
    assert kinds[precision] in stored
    gallery = fill_gallery(OnnxRecogniser.load(file, threads=1), actions=5)
    for exemplar in gallery.exemplars:
        assert gallery.recognize(exemplar.clip).action == exemplar.action


@pytest.mark.slow
@pytest.mark.parametrize("name", ["infogcn", "hdgcn"])
def test_others_are_exported_too_with_convolutions_that_their_runtime_knows(name, tmp_path):
    file = tmp_path / "model.onnx"
    done = exporting.export_onnx(build_short(name), file)
    assert done.difference < 1e-4
    kinds = [node.op_type for node in onnx.load(file).graph.node]
    assert kinds.count("Conv") >= 2 * 2  # near and far, in two blocks


@pytest.mark.slow
def test_the_verb_exports_a_run_folder(recogniser, written_before, tmp_path):
    recogniser.checkpoint.save(tmp_path / PLAIN_FILE)
    file = tmp_path / "out" / "model.onnx"
    done = CliRunner().invoke(app, ["export", str(tmp_path), "--out", str(file), "--json"])
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout.splitlines()[-1])
    assert (record["file"], record["precision"]) == (str(file), "float32")
    assert OnnxRecogniser.load(file).fingerprint == recogniser.fingerprint


@pytest.mark.parametrize("export", [export_onnx, export_native])
def test_a_torch_that_is_too_old_is_named_with_what_it_takes(
    recogniser, tmp_path, export, monkeypatch
):
    monkeypatch.setattr(torch, "__version__", "2.9.1+cpu")
    with pytest.raises(ConfigError, match=r"torch 2\.11 or newer to export with, found 2\.9\.1"):
        export(recogniser, tmp_path / "model.pt2")
    assert list(tmp_path.iterdir()) == []


def test_int8_without_clips_is_refused(recogniser, tmp_path):
    with pytest.raises(ConfigError, match="needs real clips"):
        exporting.export_onnx(recogniser, tmp_path / "model.onnx", precision="int8")


def test_a_file_of_another_kind_is_refused(tmp_path):
    file = tmp_path / "other.onnx"
    file.write_bytes(b"no model")
    with pytest.raises(CheckpointError, match="expected an exported model"):
        OnnxRecogniser.load(file)


@pytest.mark.slow
def test_a_judgement_of_other_distances_is_refused_in_one_sentence(exported_file, tmp_path):
    file = tmp_path / "older.onnx"
    model = onnx.load(exported_file)
    (note,) = (each for each in model.metadata_props if each.key == "crossglg")
    note.value = json.dumps(json.loads(note.value) | {"acceptance": {"matcher": "joints"}})
    onnx.save(model, file)
    with pytest.raises(CheckpointError, match=r"older\.onnx: Expected a judgement of the matcher"):
        OnnxRecogniser.load(file)
