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


class Newcomer:
    """Types commands.

    Args:
        where: Options that each command ends with.
    """

    def __init__(self, where):
        self._where = where

    def type(self, *words):
        done = CliRunner().invoke(app, [*words, *self._where])
        assert done.exit_code == 0, done.output
        return done.stdout

    def enroll(self, *, either_side):
        """Each action of one performer; those named count with either side."""
        for name, clip in ENROLLED.items():
            side = ["--either-side"] if name in either_side else []
            self.type("enroll", name, f"{CLIPS}#p00_{clip}_r0", *side)

    def ask(self, performer, clip):
        return json.loads(self.type("recognize", f"{CLIPS}#{performer}_{clip}_r0", "--json"))


@pytest.fixture(params=list_shipped())
def newcomer(tmp_path, request):
    """Has a gallery of their own, made by shipped weights."""
    return Newcomer(["--gallery", str(tmp_path / "mine.crossglg"), "--model", request.param])


@pytest.mark.slow
def test_three_actions_are_known_of_somebody_else_and_a_fourth_is_not(newcomer):
    newcomer.enroll(either_side={"kick"})
    for name, clip in ENROLLED.items():
        found = newcomer.ask("p03", clip)
        assert found["action"] == name
        assert found["answers"][0]["probability"] > CLEAR
    found = newcomer.ask("p03", "bow")
    assert found["action"] is None
    assert found["unknown_probability"] > CLEAR


@pytest.mark.slow
def test_who_squats_twice_is_known_where_either_side_counts(newcomer):
    newcomer.enroll(either_side=set(ENROLLED))
    for name, clip in ENROLLED.items():
        assert newcomer.ask("p01", clip)["action"] == name
    assert newcomer.ask("p01", "bow")["action"] is None
