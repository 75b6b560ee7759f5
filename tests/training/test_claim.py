"""Who trains in a folder has it alone, and killed trainings leave nothing in the way."""

import signal
import subprocess
import sys

import pytest
from test_training import base_clips, tiny_recipe

from crossglg.checkpoint import read_json
from crossglg.errors import ConfigError
from crossglg.training import claim as claims
from crossglg.training import train
from crossglg.training.claim import claim
from crossglg.training.state import open_run

HOLD = """
import sys, time
from pathlib import Path
from crossglg.training.claim import claim
with claim(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def open_briefly(out, *settings):
    with open_run(out, tiny_recipe(*settings), {}):
        pass


def test_who_comes_second_is_refused_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "_PATIENCE_S", 0.0)
    out = tmp_path / "run"
    recipe = tiny_recipe("model.guidance=none", "training.epochs=1")
    with claim(out), pytest.raises(ConfigError, match="another process is training in this"):
        train(base_clips(), recipe, guidance=None, out=out, provenance={})
    train(base_clips(), recipe, guidance=None, out=out, provenance={})


def test_a_killed_process_holds_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "_PATIENCE_S", 0.0)
    out = tmp_path / "run"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(out)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    with pytest.raises(ConfigError, match="another process"):
        open_briefly(out)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    open_briefly(out)
    assert (out / "run.json").exists()


def test_what_a_killed_process_left_half_made_is_no_obstacle_and_goes(tmp_path):
    left = [tmp_path / ".crossglg-0123456789ab.tmp", tmp_path / ".state.safetensors.4711"]
    for _ in ("a new run", "the same again"):
        for path in left:
            path.write_bytes(b"half")
        open_briefly(tmp_path)
        assert not any(path.exists() for path in left)
    assert read_json(tmp_path / "run.json")["recipe"]


def test_a_folder_with_something_else_in_it_stays_as_it_is(tmp_path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(ConfigError, match="expected a new or empty folder"):
        open_briefly(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
