"""NpyStream: write a ``.npy`` file block by block, its length known only at the end."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import DTypeLike, NDArray


class NpyStream:
    """An array on disk that grows along its first axis.

    Args:
        path: The file to make.
        dtype: Type of the numbers.
        row_shape: Shape of one entry of the first axis.
    """

    def __init__(self, path: Path, dtype: DTypeLike, *, row_shape: tuple[int, ...]) -> None:
        self._dtype = np.dtype(dtype)
        self._row_shape = row_shape
        self._length = 0
        self._stream = path.open("xb")
        self._write_header()
        self._header_end = self._stream.tell()

    def append(self, block: NDArray[Any]) -> None:
        """Add rows; all axes of ``block`` before those of a row are counted as rows."""
        rows = np.ascontiguousarray(block, dtype=self._dtype).reshape(-1, *self._row_shape)
        self._stream.write(rows.data)
        self._length += len(rows)

    def close(self) -> None:
        """Put the final length into the header."""
        self._stream.seek(0)
        self._write_header()
        # numpy pads headers so that the first axis may grow without moving the data.
        assert self._stream.tell() == self._header_end
        self._stream.close()

    def _write_header(self) -> None:
        npy.write_array_header_1_0(
            self._stream,
            {
                "descr": npy.dtype_to_descr(self._dtype),
                "fortran_order": False,
                "shape": (self._length, *self._row_shape),
            },
        )
