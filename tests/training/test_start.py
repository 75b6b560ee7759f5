"""A run begun from other weights: what is taken over, what is refused, what is remembered."""

from dataclasses import replace

import pytest
import torch
from typer.testing import CliRunner

from crossglg.checkpoint import PlainCheckpoint, read_json, read_tensors
from crossglg.cli import app
from crossglg.errors import CheckpointError, ConfigError, ProtocolError
from crossglg.guidance.build import build_plain
from crossglg.skeleton import get_layout
from crossglg.sources import write_npz
from crossglg.sources.choreography import choreography
from crossglg.sources.splits import custom_protocol
from crossglg.training import (
    BaseClips,
    create_recipe,
    list_met_classes,
    override,
    read_start,
    train,
)
from crossglg.verbs import evaluate_run, split_data, train_run

NAMES = ("wave right hand", "kick forward", "squat", "clap hands", "bow", "punch forward")
SHORT = (
    "training.epochs=2",
    "training.batch_size=8",
    "training.frame_count=8",
    "training.warmup_epochs=0",
    "training.precision=32-true",
    "model.guidance=g2l",
    "model.options.width=8",
)
WORDLESS = "model.guidance=none"


def recipe(*settings):
    return override(create_recipe("demo"), [*SHORT, *settings])


def data():
    torch.set_num_threads(1)
    return choreography(performers=2, repeats=1, classes=NAMES)


def split(novel):
    rules = custom_protocol(novel, class_count=len(NAMES), draw="subject")
    return split_data(data(), rules, masks={})


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A run that knows the first three actions."""
    run = tmp_path_factory.mktemp("runs") / "first"
    base = BaseClips.gather(data().of_classes([0, 1, 2]), [0, 1, 2])
    train(base, recipe(WORDLESS), guidance=None, out=run, provenance={"data": "elsewhere"})
    return run


def fresh(model, layout="ntu25"):
    return build_plain(model, layout=get_layout(layout), max_persons=2, class_count=4)


def give(run, model, layout="ntu25", facing="first-frame"):
    plain = fresh(model, layout)
    read_start(run).give_to(plain, model=model, layout=get_layout(layout), facing=facing)
    return plain


def test_the_encoder_is_taken_over_and_the_classifier_is_not(first):
    learned = PlainCheckpoint.load(first / "plain.safetensors").branch
    begun = give(first, recipe(WORDLESS).model)
    assert all(
        torch.equal(value, begun.encoder.state_dict()[name])
        for name, value in learned.encoder.state_dict().items()
    )
    assert begun.classifier(torch.ones(1, begun.encoder.feature_dim)).shape == (1, 4)


def test_importance_is_taken_over_where_both_have_one(first, tmp_path):
    give(first, recipe("model.guidance=g2l").model)  # the start has none
    run = tmp_path / "guided"
    train_run(split([3, 4, 5]), recipe(), out=run)
    learned = PlainCheckpoint.load(run / "plain.safetensors").branch
    begun = give(run, recipe("model.guidance=g2l").model)
    assert torch.equal(learned.importance.score.weight, begun.importance.score.weight)
    assert learned.importance.score.weight.abs().max() > 0


@pytest.mark.parametrize(
    ("setting", "layout", "complaint"),
    [
        ("model.options.width=16", "ntu25", r"\(width 16\).*found encoder patchgcn \(width 8\)"),
        (
            "model.encoder=infogcn",
            "ntu25",
            "encoder infogcn.*--encoder patchgcn --set model.options",
        ),
        ("training.epochs=2", "openni15", "15 joints of 'openni15'.*join DATA --layout ntu25"),
    ],
)
def test_weights_of_another_model_are_refused_in_one_sentence(first, setting, layout, complaint):
    with pytest.raises(ConfigError, match=complaint):
        give(first, recipe(WORDLESS, setting).model, layout)


def test_weights_for_another_number_of_persons_are_refused_by_that_number(tmp_path):
    model = recipe("model.encoder=infogcn").model
    one, two = (
        build_plain(model, layout=get_layout("ntu25"), max_persons=count, class_count=4)
        for count in (1, 2)
    )
    PlainCheckpoint(one, model, get_layout("ntu25"), 1, 8, NAMES[:4], {}).save(
        tmp_path / "plain.safetensors"
    )
    with pytest.raises(ConfigError, match=r"for 2 persons to start from, found .* for 1 person in"):
        read_start(tmp_path).give_to(
            two, model=model, layout=get_layout("ntu25"), facing="first-frame"
        )


def test_weights_that_saw_bodies_face_otherwise_are_refused(first):
    with pytest.raises(ConfigError, match=r"'all-frames'.*found 'first-frame'.*facing=first-frame"):
        give(first, recipe(WORDLESS).model, facing="all-frames")


def test_a_run_restarted_from_its_start_ends_with_the_same_weights(first, tmp_path):
    one, other = tmp_path / "whole", tmp_path / "broken"
    parts = split([0, 1])  # two of those that the start knows: so it is not told
    base = BaseClips.gather(parts.base, parts.protocol.base)

    def go(out, progress=None, start=first):
        train(
            base, recipe(WORDLESS), guidance=None, out=out, provenance={},
            progress=progress, start=start and read_start(start),
        )  # fmt: skip

    def stop(done, total, means):
        if done > total / 2:
            raise KeyboardInterrupt

    go(one)
    with pytest.raises(KeyboardInterrupt):
        go(other, stop)
    go(other)
    whole, broken = (read_tensors(run / "plain.safetensors")[0] for run in (one, other))
    assert all(torch.equal(whole[name], broken[name]) for name in whole)
    with pytest.raises(ConfigError, match=r"other settings \(provenance\.start"):
        go(other, start=None)


def test_what_the_start_has_met_is_remembered_and_is_never_novel(first, tmp_path):
    with pytest.raises(ProtocolError, match="'first' was trained on kick forward, wave right hand"):
        train_run(split([0, 1]), recipe(WORDLESS), out=tmp_path / "a", start_from=first)
    checkpoint = train_run(split([3, 4]), recipe(WORDLESS), out=tmp_path / "b", start_from=first)
    assert set(NAMES[:3]) <= set(list_met_classes(checkpoint))
    start = read_json(tmp_path / "b" / "run.json")["provenance"]["start"]
    assert (start["run"], len(start["sha256"])) == ("first", 64)
    elsewhere = split([0, 3])
    elsewhere = replace(elsewhere, novel=replace(elsewhere.novel, name="other data"))
    judged = evaluate_run(checkpoint, elsewhere, classifiers=["cosine"], draws=1)
    assert judged.seen == ("wave right hand",)


def test_a_mirrored_clip_of_a_base_class_gives_no_novel_class_away(tmp_path):
    names = ("wave left hand", "wave right hand", "squat", "bow")
    torch.set_num_threads(1)
    made = choreography(performers=2, repeats=1, classes=names)
    rules = custom_protocol([1, 2], class_count=len(names), draw="subject")
    apart = split_data(made, rules, masks={})
    settings = (WORDLESS, "training.mirror=classes", "training.epochs=1")
    checkpoint = train_run(apart, recipe(*settings), out=tmp_path / "run")
    assert checkpoint.class_names == ("wave left hand", "bow", "bow (mirrored)")
    assert evaluate_run(checkpoint, apart, classifiers=["cosine"], draws=1).seen == ()
    leaked = (*checkpoint.class_names[:2], "wave left hand (mirrored)")
    with pytest.raises(ProtocolError, match="it was trained on: wave right hand"):
        evaluate_run(replace(checkpoint, class_names=leaked), apart, draws=1)


def test_the_command_line_starts_from_runs_and_shipped_names(first, tmp_path):
    write_npz(data(), tmp_path / "own.npz")
    words = ["train", str(tmp_path / "own.npz"), "--protocol", "all", "--recipe", "demo"]
    words += [f"--set={setting}" for setting in (*SHORT, "training.epochs=1")]
    words += ["--guidance", "none"]
    done = CliRunner().invoke(
        app, [*words, "--set", WORDLESS, "--out", str(tmp_path / "run"), "--start-from", str(first)]
    )
    assert done.exit_code == 0, (done.output, done.exception)
    done = CliRunner().invoke(
        app, [*words, "--out", str(tmp_path / "other"), "--start-from", "open-base"]
    )
    assert "join DATA --layout openni15" in str(done.exception)
    words[words.index("--recipe") + 1] = "beyond"
    joined = str(tmp_path / "joined")
    for line in (
        ["join", str(tmp_path / "own.npz"), "--layout", "openni15", "--out", joined],
        ["train", joined, *words[2:], "--set=model.options.width=64", "--set", WORDLESS,
         "--start-from", "open-base", "--out", str(tmp_path / "tuned")],
    ):  # fmt: skip
        done = CliRunner().invoke(app, line)
        assert done.exit_code == 0, (done.output, done.exception)
    assert "bend" in list_met_classes(PlainCheckpoint.load(tmp_path / "tuned/plain.safetensors"))
    with pytest.raises(CheckpointError, match="Did you mean 'open-base'"):
        train_run(split([3, 4]), recipe(), out=tmp_path / "none", start_from="open-bas")
