"""The examples for programs of one's own: they run, and say what happens in them."""

import runpy
from pathlib import Path

import pytest
from serve_samples import running

EXAMPLES = Path(__file__).parents[2] / "examples"
pytestmark = pytest.mark.slow


def test_frames_of_a_sensor_with_words_and_axes_of_its_own_are_recognised(capsys):
    runpy.run_path(str(EXAMPLES / "01_frames_of_a_sensor.py"), run_name="__main__")
    said = capsys.readouterr().out.splitlines()
    assert [line.split(" in a row")[0] for line in said] == ["wave, 1", "squat, 2"]


def test_another_program_shows_and_asks_over_the_network(capsys, tmp_path):
    example = runpy.run_path(str(EXAMPLES / "02_over_the_network.py"))
    with running(Path("open-small"), tmp_path / "mine.crossglg") as (address, _):
        example["main"](address.removeprefix("http://"))
    *shown, event = capsys.readouterr().out.splitlines()
    assert shown == ["shown: wave", "shown: squat"]
    assert event.startswith("wave, 1 in a row")
