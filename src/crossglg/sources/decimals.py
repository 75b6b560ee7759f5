"""Many decimal numbers of a text at once, to the same double that ``float`` gives.

A number of at most 15 digits is a whole number below 2^53 divided by a power of ten below 10^22:
both are exact in double precision, so that the one division rounds as it should (Clinger, How to
read floating point numbers accurately, PLDI 1990). Whatever looks otherwise is left to ``float``.
"""

import numpy as np
from numpy.typing import NDArray

_WIDTH = 16
_OWN = np.arange(_WIDTH + 1)[:, None] > np.arange(_WIDTH - 1, -1, -1)
"""(17 16) which bytes of a window belong to a number of so many bytes."""

_FIRST = (1 << np.arange(_WIDTH + 1) >> 1).astype(np.uint16)
"""(17) the flag of a number's first byte."""

_TENS = 10.0 ** np.arange(_WIDTH + 1)
_SCALE = np.concatenate([[1.0], _TENS[:-1]])
_GAP = np.concatenate([[0.0], 9 * _TENS[:-1]])
"""(17) by the place of the point, counted from the end and from one; without a point, first."""

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
    """The numbers between ``starts`` (K) and ``stops`` (K) -> (K).

    Raises:
        ValueError: One is no number.
    """
    lengths = stops - starts
    short = np.minimum(lengths, _WIDTH)
    if len(content) < _WIDTH:
        return np.array([float(content[a:b]) for a, b in zip(starts, stops, strict=True)])
    # Each number with what stands before it, right-aligned in 16 bytes.
    windows: NDArray[np.void] = np.ndarray(
        (len(content) - _WIDTH + 1,), f"V{_WIDTH}", buffer=content, strides=(1,)
    )
    window = windows[np.maximum(stops - _WIDTH, 0)].view(np.uint8).reshape(-1, _WIDTH)
    own = _OWN.take(short, axis=0)
    digits = window - np.uint8(_ZERO)
    is_digit = (digits < 10) & own
    digit, point, minus = map(_pack, (is_digit, (window == _POINT) & own, (window == _MINUS) & own))
    is_plain = (
        ((digit | point | minus) == _pack(own))
        & (digit > 0)
        & (point & (point - np.uint16(1)) == 0)
        & ((minus == 0) | (minus == _FIRST.take(short)))
        & (lengths < _WIDTH)
        & (stops >= _WIDTH)
    )
    values = _compose(digits * is_digit, point)
    np.negative(values, out=values, where=minus > 0)
    for index in np.flatnonzero(~is_plain):
        values[index] = float(content[starts[index] : stops[index]])
    return values


def _pack(flags: NDArray[np.bool_]) -> NDArray[np.uint16]:
    """(K 16) -> (K), the last flag the lowest bit."""
    return np.packbits(flags.reshape(-1)).view(">u2").astype(np.uint16)


def _compose(digits: NDArray[np.uint8], point: NDArray[np.uint16]) -> NDArray[np.float64]:
    """Values of digits (K 16), of which the one under the bit ``point`` (K) is a decimal point."""
    # Neighbours join into numbers of two, four, eight digits; a point counts as a zero.
    groups = np.ascontiguousarray(digits).view("<u8")  # (K 2), the first digit the lowest byte
    for tens, bits, mask in _JOIN:
        groups = (groups * tens + (groups >> bits)) & mask
    whole = groups.astype(np.float64) @ np.array([1e8, 1.0])
    place = np.frexp(point)[1]  # digits after the point and one, or none
    # Close the gap that the point leaves: what stands before it moves one place down.
    whole -= np.floor(whole / _TENS.take(place)) * _GAP.take(place)
    return np.asarray(whole / _SCALE.take(place))
