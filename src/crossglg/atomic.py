"""Write a file or a folder whole or not at all."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def _rough_sibling(path: Path) -> Path:
    return path.with_name(f".crossglg-{uuid.uuid4().hex[:12]}.tmp")


@contextmanager
def create_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that appears under its name only when it is complete.

    An existing file of that name is replaced; after an exception nothing has changed.
    """
    rough = _rough_sibling(path)
    try:
        with rough.open("xb") as stream:
            yield stream
        os.replace(rough, path)
    finally:
        rough.unlink(missing_ok=True)


@contextmanager
def create_folder(path: Path) -> Iterator[Path]:
    """Make a folder that appears under its name only when everything is in it.

    Yields:
        The folder to fill, a sibling of ``path``; after an exception it is gone.
    """
    rough = _rough_sibling(path)
    rough.mkdir()
    try:
        yield rough
        os.rename(rough, path)
    finally:
        shutil.rmtree(rough, ignore_errors=True)
