"""Unpickle numpy arrays, plain containers, numbers and text, and refuse everything else.

numpy's own functions for rebuilding arrays trust what they are given: a forged or damaged pickle
can make them read wild memory. So not one of them is called here; the names by which pickles ask
for them lead to the few lines below, which check everything and know only plain numbers and text.
"""

import math
import pickle
import re
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import SourceError

_PLAIN_DTYPE = re.compile(r"[<>=|]?(b1|[iu][1248]|f[248]|[SU]\d{1,4})")


def unpickle_arrays(path: Path | str) -> object:
    """Load a pickle in which global names stand for nothing but numpy arrays and containers.

    Returns:
        What the file holds, with a ``PickledArray`` in the place of every array.

    Raises:
        SourceError: The file is unreadable, no pickle, or names anything else: such a pickle
            could run code of its author's, so nothing of it is used.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            return _ArraysOnlyUnpickler(stream).load()
    except OSError as error:
        raise SourceError(file, f"cannot be opened ({error.strerror}).") from error
    except _RefusedError as error:
        raise SourceError(
            file,
            f"asks to run '{error}' when it is loaded, and is refused: an annotation file needs "
            "nothing but arrays and plain containers. Do not load it with pickle either.",
        ) from error
    except Exception as error:  # a damaged pickle makes the machine raise nearly anything
        raise SourceError(
            file,
            f"expected a pickle, found something else ({error}). "
            "The file is probably truncated; download it again.",
        ) from error


class PickledArray:
    """A numpy array on its way out of a pickle.

    Attributes:
        array: The array itself, read-only.
    """

    __slots__ = ("array",)

    def __init__(self) -> None:
        self.array: NDArray[Any] = np.empty(0)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, is_fortran, raw = state
        self.array = _view(raw, dtype, shape, order="F" if is_fortran else "C")


class _PickledDtype:
    """A numpy dtype on its way out of a pickle."""

    __slots__ = ("dtype",)

    def __init__(self, code: str) -> None:
        if not _PLAIN_DTYPE.fullmatch(code):
            raise pickle.UnpicklingError(f"an array of {code[:20]!r}")
        self.dtype = np.dtype(code)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[2:5] != (None, None, None):
            raise pickle.UnpicklingError("an array with fields")
        self.dtype = self.dtype.newbyteorder(state[1])


def _view(raw: object, dtype: object, shape: tuple[int, ...], *, order: str) -> NDArray[Any]:
    if not isinstance(raw, bytes | bytearray) or not isinstance(dtype, _PickledDtype):
        raise pickle.UnpicklingError("an array without numbers")
    if any(size < 0 for size in shape) or len(raw) != math.prod(shape) * dtype.dtype.itemsize:
        raise pickle.UnpicklingError(f"an array of shape {shape} in {len(raw)} bytes")
    flat: NDArray[Any] = np.frombuffer(bytes(raw), dtype=dtype.dtype)
    return flat.reshape(shape, order="F" if order == "F" else "C")


class _RefusedError(pickle.UnpicklingError):
    """The pickle names something that is not admitted."""


class _ArraysOnlyUnpickler(pickle.Unpickler):
    """Answers every name with a bound method: unlike a class, a pickle cannot alter one."""

    def find_class(self, module: str, name: str) -> Callable[..., Any] | str:
        answers: dict[tuple[str, str], Callable[..., Any] | str] = {
            ("numpy", "ndarray"): "ndarray",
            ("numpy", "dtype"): self._begin_dtype,
            ("numpy.multiarray", "_reconstruct"): self._begin_array,
            ("numpy.multiarray", "scalar"): self._read_scalar,
            ("numpy.numeric", "_frombuffer"): self._read_buffer,
            ("collections", "OrderedDict"): OrderedDict,
            ("_codecs", "encode"): self._encode_latin1,
        }
        # The same names under numpy.core (before numpy 2) and numpy._core.
        place = re.sub(r"^numpy\._?core\.", "numpy.", module)
        try:
            return answers[place, name]
        except KeyError:
            raise _RefusedError(f"{module}.{name}") from None

    def _begin_dtype(self, code: str, _align: object, _copy: object) -> _PickledDtype:
        return _PickledDtype(code)

    def _begin_array(self, _kind: object, _shape: object, _code: object) -> PickledArray:
        return PickledArray()

    def _read_buffer(
        self, raw: object, dtype: object, shape: tuple[int, ...], order: str
    ) -> PickledArray:
        made = PickledArray()
        made.array = _view(raw, dtype, shape, order=order)
        return made

    def _read_scalar(self, dtype: object, raw: object) -> object:
        return _view(raw, dtype, (), order="C").item()

    def _encode_latin1(self, text: str, encoding: str) -> bytes:
        """What old pickles ask for in order to spell bytes; no other codec is looked up."""
        if encoding != "latin1":
            raise pickle.UnpicklingError(f"bytes spelled as {encoding[:20]!r}")
        return text.encode("latin1")
