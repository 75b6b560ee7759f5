"""What the docs say can be done: commands understood, pages built, the quickstart run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crossglg.cli import app
from crossglg.skeleton.layout import Layout
from documents import PAGES, ROOT, blocks, commands
from test_surface import verbs

QUICKSTART = ROOT / "docs" / "index.md"
_TINY = ("training.epochs=1", "training.frame_count=8", "model.options.width=8")
_WORDS = re.compile(r"`crossglg ([\w-]+(?: lint| write)?)(?=[ `])")


def calls(program):
    return [(page.name, words) for page in PAGES for words in commands(page, program)]


@pytest.mark.parametrize(("page", "words"), calls("crossglg"))
def test_every_command_of_the_docs_is_understood(page, words):
    known = verbs()
    verb = next(name for name in known if f"{' '.join(words)} ".startswith(f"{name} "))
    known[verb].make_context(verb, words[len(verb.split()) :])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_verb_that_is_spoken_of_exists(page):
    assert set(_WORDS.findall(page.read_text("utf-8"))) <= {*verbs(), "describe"}


@pytest.mark.parametrize(("page", "words"), calls("python"))
def test_every_script_of_the_docs_exists_and_has_the_options_that_are_given(page, words):
    text = (ROOT / words[0]).read_text("utf-8")
    for word in words[1:]:
        assert not word.startswith("--") or word in text, word


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_json_of_the_docs_is_json(page, tmp_path):
    for number, block in enumerate(blocks(page, "json")):
        record = json.loads(block)
        if {"joints", "bones"} <= record.keys():
            path = tmp_path / f"{number}.json"
            path.write_text(block, "utf-8")
            layout = Layout.from_file(path)
            assert layout.joint_count == len(record["joints"]) == len(layout.mirror_index)


def test_the_site_is_built_without_a_warning(tmp_path):
    pytest.importorskip("mkdocs", reason="mkdocs is not installed (extra docs)")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "index.html").exists()
    page = (tmp_path / "index.html").read_text("utf-8")
    assert not re.findall(r'(?:src|href)="https?://(?!squidfunk)', page)  # nothing from elsewhere


@pytest.mark.slow
def test_the_quickstart_does_what_it_says(tmp_path, monkeypatch):
    """Its code and commands in order, in one folder, on a model too small to be any good."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for code in blocks(QUICKSTART, "python"):
        exec(compile(code, str(QUICKSTART), "exec"), {})
    for words in commands(QUICKSTART):
        if words[0] == "demo":
            continue  # CI's first step; tests/test_cli.py tests the rest of it
        if words[0] == "train":
            words = [*words, *(word for setting in _TINY for word in ("--set", setting))]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, (words, done.output, done.exception)
    made = ("report.html", "why.html", "why.gif", "touch.gif", "gallery.crossglg", "mine.crossglg")
    for each in made:
        assert Path(each).stat().st_size > 1000, each
