"""Explain and draw, as somebody at a terminal does."""

import json
import subprocess
import sys

import pytest

from crossglg.gallery import Gallery, save_gallery
from crossglg.sources import write_npz
from crossglg.sources.choreography import choreography
from crossglg.training import PLAIN_FILE


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


def call(place, *words):
    command = [sys.executable, "-m", "crossglg", *words, "--model", "run"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=place)


@pytest.mark.slow
def test_an_answer_is_explained_in_words_numbers_and_pictures(place):
    shown = ["clips.npz#2", "--html", "why.html", "--gif", "why.gif", "--json"]
    done = call(place, "explain", *shown)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert sum(row["part"] for row in told["joints"]) == pytest.approx(told["difference"], abs=1e-5)
    assert sum(map(sum, told["parts"])) == pytest.approx(told["difference"], abs=1e-5)
    assert told["action"] in ("wave", "squat")
    page = (place / "why.html").read_text("utf-8")
    assert "rather than" in page
    assert "clips.npz#2" in page
    assert (place / "why.gif").read_bytes().startswith(b"GIF89a")
    assert told["sentence"] in call(place, "explain", "clips.npz#2").stdout


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".gif", ".webp", ".svg", ".html"])
def test_a_clip_is_drawn(place, suffix):
    done = call(place, "draw", "clips.npz#0", "--out", f"clip{suffix}")
    assert done.returncode == 0, done.stderr
    assert (place / f"clip{suffix}").stat().st_size > 1000


@pytest.mark.slow
def test_another_suffix_is_refused_in_one_sentence(place):
    done = call(place, "draw", "clips.npz#0", "--out", "clip.avi")
    assert done.returncode == 1
    assert "--out: expected .gif" in done.stderr
