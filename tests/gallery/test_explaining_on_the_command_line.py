"""Explain and draw, as somebody at a terminal does."""

import json

import pytest
from typer.testing import CliRunner

import crossglg.deployed
import crossglg.gallery
from crossglg.checkpoint import PLAIN_FILE, write_json
from crossglg.cli import app
from crossglg.errors import ConfigError
from crossglg.gallery import Gallery, save_gallery
from crossglg.recogniser import ACCEPTANCE_FILE
from crossglg.sources import write_npz
from crossglg.sources.choreography import choreography


@pytest.fixture(scope="module")
def place(recogniser, clips, tmp_path_factory):
    """A folder with a run, a file of four clips and a gallery of two actions."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "run").mkdir()
    recogniser.checkpoint.save(folder / "run" / PLAIN_FILE)
    data = choreography(performers=2, repeats=1, classes=["wave right hand", "squat"])
    write_npz(data, folder / "clips.npz")
    gallery = Gallery(recogniser)
    for action, clip in zip(("wave", "squat"), clips[0][:2], strict=True):
        gallery = gallery.enroll(action, clip)
    save_gallery(gallery, folder / "gallery.crossglg")
    return folder


@pytest.fixture
def call(place, monkeypatch):
    """Run a verb in the folder."""
    monkeypatch.chdir(place)
    return lambda *words: CliRunner().invoke(app, [*words, "--model", "run"])


@pytest.mark.slow
def test_an_answer_is_explained_in_words_numbers_and_pictures(place, call):
    shown = ["clips.npz#2", "--html", "why.html", "--gif", "why.gif", "--json"]
    done = call("explain", *shown)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert sum(row["part"] for row in told["joints"]) == pytest.approx(told["difference"], abs=1e-5)
    assert sum(map(sum, told["parts"])) == pytest.approx(told["difference"], abs=1e-5)
    assert told["action"] in ("wave", "squat")
    page = (place / "why.html").read_text("utf-8")
    assert "rather than" in page
    assert "clips.npz#2" in page
    assert (place / "why.gif").read_bytes().startswith(b"GIF89a")
    assert told["sentence"] in call("explain", "clips.npz#2").stdout


@pytest.mark.slow
def test_an_explanation_is_as_sure_as_it_is_asked_to_be(place, call, recogniser):
    judgement = place / "run" / ACCEPTANCE_FILE
    write_json(judgement, recogniser.acceptance.to_json())
    for sure, is_known in (("0", True), ("1", False)):
        told = json.loads(call("explain", "clips.npz#2", "--json", "--sure", sure).stdout)
        assert (told["action"] is not None) == is_known
    judgement.unlink()


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1])
def test_a_clip_that_is_an_exemplar_is_explained_too(place, call, number):
    """Its distance from itself is rounding, the root of it even."""
    done = call("explain", f"clips.npz#{number}", "--html", f"new/own-{number}.html")
    assert done.exit_code == 0, done.output
    assert (place / "new" / f"own-{number}.html").exists()


@pytest.mark.parametrize("words", [("explain", "--html", "w.html"), ("draw", "--out", "w.html")])
def test_pictures_of_importance_need_a_run(place, call, words, monkeypatch):
    monkeypatch.setattr(crossglg.deployed, "open_model", lambda _: object())
    monkeypatch.setattr(crossglg.gallery, "open_gallery", lambda *_: None)
    monkeypatch.setattr(crossglg.gallery, "explain", lambda *_, **__: None)
    verb, *rest = words
    done = CliRunner().invoke(app, [verb, "clips.npz#0", *rest, "--model", "m.ONNX"])
    assert isinstance(done.exception, ConfigError)
    assert "expected a run or shipped weights, found the exported file 'm.ONNX'" in str(
        done.exception
    )


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".svg", ".html"])
def test_a_clip_is_drawn(place, call, suffix):
    done = call("draw", "clips.npz#0", "--out", f"clip{suffix}")
    assert done.exit_code == 0, done.output
    assert (place / f"clip{suffix}").stat().st_size > 1000


def test_another_suffix_is_refused(call):
    done = call("draw", "clips.npz#0", "--out", "clip.avi")
    assert isinstance(done.exception, ConfigError)
    assert "--out: expected .gif" in str(done.exception)
