"""A run's folder belongs to one training at a time, and loses what killed ones left half made."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from crossglg.atomic import find_rough
from crossglg.errors import ConfigError

_LOCK_FILE = ".crossglg.lock"

_PATIENCE_S = 10.0
"""Helpers of a training that was killed hold its lock until they notice, some seconds later."""


@contextmanager
def claim(folder: Path) -> Iterator[None]:
    """While held, no other process trains in this folder; it is made where there is none.

    The system takes the lock from a process that dies.

    Raises:
        ConfigError: Another process trains there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / _LOCK_FILE, timeout=_PATIENCE_S):
            for left in _find_left(folder):
                if left.is_dir():
                    shutil.rmtree(left)
                else:
                    left.unlink()
            yield
    except Timeout as error:
        raise ConfigError(
            f"{folder}: another process is training in this folder; wait until it has ended, or "
            "give another --out."
        ) from error


def holds_anything(folder: Path) -> bool:
    """Whether somebody keeps something there: neither a lock nor what was left half made."""
    if not folder.exists():
        return False
    ours = {folder / _LOCK_FILE, *_find_left(folder)}
    return any(path not in ours for path in folder.iterdir())


def _find_left(folder: Path) -> list[Path]:
    # Weights were written beside their place under the number of the process, once.
    return [*find_rough(folder), *folder.glob(".*.safetensors.*")]
