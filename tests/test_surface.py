"""What users rely on by name: the package's names, the options, the README's words."""

import importlib
import pkgutil
import re
import subprocess
import sys
from types import FunctionType

import pytest
import typer

import crossglg
from crossglg.cli import app
from documents import README, ROOT, blocks, commands

OPTIONS = {
    "demo": {"--out", "--show", "--seed", "--json"},
    "train": {
        *("--protocol", "--out", "--recipe", "--encoder", "--guidance", "--set", "--seed"),
        *("--layout", "--start-from"),
    },
    "evaluate": {
        *("--protocol", "--novel", "--draws", "--classifier", "--seed", "--layout", "--json"),
    },
    "prepare": {"--out", "--workers", "--missing", "--name", "--layout", "--json"},
    "join": {"--out", "--layout", "--without", "--most-per-class", "--name"},
    "info": {"--json"},
    "compare": {
        *("--protocol", "--methods", "--out", "--seeds", "--recipe", "--set", "--classifier"),
        *("--draws", "--workers", "--layout", "--json"),
    },
    "protocol list": {"--json"},
    "protocol show": {"--json"},
    "protocol verify": {"--layout", "--json"},
    "reproduce": {
        *("--data", "--quick", "--seeds", "--out", "--set", "--workers", "--json"),
    },
    "inspect": {"--html", "--layout", "--json"},
    "import-weights": {"--out", "--option"},
    "enroll": {
        *("--model", "--gallery", "--from", "--to", "--pose-model", "--persons", "--layout"),
        "--either-side",
    },
    "dismiss": {
        *("--model", "--gallery", "--from", "--to", "--pose-model", "--persons", "--layout"),
        *("--either-side", "--forget", "--number"),
    },
    "recognize": {
        *("--model", "--gallery", "--top", "--from", "--to", "--pose-model", "--persons"),
        *("--sure", "--layout", "--json"),
    },
    "count": {
        *("--model", "--gallery", "--from", "--to", "--pose-model", "--persons", "--layout"),
        "--json",
    },
    "form": {
        *("--model", "--gallery", "--from", "--to", "--pose-model", "--persons", "--layout"),
        *("--tolerance", "--json"),
    },
    "live": {
        *("--model", "--gallery", "--camera", "--source", "--pose-model", "--persons"),
        *("--sure", "--form", "--layout", "--json"),
    },
    "pose-model": {"--from-npm"},
    "report": {
        *("--out", "--protocol", "--novel", "--draws", "--classifier", "--map", "--seed"),
        "--layout",
    },
    "explain": {"--model", "--gallery", "--html", "--gif", "--sure", "--layout", "--json"},
    "draw": {"--out", "--model", "--layout"},
    "export": {"--out", "--precision", "--data", "--layout", "--json"},
    "benchmark": {"--json"},
    "list": {"--model", "--gallery", "--clips", "--json"},
    "rename": {"--model", "--gallery"},
    "remove": {"--model", "--gallery", "--number"},
    "serve": {
        *("--model", "--gallery", "--host", "--port", "--token", "--name", "--rate", "--workers"),
        *("--sure", "--certificate", "--key"),
    },
    "embed": {"--encoder", "--out", "--onnx"},
    "describe lint": {"--json"},
    "describe write": {
        *("--actions", "--layout", "--model", "--out", "--context", "--base-url", "--api-key"),
        *("--price-in", "--price-out", "--timeout", "--retries", "--dry-run", "--yes"),
    },
}


def verbs(group=None, before=()):
    """{"verb" or "group verb": command} of the whole command line."""
    group = group or typer.main.get_command(app)
    found = {}
    for name, command in group.commands.items():
        path = (*before, name)
        found |= verbs(command, path) if hasattr(command, "commands") else {" ".join(path): command}
    return found


def options(command):
    return {word for option in command.params for word in option.opts if word.startswith("--")}


def test_no_option_comes_or_goes_unnoticed():
    assert {name: options(command) for name, command in verbs().items()} == OPTIONS


@pytest.mark.parametrize("words", commands(README), ids=" ".join)
def test_the_commands_of_the_readme_are_understood(words):
    known = verbs()
    verb = next(name for name in known if " ".join(words).startswith(name))
    arguments = words[len(verb.split()) :]
    known[verb].make_context(verb, arguments)


@pytest.mark.slow
@pytest.mark.parametrize("code", blocks(README, "python"))
def test_the_python_of_the_readme_runs(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_readme_has_the_two_commands_that_ci_runs():
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    lines = [line for block in blocks(README, "sh") for line in block.splitlines()]
    assert {c for c in lines if c.startswith("pip install")} == {
        line for line in ci.splitlines() if line.startswith("pip install")
    }


def test_every_public_name_is_there_and_documented():
    packages = [
        f"crossglg.{module.name}"
        for module in pkgutil.iter_modules(crossglg.__path__)
        if module.ispkg and module.name != "resources"
    ]
    for name in ("crossglg", *packages):
        module = importlib.import_module(name)
        assert module.__doc__, name
        for public in getattr(module, "__all__", ()):
            thing = getattr(module, public)
            assert not isinstance(thing, type | FunctionType) or thing.__doc__, f"{name}.{public}"


def test_importing_the_package_leaves_no_trace():
    code = (
        "import os, sys, threading; before = dict(os.environ);"
        "import crossglg; assert dict(os.environ) == before;"
        "assert threading.active_count() == 1;"
        "import logging; assert not logging.getLogger().handlers"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


PAPER_TO_CODE = re.findall(
    r"`((?:tests/)?[\w/]+\.py)(?:: (\w+))?`",
    (ROOT / "docs" / "paper-to-code.md").read_text("utf-8"),
)


@pytest.mark.parametrize(("file", "name"), PAPER_TO_CODE)
def test_every_place_that_the_paper_is_mapped_to_exists(file, name):
    path = ROOT / file if file.startswith("tests/") else ROOT / "src" / "crossglg" / file
    assert path.exists()
    assert not name or re.search(rf"^(?:def|class) {name}\b", path.read_text("utf-8"), re.MULTILINE)


def test_no_verb_insists_on_a_model_while_weights_are_shipped():
    another_kind = {"describe write"}  # its model is a language model
    demanding = [
        name
        for name, command in verbs().items()
        for option in command.params
        if "--model" in option.opts and option.required and name not in another_kind
    ]
    assert demanding == []
