"""The README's second example, as a newcomer would type it: shipped weights, one clip an action."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crossglg.cli import app
from crossglg.shipped import list_shipped

CLIPS = Path(__file__).parents[1] / "examples" / "clips.npz"
CLEAR = 0.75
ENROLLED = {"wave": "wave_right_hand", "squat": "squat", "kick": "kick_forward"}


@pytest.mark.slow
@pytest.mark.parametrize("model", list_shipped())
def test_three_actions_are_known_of_somebody_else_and_a_fourth_is_not(tmp_path, model):
    runner = CliRunner()
    where = ["--gallery", str(tmp_path / "mine.crossglg"), "--model", model]
    for name, clip in ENROLLED.items():
        place = f"{CLIPS}#p00_{clip}_r0"
        side = ["--either-side"] if name == "kick" else []
        done = runner.invoke(app, ["enroll", name, place, *side, *where])
        assert done.exit_code == 0, done.output

    def ask(clip):
        place = f"{CLIPS}#p03_{clip}_r0"
        done = runner.invoke(app, ["recognize", place, "--json", *where])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    for name, clip in ENROLLED.items():
        found = ask(clip)
        assert found["action"] == name
        assert found["answers"][0]["probability"] > CLEAR
    found = ask("bow")
    assert found["action"] is None
    assert found["unknown_probability"] > CLEAR


@pytest.mark.slow
@pytest.mark.parametrize("model", list_shipped())
def test_who_squats_twice_is_known_where_either_side_counts(tmp_path, model):
    runner = CliRunner()
    where = ["--gallery", str(tmp_path / "mine.crossglg"), "--model", model]
    for name, clip in ENROLLED.items():
        words = ["enroll", name, f"{CLIPS}#p00_{clip}_r0", "--either-side", *where]
        assert runner.invoke(app, words).exit_code == 0

    def ask(clip):
        done = runner.invoke(app, ["recognize", f"{CLIPS}#p01_{clip}_r0", "--json", *where])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)["action"]

    assert {name: ask(clip) for name, clip in ENROLLED.items()} == {n: n for n in ENROLLED}
    assert ask("bow") is None
