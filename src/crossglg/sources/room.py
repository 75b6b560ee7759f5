"""Room for one large array: in memory, or in a nameless file on disk if it is very large."""

import os
import tempfile
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from crossglg.errors import ArchiveError

_MOST_BYTES_IN_MEMORY = 2**30


def make_room(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """An array to fill; the file of a mapped one goes with it.

    Raises:
        ArchiveError: The disk is full.
    """
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    if size <= _MOST_BYTES_IN_MEMORY:
        return np.empty(shape, dtype=dtype)
    with tempfile.TemporaryFile() as stream:
        try:
            # Without this a full disk would end the process when the array is written to.
            os.posix_fallocate(stream.fileno(), 0, size)
        except OSError as error:
            raise ArchiveError(
                f"Expected {size / 1e9:.1f} GB of free disk in {tempfile.gettempdir()}, found less "
                f"({error.strerror}). Set TMPDIR to a folder with more."
            ) from error
        return np.memmap(stream, dtype=dtype, mode="r+", shape=shape)
