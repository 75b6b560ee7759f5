"""Weights that come with the package, by name."""

from pathlib import Path

import pytest

import crossglg
from crossglg.errors import CheckpointError
from crossglg.shipped import find_run, list_shipped, load_plain

LARGEST_MB = {"open-base": 8.0, "open-small": 1.0}


def test_the_promised_weights_are_there():
    assert set(list_shipped()) == set(LARGEST_MB)


@pytest.mark.parametrize("name", LARGEST_MB)
def test_weights_are_as_small_as_promised_and_say_where_they_come_from(name):
    size = sum(file.stat().st_size for file in find_run(name).iterdir())
    assert size < LARGEST_MB[name] * 1e6
    checkpoint = load_plain(name)
    assert checkpoint.provenance["data"] == "open"
    assert checkpoint.provenance["recipe"]["name"] == "open"
    assert not any("text" in key for key in checkpoint.branch.state_dict())


@pytest.mark.parametrize("name", LARGEST_MB)
def test_shipped_weights_know_when_not_to_answer(name):
    recogniser = crossglg.load(name)
    assert recogniser.acceptance is not None
    assert recogniser.acceptance.among[1] < 0  # farther is less likely


def test_a_wrong_name_is_answered_with_the_names_there_are():
    with pytest.raises(CheckpointError, match="Did you mean 'open-base'"):
        find_run("open-bse")


@pytest.mark.parametrize("name", ["model.onnx", "folder/model.PT2"])
def test_who_loads_an_exported_file_is_told_what_opens_it(name):
    with pytest.raises(CheckpointError, match=r"crossglg\.deployed\.open_model"):
        crossglg.load(name)


def test_a_file_is_no_folder_of_a_run(tmp_path):
    file = tmp_path / "clips.npz"
    file.touch()
    with pytest.raises(CheckpointError, match=r"found the file .*clips\.npz\.$"):
        crossglg.load(file)


def test_no_name_is_not_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckpointError, match="found nothing called ''"):
        crossglg.load("")


def test_a_folder_of_ones_own_comes_before_a_shipped_name(tmp_path, monkeypatch):
    (tmp_path / "open-base").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_run("open-base") == Path("open-base")


def test_a_training_that_was_stopped_in_its_first_epoch_is_said_to_be_unfinished(tmp_path):
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(CheckpointError, match="Give the command that began it again"):
        load_plain(tmp_path)


def test_a_folder_that_is_no_run_is_said_to_be_none(tmp_path):
    with pytest.raises(
        CheckpointError, match=r"open-base, open-small\), found the folder .*no run"
    ):
        load_plain(tmp_path)
