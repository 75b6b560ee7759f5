"""An exported model says what torch says, and is not kept if it does not."""

import numpy as np
import pytest
import torch

import crossglg.export as exporting
from crossglg.checkpoint import PlainCheckpoint
from crossglg.deployed import OnnxRecogniser
from crossglg.errors import CheckpointError, ConfigError
from crossglg.guidance.build import ModelConfig, build_plain
from crossglg.oneshot.features import describe
from crossglg.recogniser import Recogniser
from crossglg.skeleton import get_layout

for package in ("onnx", "onnxscript", "onnxruntime"):
    pytest.importorskip(package, reason=f"{package} is not installed (extra 'export')")

LAYOUT = get_layout("openni15")


@pytest.fixture(scope="module")
def recogniser():
    torch.manual_seed(0)
    model = ModelConfig(encoder="stgcn", options={"width": 8}, head="cosine")
    branch = build_plain(model, layout=LAYOUT, max_persons=2, class_count=3).eval()
    names = ("wave", "kick", "bow")
    return Recogniser(PlainCheckpoint(branch, model, LAYOUT, 2, 16, names, {}), None)


@pytest.fixture(scope="module")
def exported(recogniser, tmp_path_factory):
    file = tmp_path_factory.mktemp("export") / "model.onnx"
    done = exporting.export_onnx(recogniser, file)
    assert done.difference < 1e-4
    assert [path.name for path in file.parent.iterdir()] == ["model.onnx"]
    return OnnxRecogniser.load(file, threads=1)


@pytest.mark.slow
@pytest.mark.parametrize(("clip_count", "frame_count"), [(1, 16), (5, 16), (2, 37), (1, 1)])
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
    assert exported.acceptance is None


@pytest.mark.slow
def test_a_file_that_says_something_else_is_not_kept(recogniser, tmp_path, monkeypatch):
    monkeypatch.setitem(exporting._TOLERANCE, "float32", 0.0)
    with pytest.raises(CheckpointError, match="Nothing was kept"):
        exporting.export_onnx(recogniser, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_int8_without_clips_is_refused(recogniser, tmp_path):
    with pytest.raises(ConfigError, match="needs real clips"):
        exporting.export_onnx(recogniser, tmp_path / "model.onnx", precision="int8")


def test_a_file_of_another_kind_is_refused(tmp_path):
    file = tmp_path / "other.onnx"
    file.write_bytes(b"no model")
    with pytest.raises(CheckpointError, match="expected an exported model"):
        OnnxRecogniser.load(file)
