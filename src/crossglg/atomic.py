"""Write a file or a folder whole or not at all."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def create_path(path: Path) -> Iterator[Path]:
    """A name to write a file under, which appears under ``path`` only when it is complete.

    An existing file of that name is replaced, and who may read it stays as it was; where the name
    is a link, the file that it leads to is. Folders on the way are made. After an exception
    nothing has changed.

    Yields:
        A sibling of ``path``, of the same ending; there is no file there yet.

    Raises:
        OSError: It cannot be written there; the error names ``path``.
    """
    path = path.resolve()
    rough = _rough_sibling(path)
    try:
        with _naming(path, rough):
            _make_way(path)
            yield rough
            if path.exists():
                shutil.copymode(path, rough)
            os.replace(rough, path)
    finally:
        with suppress(OSError):
            rough.unlink()


@contextmanager
def create_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing, with all that ``create_path`` says."""
    with create_path(path) as rough, rough.open("xb") as stream:
        yield stream


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
    rough = _rough_sibling(path)
    with _naming(path, rough):
        _make_way(path)
        rough.mkdir()
    try:
        yield rough
        with _naming(path, rough):
            os.rename(rough, path)
    finally:
        shutil.rmtree(rough, ignore_errors=True)


def find_rough(folder: Path) -> list[Path]:
    """What processes that were killed left half made in a folder."""
    return list(folder.glob(".crossglg-*.tmp*"))


def _rough_sibling(path: Path) -> Path:
    return path.with_name(f".crossglg-{uuid.uuid4().hex[:12]}.tmp{path.suffix}")


def _make_way(path: Path) -> None:
    """The folders on the way; where a file is in it, the system says so better later."""
    if not path.parent.exists():
        path.parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def _naming(path: Path, rough: Path) -> Iterator[None]:
    """Errors of the system speak of ``path``, not of none or a sibling nobody has heard of."""
    try:
        yield
    except OSError as error:
        own = (None, str(rough), *map(str, path.parents))
        if error.errno is None or error.filename not in own:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error
