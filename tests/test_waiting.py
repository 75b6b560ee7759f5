"""Threads wait briefly for one another, unless the user says otherwise."""

import subprocess
import sys

import pytest

from crossglg.waiting import wait_briefly

_USUAL = {"GOMP_SPINCOUNT": "3000", "OPENBLAS_THREAD_TIMEOUT": "20"}
_LOOK = """
import os, sys

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name in ("numpy", "torch"):
            print(name, os.environ.get("GOMP_SPINCOUNT"), os.environ.get("OPENBLAS_THREAD_TIMEOUT"))

sys.meta_path.insert(0, Watch())
import crossglg
crossglg.load("open-small")
"""


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, _USUAL),
        ({"GOMP_SPINCOUNT": "7"}, _USUAL | {"GOMP_SPINCOUNT": "7"}),
        ({"OPENBLAS_THREAD_TIMEOUT": "26"}, _USUAL | {"OPENBLAS_THREAD_TIMEOUT": "26"}),
        (
            {"OMP_WAIT_POLICY": "active"},
            {"OMP_WAIT_POLICY": "active", "OPENBLAS_THREAD_TIMEOUT": "20"},
        ),
    ],
    ids=["nothing", "how long", "how long numpy", "how"],
)
def test_what_the_user_says_about_waiting_stays(said, found):
    wait_briefly(said)
    assert said == found


def test_it_is_said_before_numpy_and_torch_are_imported(monkeypatch):
    for name in (*_USUAL, "OMP_WAIT_POLICY"):
        monkeypatch.delenv(name, raising=False)
    run = subprocess.run([sys.executable, "-c", _LOOK], capture_output=True, text=True, check=False)
    assert sorted(run.stdout.split("\n")[:-1]) == ["numpy 3000 20", "torch 3000 20"], run.stderr
