"""Packages that tests fetch once from a registry and keep; where none is reached, they skip."""

import shutil
import subprocess
from pathlib import Path

import pytest

from crossglg.cache import cache_folder


def pack_from_npm(package: str, stem: str) -> Path:
    """The file ``npm pack`` writes of a package, whose name begins with ``stem``."""
    folder = cache_folder() / "tests"
    found = sorted(folder.glob(f"{stem}-*.tgz"))
    if not found:
        if not shutil.which("npm"):
            pytest.skip(f"npm is not installed, which fetches {package}")
        fetch(["npm", "pack", "--silent", package], folder)
        found = sorted(folder.glob(f"{stem}-*.tgz"))
    return found[0]


def fetch(command: list[str], folder: Path) -> None:
    """Run a client of a registry, or skip the test."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{command[0]} could not fetch {command[-1]}: {done.stderr.strip()[-200:]}")
