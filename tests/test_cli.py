"""The command line: its verbs, their JSON, and errors as one sentence."""

import json
import os
import subprocess
import sys

import pytest

RUN = [sys.executable, "-m", "crossglg"]


def call(*words, **environment):
    return subprocess.run(
        [*RUN, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


def test_help_needs_no_torch():
    code = (
        "import sys, crossglg.cli; from typer.testing import CliRunner;"
        "result = CliRunner().invoke(crossglg.cli.app, ['--help']);"
        "assert result.exit_code == 0, result.output;"
        "assert 'torch' not in sys.modules and 'sklearn' not in sys.modules;"
        "print(result.output)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(verb in done.stdout for verb in ("demo", "train", "evaluate", "prepare", "info"))


def test_importing_the_package_needs_no_torch():
    code = "import sys, crossglg; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_who_recognises_waits_for_nothing_that_only_learning_needs():
    code = "import sys, crossglg.live; assert not {'sklearn', 'scipy'} & {*sys.modules}"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_who_evaluates_waits_for_nothing_that_only_training_needs():
    unneeded = "{'lightning_fabric', 'tensorboardX', 'torch._dynamo'}"
    code = f"import sys, crossglg.verbs; assert not {unneeded} & {{*sys.modules}}"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_version_is_told():
    import crossglg

    assert call("--version").stdout == f"crossglg {crossglg.__version__}\n"


@pytest.mark.slow
def test_info_names_what_there_is_to_choose_from():
    described = json.loads(call("info", "--json").stdout)
    assert described["torch"] != "not installed"
    assert "utd-a" in described["protocols"]
    assert "infogcn" in described["encoders"]


@pytest.mark.slow
def test_train_and_evaluate_end_to_end(tmp_path, call_here):
    from crossglg.sources import write_npz
    from crossglg.sources.choreography import choreography, list_actions

    data = tmp_path / "choreography.npz"
    write_npz(choreography(performers=3, repeats=1, classes=list_actions()), data)
    tiny = ["training.epochs=1", "training.frame_count=8", "model.options.width=8"]
    settings = [word for setting in tiny for word in ("--set", setting)]
    run = tmp_path / "run"
    words = ["--protocol", "demo", "--recipe", "demo", "--out", run]
    trained = call("train", data, *words, *settings)
    assert trained.returncode == 0, trained.stderr
    judged = call_here("evaluate", run, data, "--protocol", "demo", "--draws", 3, "--json")
    assert judged.returncode == 0, judged.stderr
    result = json.loads(judged.stdout)
    assert (result["protocol"], result["n_way"], result["draws"]) == ("demo", 12, 3)
    assert {"cosine", "joints", "dtw", "motion", "joints+motion", "calibrated"} == result[
        "results"
    ].keys()
    for row in (*result["results"].values(), result["floor"]):
        assert 0 <= row["mean"] <= 100
        assert row["std"] >= 0
    seen = call_here("evaluate", run, data, "--novel", "1,2")
    assert seen.returncode == 1
    assert "trained on" in seen.stderr


@pytest.mark.slow
def test_own_data_and_own_descriptions_are_trained_together(tmp_path, call_here):
    from dataclasses import replace

    from crossglg.sources import write_npz
    from crossglg.sources.choreography import choreography, list_actions
    from crossglg.text.descriptions import load_descriptions

    names = ("greet the postman", "knock at the gate", "call a taxi")
    shown = list_actions()[:3]
    data, texts, run = tmp_path / "own.npz", tmp_path / "own.json", tmp_path / "run"
    clips = choreography(performers=2, repeats=1, classes=shown)
    write_npz(replace(clips, class_names=names), data)
    known = load_descriptions("choreography")
    renamed = [replace(a, action=n) for a, n in zip(known.for_classes(shown), names, strict=True)]
    replace(known, name="own", actions=tuple(renamed)).save(texts)
    tiny = ["training.epochs=1", "training.frame_count=8", "model.options.width=8"]
    own = [f"descriptions={texts}", "text_encoder=hashing"]
    settings = [word for setting in (*tiny, *own) for word in ("--set", setting)]
    words = ["--protocol", "all", "--recipe", "demo", "--out", run]
    trained = call_here("train", data, *words, *settings)
    assert trained.returncode == 0, trained.stderr
    assert "Trained on 6 clips of 3 base classes" in trained.stdout
    refused = call_here("train", data, *words[:-1], tmp_path / "other", *settings[:6])
    assert refused.returncode == 1
    assert "says nothing about: greet the postman" in refused.stderr


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["train", "nowhere.npz", "--protocol", "utd-c", "--out", "run"], "Did you mean 'utd-"),
        (["train", "nowhere.npz", "--protocol", "utd-a", "--out", "run"], "nowhere.npz"),
        (["evaluate", "run", "nowhere.npz"], "either --protocol or --novel"),
        (
            ["draw", "examples/clips.npz#0", "--out", "examples/clips.npz/below.svg"],
            "clips.npz/below.svg: Not a directory.",
        ),
        (["list", "--model", "nowhere.onnx"], "nowhere.onnx: expected an exported model, found no"),
    ],
)
def test_errors_are_one_sentence(words, complaint, call_here):
    done = call_here(*words)
    assert done.returncode == 1
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_signs_that_a_terminal_lacks_lose_no_answer(tmp_path):
    words = (
        "enroll",
        "Gr\u00fc\u00dfe \u624b",
        "examples/clips.npz#0",
        "--gallery",
        tmp_path / "g.crossglg",
    )
    done = call(*words, "--model", "open-small", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert r"Gr\xfc\xdfe \u624b" in done.stdout


@pytest.mark.parametrize("verb", ["train", "evaluate", "demo"])
def test_a_seed_is_not_negative(verb):
    from typer.testing import CliRunner

    from crossglg.cli import app

    words = {"train": ["a.npz"], "evaluate": ["run", "a.npz"], "demo": []}[verb]
    refused = CliRunner().invoke(app, [verb, *words, "--seed", "-1"])
    assert refused.exit_code == 2
    assert "Invalid value for" in refused.output  # and not: missing option
