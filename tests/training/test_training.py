"""Runs repeat bit for bit, survive kill -9, and refuse what contradicts itself."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from crossglg.atomic import find_rough
from crossglg.checkpoint import PlainCheckpoint, read_tensors, write_tensors
from crossglg.errors import CheckpointError, ConfigError, DivergenceError
from crossglg.sources.choreography import choreography
from crossglg.text import load_guidance
from crossglg.training import BaseClips, create_recipe, override, read_metrics, train
from crossglg.training.compiling import compile_arguments
from crossglg.training.log import MetricsLog
from crossglg.training.recipes import RECIPES

ACTIONS = ("wave right hand", "kick forward", "squat", "clap hands")

SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, {folder!r})
from test_training import start
start(Path(sys.argv[1]))
"""


def base_clips(facing="first-frame"):
    data = choreography(performers=2, repeats=2, classes=ACTIONS)
    return BaseClips.gather(data, range(len(ACTIONS)), facing=facing)


def tiny_recipe(*settings):
    return override(
        create_recipe("demo"),
        [
            "training.epochs=4",
            "training.batch_size=8",
            "training.frame_count=8",
            "training.warmup_epochs=1",
            "training.precision=32-true",
            "training.mirror=classes",
            "model.options.width=8",
            *settings,
        ],
    )


def start(out, *settings):
    torch.set_num_threads(1)
    base = base_clips()
    guidance = load_guidance(base.class_names, base.layout, descriptions="choreography")
    return train(base, tiny_recipe(*settings), guidance=guidance, out=out, provenance={})


def weights(run):
    return read_tensors(run / "plain.safetensors")[0]


def assert_same_weights(one, other):
    assert one.keys() == other.keys()
    assert all(torch.equal(one[key], other[key]) for key in one)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    run = tmp_path_factory.mktemp("runs") / "whole"
    start(run)
    return run


@pytest.mark.slow
def test_a_run_killed_at_any_moment_ends_with_the_same_weights(finished, tmp_path):
    run = tmp_path / "killed"
    script = SCRIPT.format(folder=os.path.dirname(__file__))
    process = subprocess.Popen([sys.executable, "-c", script, str(run)])
    while len(read_metrics(run)) < 2 and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(read_metrics(run)) < 4
    start(run)
    assert_same_weights(weights(finished), weights(run))
    assert [row["epoch"] for row in read_metrics(run)] == [0, 1, 2, 3]


@pytest.mark.slow
def test_a_run_that_filled_the_disk_goes_on_to_the_same_weights(finished, tmp_path, monkeypatch):
    resource = pytest.importorskip("resource", reason="the system has no limits to set")
    run, limits = tmp_path / "run", resource.getrlimit(resource.RLIMIT_FSIZE)

    def write_and_fill(log, row):
        write(log, row)
        if row["epoch"] == 1:
            resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))

    write = MetricsLog.write
    monkeypatch.setattr(MetricsLog, "write", write_and_fill)
    try:
        with pytest.raises(OSError, match=r"File too large: '.*state\.safetensors'"):
            start(run)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    monkeypatch.undo()
    assert not find_rough(run)
    assert read_tensors(run / "state.safetensors")[1]["next_epoch"] == 1
    start(run)
    assert_same_weights(weights(finished), weights(run))


@pytest.mark.slow
def test_who_may_read_files_may_read_weights(finished, tmp_path):
    plain = tmp_path / "plain"
    plain.touch()
    for name in ("plain.safetensors", "state.safetensors"):
        assert (finished / name).stat().st_mode == plain.stat().st_mode


@pytest.mark.slow
def test_workers_do_not_change_the_result(finished, tmp_path):
    start(tmp_path / "run", "training.workers=1")
    assert_same_weights(weights(finished), weights(tmp_path / "run"))


@pytest.mark.slow
def test_the_log_tells_both_branches_and_what_text_alone_could_do(finished):
    rows = read_metrics(finished)
    assert {
        "loss_plain",
        "loss_fused",
        "loss_calibrate",
        "accuracy_plain",
        "accuracy_fused",
        "accuracy_text_only",
        "gradient_norm",
    } <= rows[-1].keys()
    assert rows[-1]["loss_plain"] < rows[0]["loss_plain"]


@pytest.mark.slow
def test_a_checkpoint_says_what_it_is_and_loads_alone(finished):
    checkpoint = PlainCheckpoint.load(finished / "plain.safetensors")
    assert checkpoint.layout.name == "ntu25"
    assert checkpoint.class_names[:4] == ACTIONS
    assert checkpoint.class_names[4] == "wave right hand (mirrored)"
    assert not checkpoint.branch.training
    assert json.loads(json.dumps(dict(checkpoint.provenance)))["epoch"] == 3


@pytest.mark.slow
def test_a_run_says_by_what_its_clips_face_and_older_ones_meant_the_first_frame(tmp_path):
    recipe = tiny_recipe("model.guidance=none", "training.epochs=1")
    steady = override(recipe, ["training.facing=all-frames"])
    with pytest.raises(ConfigError, match="gathered with 'all-frames', found 'first-frame'"):
        train(base_clips(), steady, guidance=None, out=tmp_path, provenance={})
    assert list(tmp_path.iterdir()) == []
    train(base_clips("all-frames"), steady, guidance=None, out=tmp_path, provenance={})
    file = tmp_path / "plain.safetensors"
    assert PlainCheckpoint.load(file).facing == "all-frames"
    tensors, header = read_tensors(file)
    del header["facing"], header["format"]
    write_tensors(file, tensors, header)
    assert PlainCheckpoint.load(file).facing == "first-frame"
    write_tensors(file, tensors, header | {"facing": "some-frames"})
    with pytest.raises(CheckpointError, match=r"first-frame or all-frames, found 'some-frames'"):
        PlainCheckpoint.load(file)


@pytest.mark.slow
def test_another_run_is_not_continued_by_mistake(finished):
    base = base_clips()
    recipe = tiny_recipe("training.learning_rate=0.01")
    guidance = load_guidance(base.class_names, base.layout, descriptions="choreography")
    with pytest.raises(ConfigError, match=r"recipe\.training\.learning_rate"):
        train(base, recipe, guidance=guidance, out=finished, provenance={})


def test_a_training_that_diverges_says_so_and_what_to_do(tmp_path):
    with pytest.raises(DivergenceError, match=r"epoch 0: loss is nan.*learning_rate below 1e\+30"):
        start(tmp_path / "run", "training.learning_rate=1e30")
    assert not (tmp_path / "run" / "plain.safetensors").exists()


def test_steps_are_compiled_if_asked(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(torch.nn.Module, "compile", lambda self, **words: asked.append(words))
    start(tmp_path / "run", "training.compiled=true", "training.epochs=1")
    assert asked == [{"dynamic": None, **compile_arguments(torch.device("cpu"))}]


@pytest.mark.slow
def test_a_run_from_before_a_setting_came_goes_on(finished, tmp_path):
    run = shutil.copytree(finished, tmp_path / "run")
    described = json.loads((run / "run.json").read_text())
    del described["recipe"]["training"]["compiled"]
    (run / "run.json").write_text(json.dumps(described))
    start(run)
    assert_same_weights(weights(finished), weights(run))


def test_a_damaged_checkpoint_is_named(tmp_path):
    path = tmp_path / "plain.safetensors"
    path.write_bytes(b"rubbish")
    with pytest.raises(CheckpointError, match="expected a crossglg checkpoint"):
        PlainCheckpoint.load(path)


def test_guidance_without_texts_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="needs texts of the base classes"):
        train(base_clips(), tiny_recipe(), guidance=None, out=tmp_path / "run", provenance={})


def test_held_out_clips_are_of_every_class_and_not_trained_on():
    base = base_clips()
    kept, held = base.hold_out(0.25, seed=0)
    assert len(kept.clips) + len(held.clips) == len(base.clips)
    assert sorted(set(held.labels)) == [0, 1, 2, 3]
    assert not set(kept.clips.starts) & set(held.clips.starts)
    assert len(base.hold_out(0.0, seed=0)[1].clips) == 0


def test_a_share_that_holds_nothing_out_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"0\.1 is a clip or more, found at most 4 clips per"):
        start(tmp_path / "run", "training.held_out=0.1")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ("training.learning_rat=1", "Did you mean 'training.learning_rate'"),
        ("training.epochs=many", "expected int, found 'many'"),
        ("model.guidance=both", "expected one of crossglg, none, g2l, l2g"),
        ("training=3", "has parts"),
        ("model.options={width: 16}", r"expected JSON such as .* model\.options\.width=64"),
        ("training.epochs", "Expected --set name=value"),
        ("training.epochs=0", "at least 1 epoch"),
        ("training.epochs=true", "expected int, found True"),
        ("training.seed=-1", r"training\.seed: expected 0 to"),
        ("training.learning_rate=-1", r"training\.learning_rate: expected at least 0"),
        ("training.learning_rate=NaN", r"training\.learning_rate: expected at least 0"),
        ("training.learning_rate=Infinity", r"training\.learning_rate: expected at least 0"),
        ("training.weight_decay=-1", r"training\.weight_decay: expected at least 0"),
        ("training.warmup_epochs=-1", r"training\.warmup_epochs: expected at least 0"),
        ("training.clip_norm=-1", r"training\.clip_norm: expected at least 0"),
        ("training.workers=-1", r"training\.workers: expected at least 0"),
        ("training.step_epochs=5", r"training\.step_epochs: expected a list such as \[40,50\]"),
        ('training.step_epochs=["a"]', r"training\.step_epochs: expected int, found 'a'"),
        ("loss.contrast=-1", r"loss\.contrast: expected at least 0, found -1"),
        ("loss.calibrate=NaN", r"loss\.calibrate: expected at least 0"),
        ("loss.label_smoothing=2", r"loss\.label_smoothing: expected 0 to 1, found 2"),
        ("model.importance_hidden=0", r"model\.importance_hidden: expected at least 1"),
        ("model.interaction.heads=0", r"model\.interaction\.heads: expected at least 1"),
        ("model.interaction.expansion=0", r"model\.interaction\.expansion: expected at least 1"),
        ("model.interaction.dropout=2", r"model\.interaction\.dropout: expected 0 to 1"),
        ("model.interaction.text_dropout=2", r"interaction\.text_dropout: expected 0 to 1"),
    ],
)
def test_a_wrong_setting_is_answered_in_words(setting, complaint):
    with pytest.raises(ConfigError, match=complaint):
        override(create_recipe("metric"), [setting])


def test_options_are_set_as_json_too():
    recipe = override(create_recipe("metric"), ['model.options={"width": 64}'])
    assert recipe.model.options == {"width": 64}


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ("model.options.width=7", r"model\.interaction\.heads: expected a divisor of 14"),
        ("model.options.width=wide", "option 'width': expected int, found 'wide'"),
        ("model.n_pre=0", "n_pre between 1 and 5"),
        ("model.n_pre=6", "n_pre between 1 and 5"),
    ],
)
def test_what_cannot_be_built_is_answered_in_words_and_leaves_the_folder(
    tmp_path, setting, complaint
):
    with pytest.raises(ConfigError, match=complaint):
        start(tmp_path / "run", setting)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_recipes_survive_json(name):
    from crossglg.training import recipe_from_json

    recipe = create_recipe(name)
    read = recipe_from_json(json.loads(json.dumps(recipe.to_json())))
    assert json.dumps(read.to_json()) == json.dumps(recipe.to_json())
    assert replace(read, model=recipe.model) == recipe


def test_batches_are_balanced_and_the_same_for_the_same_seed():
    from crossglg.training.batches import BalancedBatches

    labels = np.repeat([0, 1, 2], [30, 6, 12])
    sampler = BalancedBatches(labels, 12, clips_per_class=2, seed=3)
    order = np.concatenate([draws.clips for draws in sampler])
    np.testing.assert_array_equal(order, np.concatenate([draws.clips for draws in sampler]))
    counts = np.bincount(labels[order])
    assert counts.max() - counts.min() <= 2
    for label in range(3):  # no clip of a class comes again before all have come
        seen = np.bincount(order, minlength=len(labels))[labels == label]
        assert seen.max() - seen.min() <= 1
    assert (labels[order].reshape(-1, 2) == labels[order][::2, None]).all()
    sampler.epoch = 1
    assert not np.array_equal(order, np.concatenate([draws.clips for draws in sampler]))


def test_a_log_that_cannot_be_written_anew_stays_as_it_was(tmp_path, monkeypatch):
    with MetricsLog(tmp_path, next_epoch=0) as log:
        for epoch in range(3):
            log.write({"epoch": epoch, "loss": 1.0})

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("crossglg.atomic.os.replace", fail)
    with pytest.raises(OSError, match=r"No space left on device: '.*metrics.jsonl'"):
        MetricsLog(tmp_path, next_epoch=2)
    assert [row["epoch"] for row in read_metrics(tmp_path)] == [0, 1, 2]
    monkeypatch.undo()
    with MetricsLog(tmp_path, next_epoch=2):
        assert [row["epoch"] for row in read_metrics(tmp_path)] == [0, 1]
