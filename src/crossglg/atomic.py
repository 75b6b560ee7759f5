"""Write a file or a folder whole or not at all."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def rough_sibling(path: Path) -> Path:
    """Where a file or folder is made until it is complete; no two are the same."""
    return path.with_name(f".crossglg-{uuid.uuid4().hex[:12]}.tmp")


def find_rough(folder: Path) -> list[Path]:
    """What processes that were killed left half made in a folder."""
    return list(folder.glob(".crossglg-*.tmp"))


def _make_way(path: Path) -> None:
    """The folders on the way; where a file is in it, the system says so better later."""
    if not path.parent.exists():
        path.parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Errors of the system speak of ``path``, not of the sibling that nobody has heard of."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def create_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that appears under its name only when it is complete.

    An existing file of that name is replaced, and who may read it stays as it was; where the name
    is a link, the file that it leads to is. Folders on the way are made. After an exception
    nothing has changed.

    Raises:
        OSError: It cannot be written there; the error names ``path``.
    """
    path = path.resolve()
    rough = rough_sibling(path)
    with _naming(path):
        _make_way(path)
        stream = rough.open("xb")
    try:
        with stream:
            yield stream
        with _naming(path):
            if path.exists():
                shutil.copymode(path, rough)
            os.replace(rough, path)
    finally:
        rough.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """A text file in UTF-8, as by ``create_file``."""
    with create_file(path) as stream:
        stream.write(text.encode("utf-8"))


@contextmanager
def create_folder(path: Path) -> Iterator[Path]:
    """Make a folder that appears under its name only when everything is in it.

    Yields:
        The folder to fill, a sibling of ``path``; after an exception it is gone.

    Raises:
        OSError: It cannot be made there; the error names ``path``.
    """
    rough = rough_sibling(path)
    with _naming(path):
        _make_way(path)
        rough.mkdir()
    try:
        yield rough
        with _naming(path):
            os.rename(rough, path)
    finally:
        shutil.rmtree(rough, ignore_errors=True)
