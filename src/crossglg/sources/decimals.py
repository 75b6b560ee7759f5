"""Many decimal numbers of a text at once, to the same double that ``float`` gives.

A coordinate in metres is a digit, a point and some more digits. Those behind the point lie in one
word of eight bytes, in which neighbours join into numbers of two, four and eight digits. A number
of at most 15 digits is a whole number below 2^53 divided by a power of ten below 10^22: both are
exact in double precision, so that the one division rounds as it should (Clinger, How to read
floating point numbers accurately, PLDI 1990). Whatever looks otherwise is left to ``float``.
"""

import numpy as np
from numpy.typing import NDArray

_WIDTH = 8
"""Bytes of a word, and most digits behind the point."""

_TENS = 10.0 ** np.arange(_WIDTH + 1)

_BEHIND_POINT = np.array(
    [(1 << 64) - (1 << 8 * (_WIDTH - digits)) for digits in range(_WIDTH + 1)], dtype=np.uint64
)
"""(9) by the number of digits: which bytes of a word they are, its first byte being the lowest."""

_ZEROS = np.uint64(0x3030303030303030)
_BEYOND_NINE, _SIGNALS = np.uint64(0x7676767676767676), np.uint64(0x8080808080808080)
"""Added to a byte above nine, the one sets the other, its highest bit."""

_JOIN = tuple(
    (np.uint64(tens), np.uint64(bits), np.uint64(mask))
    for tens, bits, mask in (
        (10, 8, 0x00FF00FF00FF00FF),
        (100, 16, 0x0000FFFF0000FFFF),
        (10000, 32, 0x00000000FFFFFFFF),
    )
)
_POINT, _MINUS, _ZERO = (ord(sign) for sign in ".-0")


def read_decimals(
    content: bytes, starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The numbers between ``starts`` (K) and ``stops`` (K) of an ASCII text -> (K).

    Raises:
        ValueError: One is no number.
    """
    if len(content) < _WIDTH:
        return np.array([float(content[a:b]) for a, b in zip(starts, stops, strict=True)])
    last = len(content) - _WIDTH
    windows: NDArray[np.void] = np.ndarray((last + 1,), f"V{_WIDTH}", buffer=content, strides=(1,))
    head = windows[np.minimum(starts, last)].view("<u8")
    tail = windows[np.maximum(stops - _WIDTH, 0)].view("<u8")
    first = head.astype(np.uint32)  # its first four bytes
    minus = (first & 0xFF) == _MINUS
    first >>= minus.astype(np.uint32) << 3
    before = (first & 0xFF) - _ZERO
    count = stops - starts - minus - 2  # of the digits behind the point
    behind = count.clip(0, _WIDTH)
    digits = (tail ^ _ZEROS) & _BEHIND_POINT.take(behind)
    is_plain = (
        (before < 10)
        & (first >> 8 & 0xFF == _POINT)
        & (count == behind)
        & ((digits + _BEYOND_NINE) & _SIGNALS == 0)
        & (starts <= last)
        & (stops >= _WIDTH)
    )
    scale = _TENS.take(behind)
    values = (before * scale + _join(digits)) / scale
    np.negative(values, out=values, where=minus)
    for index in np.flatnonzero(~is_plain):
        values[index] = float(content[starts[index] : stops[index]])
    return values


def _join(digits: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Numbers whose eight digits are the bytes of a word (K), the first the lowest -> (K)."""
    for tens, bits, mask in _JOIN:
        digits = (digits * tens + (digits >> bits)) & mask
    return digits.astype(np.float64)
