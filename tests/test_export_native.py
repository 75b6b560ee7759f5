"""Native code says what torch says, and none runs on a machine that it was not made for."""

import json
import os
import pickle
import platform
import shutil
from zipfile import ZipFile

import numpy as np
import pytest
import torch
from torch import nn
from torch._inductor import config as inductor_config
from typer.testing import CliRunner

import crossglg.deployed.native as native
import crossglg.export.native as exporting
from crossglg.benchmark import fill_gallery
from crossglg.checkpoint import PLAIN_FILE
from crossglg.cli import app
from crossglg.deployed import NativeRecogniser, open_model
from crossglg.errors import CheckpointError, ClipError, ConfigError
from other_process import assert_another_process_answers
from tiny_recogniser import (
    FRAMES,
    LAYOUT,
    assert_says_what_torch_says,
    build,
    build_short,
    needs_compiler,
    unchecked_shapes,  # noqa: F401 (by itself)
)


@pytest.fixture(scope="module")
def recogniser():
    return build("patchgcn")


@pytest.fixture(scope="module")
def exported_file(recogniser, tmp_path_factory):
    file = tmp_path_factory.mktemp("export") / "model.pt2"
    done = exporting.export_native(recogniser, file)
    assert done.difference < 1e-4
    assert done.clips_compared == 8 + 1
    assert [path.name for path in file.parent.iterdir()] == ["model.pt2"]
    return file


@pytest.fixture
def compiled_before(exported_file, monkeypatch):
    """The same weights need not be compiled again."""
    monkeypatch.setattr(
        exporting, "write_native", lambda network, file, **_: shutil.copy(exported_file, file)
    )


@needs_compiler
@pytest.mark.slow
@pytest.mark.parametrize("clip_count", [1, 2, 9])
def test_any_number_of_clips_gives_torch_s_features(recogniser, exported_file, clip_count):
    exported = NativeRecogniser.load(exported_file)
    assert_says_what_torch_says(recogniser, exported, clip_count=clip_count)


@needs_compiler
@pytest.mark.slow
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library than glibc")
def test_its_weights_lie_at_the_start_of_a_page(exported_file):
    """Of the two that memory is asked from, each library knows one."""
    with ZipFile(exported_file) as package:
        libraries = [package.read(name) for name in package.namelist() if name.endswith(".so")]
    assert len(libraries) == 2  # for one clip, and for eight
    for library in libraries:
        names = library.split(b"\0")
        assert b"valloc" in names
        assert b"malloc" not in names


@needs_compiler
@pytest.mark.slow
def test_code_for_any_number_of_clips_as_it_was_made_before_is_to_be_made_again(
    exported_file, tmp_path
):
    file = tmp_path / "before.pt2"
    with ZipFile(exported_file) as package, ZipFile(file, "w") as before:
        for name in package.namelist():
            if "/aotinductor/8/" not in name:
                before.writestr(
                    name.replace("/aotinductor/1/", "/aotinductor/model/"), package.read(name)
                )
    with pytest.raises(CheckpointError, match="no program for one clip; export the run again"):
        open_model(file)


@pytest.mark.parametrize(
    ("form", "counts"), [((1, 64, 25), (1,)), ((1, 32, 15), (1, 8)), ((2, 300, 25), (1,))]
)
def test_small_clips_have_a_program_for_some_at_once(form, counts):
    assert exporting.choose_counts(*form) == counts


class OfStrong(nn.Module):
    """Goes another way with small numbers."""

    def forward(self, clips):
        return 2 * clips if clips.sum() > 3 else clips


@needs_compiler
def test_a_network_whose_steps_depend_on_its_numbers_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(ConfigError, match="steps do not depend on the numbers in a clip, found"):
        exporting.write_native(OfStrong(), tmp_path / "strong.pt2", example=(torch.ones(1, 3),))
    assert list(tmp_path.iterdir()) == []


@needs_compiler
@pytest.mark.slow
def test_what_the_code_cannot_read_is_refused_or_put_in_order(recogniser, exported_file):
    exported = NativeRecogniser.load(exported_file)
    clips = np.random.default_rng(0).standard_normal((4, 2, FRAMES, 15, 3), dtype=np.float32)
    present = np.ones(clips.shape[:3], dtype=np.bool_)
    expected = exported.run(clips[::2].copy(), present[::2].copy())
    found = exported.run(clips[::2], present[::2])
    np.testing.assert_array_equal(found.pooled, expected.pooled)
    for wrong in (clips[:, :, :9], clips[:, :1], clips.astype(np.float64), clips[:0]):
        with pytest.raises(ClipError, match="for this model's native code, found"):
            exported.run(wrong, np.ones(wrong.shape[:3], dtype=np.bool_))
    with pytest.raises(ClipError, match=r"found bool of shape \(3, 2, 16\)"):
        exported.run(clips, present[:3])


@needs_compiler
@pytest.mark.slow
def test_a_gallery_knows_its_actions_by_it(recogniser, exported_file):
    exported = open_model(exported_file)
    assert exported.layout == LAYOUT
    assert (exported.encoder, exported.parameter_count) == ("patchgcn", recogniser.parameter_count)
    assert exported.fingerprint == recogniser.fingerprint
    assert exported.acceptance is None
    gallery = fill_gallery(exported, actions=5)
    for exemplar in gallery.exemplars:
        assert gallery.recognize(exemplar.clip).action == exemplar.action
    copied = pickle.loads(pickle.dumps(gallery))  # as it goes into another process
    assert copied.recognize(exemplar.clip) == gallery.recognize(exemplar.clip)


@needs_compiler
@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_process_answers(exported_file):
    assert_another_process_answers("fork", exported_file)


@needs_compiler
@pytest.mark.slow
def test_verbs_write_it_and_enrol_with_it(recogniser, compiled_before, tmp_path):
    recogniser.checkpoint.save(tmp_path / PLAIN_FILE)
    file, gallery = tmp_path / "out" / "model.pt2", tmp_path / "own.crossglg"
    words = [
        ["export", str(tmp_path), "--out", str(file), "--json"],
        ["enroll", "wave", "examples/clips.npz#0", "--model", str(file), "--gallery", str(gallery)],
        ["recognize", "examples/clips.npz#0", "--model", str(file), "--gallery", str(gallery)],
    ]
    done = [CliRunner().invoke(app, each) for each in words]
    assert [each.exit_code for each in done] == [0, 0, 0], done
    assert json.loads(done[0].stdout.splitlines()[-1])["file"] == str(file)
    assert "wave" in done[2].stdout


@needs_compiler
@pytest.mark.slow
def test_code_that_says_something_else_is_not_kept(
    recogniser, compiled_before, tmp_path, monkeypatch
):
    monkeypatch.setattr(exporting, "_TOLERANCE", 0.0)
    with pytest.raises(CheckpointError, match="Nothing was kept"):
        exporting.export_native(recogniser, tmp_path / "model.pt2")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("compiler", "message"),
    [
        ("no-such-compiler", "found no 'no-such-compiler'"),
        pytest.param("false", "Expected 'false' to make", marks=pytest.mark.slow),
    ],
)
def test_without_a_compiler_that_works_nothing_is_left(tmp_path, compiler, message):
    recogniser = build_short("patchgcn")
    with (
        inductor_config.patch({"cpp.cxx": (None, compiler)}),
        pytest.raises(ConfigError, match=message),
    ):
        exporting.export_native(recogniser, tmp_path / "model.pt2")
    assert list(tmp_path.iterdir()) == []


def test_rounded_weights_are_for_onnx(recogniser, tmp_path):
    recogniser.checkpoint.save(tmp_path / PLAIN_FILE)
    words = ["export", str(tmp_path), "--out", str(tmp_path / "m.pt2"), "--precision", "int8"]
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, ConfigError)
    assert "Expected precision float32 for native code, found int8" in str(done.exception)


def write_package(file, recogniser, *, acceptance=None, **machine):
    """A package of the right kind whose code, were it loaded, is none."""
    noted = exporting.make_header(recogniser) | {"acceptance": acceptance}
    notes = native.note_machine(noted)
    header = json.loads(notes["crossglg"])
    header["machine"].update(machine)
    with ZipFile(file, "w") as package:
        package.writestr(
            "m/model.wrapper_metadata.json", json.dumps({"crossglg": json.dumps(header)})
        )
        package.writestr("m/model.wrapper.so", b"no code")


@pytest.mark.parametrize(
    ("machine", "message"),
    [
        ({"torch": "1.0"}, "made for torch 1.0, this is "),
        ({"system": "Amiga"}, "made for system Amiga, this is "),
        ({"vectors": "AVX4096"}, "made for vectors AVX4096, this is "),
        ({"instructions": ["avx4096"]}, "a processor that knows avx4096, which this one does not"),
        ({}, "the native code does not load"),
    ],
)
def test_code_for_another_machine_is_refused_before_it_runs(recogniser, tmp_path, machine, message):
    file = tmp_path / "model.pt2"
    write_package(file, recogniser, **machine)
    with pytest.raises(CheckpointError, match=message):
        open_model(file)


def test_a_judgement_of_other_distances_is_refused_in_one_sentence(recogniser, tmp_path):
    file = tmp_path / "model.pt2"
    write_package(file, recogniser, acceptance={"matcher": "joints"})
    with pytest.raises(CheckpointError, match=r"model\.pt2: Expected a judgement of the matcher"):
        open_model(file)


def test_files_of_another_kind_are_refused(tmp_path):
    file = tmp_path / "other.pt2"
    with pytest.raises(CheckpointError, match="expected an exported model"):
        NativeRecogniser.load(file)
    file.write_bytes(b"no model")
    with pytest.raises(CheckpointError, match="expected an exported model"):
        NativeRecogniser.load(file)
    with ZipFile(file, "w") as package:
        package.writestr("m/model.wrapper_metadata.json", "{}")
    with pytest.raises(CheckpointError, match="expected an exported model"):
        NativeRecogniser.load(file)
