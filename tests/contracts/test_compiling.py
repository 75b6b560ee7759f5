"""torch.compile takes every encoder whole, and does not begin anew for every number of clips."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crossglg.encoders import list_encoders


@pytest.mark.slow
@pytest.mark.parametrize("words", [*list_encoders(), "patchgcn letters"])
def test_an_encoder_compiles_without_breaks_for_any_number_of_clips(words):
    run = subprocess.run(
        [sys.executable, "-m", "contracts.compile_one", *words.split()],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[1],
    )
    assert run.returncode == 0, run.stderr[-2000:]
    forms = [json.loads(line) for line in run.stdout.splitlines()]
    assert [form["form"] for form in forms] == ["in training", "folded"]
    for form in forms:
        # Torch chooses some kernels by the number of clips, which may make a second graph.
        assert 1 <= form["graphs"] <= 2, form
        assert form["apart"] == 0, form
        # Folded, what is compiled takes another form; whether that rounds alike is the processor's.
        assert form["from_usual"] < 1e-6, form
