"""A whole ``.skeleton`` file in one plain loop over its bytes, compiled by numba (extra ``fast``).

Only x, y and z of a joint become numbers; of the other words it is seen that they are there.
Whenever anything is out of the ordinary the loop gives up, and the careful reader finds out what
it was.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from crossglg.sources.ntu_scan import JOINTS, NUMBERS_PER_BODY, NUMBERS_PER_JOINT, NtuBodies

_FEWEST_BYTES = 2 * (NUMBERS_PER_BODY + 1 + JOINTS * NUMBERS_PER_JOINT)
"""Of a body: a byte and a blank for every word."""

_MOST_DIGITS = 15
"""A double holds every whole number of so many digits."""

_TENS = 10.0 ** np.arange(23)
"""Powers of ten that a double holds; one multiplication or division rounds as ``float`` does."""

_BLANK, _NEWLINE, _RETURN, _PLUS, _MINUS, _POINT, _ZERO, _NINE, _E = map(ord, " \n\r+-.09e")
_ASCII = 128
_LONGEST_ID = 18
"""Digits that fit into 64 bits."""


def scan_bodies(content: bytes) -> NtuBodies | None:
    """Read the content of a file; None if it is not as NTU RGB+D defines it."""
    text = np.frombuffer(content.rstrip() + b"\n", dtype=np.uint8)
    most = len(text) // _FEWEST_BYTES + 1
    frames, ids = np.empty((2, most), dtype=np.int64)
    joints = np.empty((most, JOINTS, 3))
    try:
        frame_count, found = _read(text, frames, ids, joints)
    except ValueError:
        return None
    return NtuBodies(frame_count, frames[:found], ids[:found].tolist(), joints[:found])


@numba.njit(cache=True)
def _read(
    text: NDArray[np.uint8],
    frames: NDArray[np.int64],
    ids: NDArray[np.int64],
    joints: NDArray[np.float64],
) -> tuple[int, int]:
    """Fill in what is read; returns the numbers of frames and of bodies."""
    frame_count, at = _take_count(text, 0)
    found = 0
    for frame in range(frame_count):
        in_frame, at = _take_count(text, at)
        for _ in range(in_frame):
            frames[found] = frame
            ids[found], at = _take_whole(text, at)
            at = _end_line(text, _skip_words(text, at, NUMBERS_PER_BODY - 1))
            joint_count, at = _take_count(text, at)
            if joint_count != JOINTS:
                raise ValueError("another sensor")
            for joint in range(JOINTS):
                for axis in range(3):
                    if axis > 0:
                        at = _skip_blank(text, at)
                    joints[found, joint, axis], at = _take_decimal(text, at)
                at = _end_line(text, _skip_words(text, at, NUMBERS_PER_JOINT - 3))
            found += 1
    if frame_count == 0 or at != len(text):
        raise ValueError("no frame, or more than the frames")
    return frame_count, found


# --- parts of a line: each is told where it starts and says where it stopped ---------------------


@numba.njit(cache=True)
def _take_count(text: NDArray[np.uint8], at: int) -> tuple[int, int]:
    """A line that is one whole number."""
    count, at = _take_whole(text, at)
    return count, _end_line(text, at)


@numba.njit(cache=True)
def _take_whole(text: NDArray[np.uint8], at: int) -> tuple[int, int]:
    """The first word of a line, if there is one more line."""
    start, number = at, 0
    while at < len(text) and _ZERO <= text[at] <= _NINE:
        number = 10 * number + (text[at] - _ZERO)
        at += 1
    if not 0 < at - start <= _LONGEST_ID:
        raise ValueError("expected a whole number")
    return number, at


@numba.njit(cache=True)
def _take_decimal(text: NDArray[np.uint8], at: int) -> tuple[float, int]:
    """A number with or without a sign, a point and an exponent."""
    minus = text[at] == _MINUS
    at += minus
    whole, digits, power, behind_point = 0, 0, 0, False
    while True:
        if _ZERO <= text[at] <= _NINE:
            whole = 10 * whole + (text[at] - _ZERO)
            digits += 1
            power -= behind_point
        elif text[at] == _POINT and not behind_point:
            behind_point = True
        else:
            break
        at += 1
    if text[at] == _E:
        below = text[at + 1] == _MINUS
        exponent, at = _take_whole(text, at + 1 + (below or text[at + 1] == _PLUS))
        power += -exponent if below else exponent
    if not 0 < digits <= _MOST_DIGITS or abs(power) >= len(_TENS):
        raise ValueError("expected a number that is rounded once")
    value = whole * _TENS[power] if power > 0 else whole / _TENS[-power]
    return (-value if minus else value), at


@numba.njit(cache=True)
def _skip_blank(text: NDArray[np.uint8], at: int) -> int:
    if text[at] != _BLANK:
        raise ValueError("expected one more word")
    return at + 1


@numba.njit(cache=True)
def _skip_words(text: NDArray[np.uint8], at: int, count: int) -> int:
    """Words to the end of a line, counted without a branch for each."""
    blanks, odd, after_blank = 0, text[at] != _BLANK, False
    for byte in text[at:]:  # twice as fast as by index, which may be negative
        if byte <= _RETURN:
            break
        is_blank = byte == _BLANK
        blanks += is_blank
        odd |= (byte < _BLANK) | (byte >= _ASCII) | (is_blank & after_blank)
        after_blank = is_blank
        at += 1
    if odd or after_blank or blanks != count:
        raise ValueError("expected another number of words")
    return at


@numba.njit(cache=True)
def _end_line(text: NDArray[np.uint8], at: int) -> int:
    at += text[at] == _RETURN
    if text[at] != _NEWLINE:
        raise ValueError("expected the end of the line")
    return at + 1
