"""Where tests find what is not part of the project: recorded arrays and real data sets."""

import os
import sys
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

if "PYTEST_XDIST_WORKER" in os.environ:  # processes share the cores; torch reads this on import
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# The shapes in signatures of all files with tensors are checked while the tests run, and only then.
_WITH_TENSORS = [f"crossglg.{name}" for name in ("encoders", "guidance", "training.objective")]
install_import_hook(_WITH_TENSORS, "beartype.beartype")

settings.register_profile("crossglg", deadline=None)  # a busy machine is no failure
settings.load_profile("crossglg")

_SHARED = Path(os.environ.get("CROSSGLG_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def _find(folder, name):
    path = _SHARED / folder / name
    if not path.exists():
        pytest.skip(f"{folder}/{name} is not here (set CROSSGLG_SHARED to the folder that has it)")
    return path


def pytest_xdist_auto_num_workers(config):
    """One more than there are cores: who tests a page waits for a browser now and then."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def parity():
    """Load a recording of a published encoder by file name, or skip."""
    return lambda name: np.load(_find("parity", name), allow_pickle=False)


@pytest.fixture
def four_threads(monkeypatch):
    """Torch has four, and nobody has said so."""
    import torch

    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def call_here(monkeypatch, capsys):
    """Call the command line in this process, in which torch is loaded already."""
    from crossglg.cli import main

    def call_once(*words):
        monkeypatch.setattr(sys, "argv", ["crossglg", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return CompletedProcess(words, ended.value.code or 0, *capsys.readouterr())

    return call_once


@pytest.fixture(scope="session")
def data_file():
    """The path of a real data set by file name, or skip."""
    return lambda name: _find("data", name)
