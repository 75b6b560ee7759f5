"""A training step, from clips to loss, is one graph for torch.compile, whatever judges it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        (),
        ("model.guidance=gap", "loss.episode=1"),
        ("model.head=bottleneck", "model.guidance=l2g"),
    ],
    ids=lambda settings: " ".join(settings) or "as the recipe is",
)
def test_a_step_compiles_without_breaks_and_learns_the_same(settings):
    run = subprocess.run(
        [sys.executable, Path(__file__).with_name("compile_a_step.py"), *settings],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads(run.stdout)
    assert found["graphs"] == 1
    assert found["apart"] < 1e-5
