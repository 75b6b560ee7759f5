"""An encoder in somebody else's package is found, built, guided and trained."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "03_your_own_encoder.py"
PROJECT = """
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "somebody-elses-encoder"
version = "1"

[project.entry-points."crossglg.encoders"]
mixer = "their_encoder:Mixer"

[tool.setuptools]
py-modules = ["their_encoder"]
"""


@pytest.mark.slow
def test_the_example_keeps_the_contract():
    done = subprocess.run([sys.executable, EXAMPLE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "can be guided" in done.stdout


@pytest.mark.slow
def test_an_installed_encoder_is_trained_with_guidance(tmp_path):
    from crossglg.sources import write_npz
    from crossglg.sources.choreography import choreography, list_actions

    package, installed = tmp_path / "package", tmp_path / "installed"
    package.mkdir()
    (package / "pyproject.toml").write_text(PROJECT)
    shutil.copy(EXAMPLE, package / "their_encoder.py")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", installed, package], check=True)
    data = tmp_path / "choreography.npz"
    write_npz(choreography(performers=2, repeats=1, classes=list_actions()), data)

    words = ["train", data, "--protocol", "demo", "--recipe", "demo", "--encoder", "mixer"]
    tiny = ["training.epochs=1", "training.frame_count=8", "model.options.width=8"]
    settings = [word for setting in tiny for word in ("--set", setting)]
    command = [sys.executable, "-m", "crossglg", *words, *settings, "--out", tmp_path / "run"]
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "plain.safetensors").exists()
