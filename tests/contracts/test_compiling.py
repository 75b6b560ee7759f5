"""torch.compile takes every encoder whole, and does not begin anew for every number of clips."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crossglg.encoders import list_encoders

COMPILED = """
import crossglg, numpy, torch
from crossglg.sources.choreography import choreography

torch.set_num_threads(1)
clips = choreography(performers=1, repeats=1)
recogniser = crossglg.load("open-small")
before = recogniser.embed([clips.clip(0), clips.clip(1)])
recogniser.checkpoint.folded.compile(dynamic=False)
after = recogniser.embed([clips.clip(0), clips.clip(1)])
assert torch._dynamo.utils.counters["stats"]["unique_graphs"] > 0
for name in ("pooled", "joints", "importance"):
    numpy.testing.assert_allclose(getattr(after, name), getattr(before, name), atol=1e-4)
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="there is no C++ compiler here")
def test_a_model_in_use_says_the_same_compiled(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", COMPILED],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TORCHINDUCTOR_CACHE_DIR": str(tmp_path)},
    )
    assert run.returncode == 0, run.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize("name", list_encoders())
def test_an_encoder_compiles_without_breaks_for_any_number_of_clips(name):
    run = subprocess.run(
        [sys.executable, Path(__file__).with_name("compile_one.py"), name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    forms = [json.loads(line) for line in run.stdout.splitlines()]
    assert [form["form"] for form in forms] == ["in training", "folded"]
    for form in forms:
        # Torch chooses some kernels by the number of clips, which may make a second graph.
        assert 1 <= form["graphs"] <= 2, form
        assert form["apart"] == 0, form
