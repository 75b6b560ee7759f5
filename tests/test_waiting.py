"""Threads wait briefly for one another, unless the user says otherwise."""

import subprocess
import sys

import pytest

from crossglg.waiting import wait_briefly

_LOOK = "import crossglg, os, sys; print('torch' in sys.modules, os.environ['GOMP_SPINCOUNT'])"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, {"GOMP_SPINCOUNT": "3000"}),
        ({"GOMP_SPINCOUNT": "7"}, {"GOMP_SPINCOUNT": "7"}),
        ({"OMP_WAIT_POLICY": "active"}, {"OMP_WAIT_POLICY": "active"}),
    ],
    ids=["nothing", "how long", "how"],
)
def test_what_the_user_says_about_waiting_stays(said, found):
    wait_briefly(said)
    assert said == found


def test_it_is_said_before_torch_is_imported(monkeypatch):
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.delenv(name, raising=False)
    run = subprocess.run([sys.executable, "-c", _LOOK], capture_output=True, text=True, check=False)
    assert run.stdout == "False 3000\n", run.stderr
