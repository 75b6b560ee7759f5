"""A demo replaces a demo, and nothing that is anybody else's."""

import json

import pytest

from crossglg import demo
from crossglg.demo import run_demo
from crossglg.errors import ConfigError

DEMO = {"recipe": {"name": "demo"}, "provenance": {"data": "choreography", "protocol": "demo"}}
OWN = {"recipe": {"name": "metric"}, "provenance": {"data": "own", "protocol": "utd-a"}}


class DemoBegins(Exception):
    """As far as these tests go."""


@pytest.fixture
def begin(monkeypatch, tmp_path):
    """Start a demo in a folder, up to its first clip."""

    def stop(*args, **options):
        raise DemoBegins

    monkeypatch.setattr(demo, "open_choreography", stop)
    return lambda: run_demo(tmp_path, seed=0)


def write_run(folder, described):
    (folder / "run").mkdir()
    (folder / "run" / "run.json").write_text(described, "utf-8")


@pytest.mark.parametrize("described", [json.dumps(OWN), "[]", "rubbish"])
def test_a_run_and_a_report_of_another_s_are_left_alone(begin, tmp_path, described):
    write_run(tmp_path, described)
    (tmp_path / "report.html").write_text("of a year's work")
    with pytest.raises(ConfigError, match=r"found report\.html without the run.*another --out"):
        begin()
    assert (tmp_path / "run" / "run.json").read_text("utf-8") == described
    assert (tmp_path / "report.html").read_text() == "of a year's work"


@pytest.mark.parametrize("name", ["report.html", "figure.svg"])
def test_a_page_without_a_run_is_left_alone(begin, tmp_path, name):
    (tmp_path / name).write_text("own")
    with pytest.raises(ConfigError, match="give another --out"):
        begin()
    assert (tmp_path / name).read_text() == "own"


def test_a_finished_demo_is_replaced(begin, tmp_path):
    write_run(tmp_path, json.dumps(DEMO))
    (tmp_path / "report.html").write_text("of a demo")
    (tmp_path / "figure.svg").write_text("of a demo")
    with pytest.raises(DemoBegins):
        begin()
    assert not list(tmp_path.iterdir())


def test_a_demo_stopped_while_it_is_replaced_is_no_obstacle(begin, tmp_path, monkeypatch):
    write_run(tmp_path, json.dumps(DEMO))
    (tmp_path / "report.html").write_text("of a demo")
    (tmp_path / "figure.svg").write_text("of a demo")
    monkeypatch.setattr(demo, "TemporaryDirectory", lambda **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        begin()
    with pytest.raises(DemoBegins):
        begin()
    assert (tmp_path / "run" / "run.json").exists()


def test_an_interrupted_demo_goes_on(begin, tmp_path):
    write_run(tmp_path, json.dumps(DEMO))
    (tmp_path / "figure.svg").write_text("of a demo")
    with pytest.raises(DemoBegins):
        begin()
    assert (tmp_path / "run" / "run.json").exists()
