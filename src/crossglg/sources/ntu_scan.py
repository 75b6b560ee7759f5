"""A whole ``.skeleton`` file in a few array operations, if it is just as it should be.

The lines of a right file are known by how many words they have: one for a count, ten for a body,
twelve for a joint. Counting the blanks of every line checks the structure at once; then only the
words that are kept are looked for and turned into numbers. Whenever anything is out of the
ordinary the scan gives up, and the careful reader finds out what it was.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossglg.sources.decimals import read_decimals

JOINTS = 25
NUMBERS_PER_BODY = 10
NUMBERS_PER_JOINT = 12

_BODY = np.array([NUMBERS_PER_BODY, 1] + [NUMBERS_PER_JOINT] * JOINTS)
"""Words of each line of a body."""

_WINDOW = 64
"""Bytes from the head of a line in which its first three words must end: one word of bits."""

_END = b"\n" + bytes(_WINDOW)
_BLANK, _NEWLINE, _RETURN = (ord(blank) for blank in " \n\r")


@dataclass(frozen=True, eq=False)
class NtuBodies:
    """What a file says. B bodies, counted anew in every frame, in the order of the file.

    Attributes:
        frame_count: T.
        frames: (B) frame of each, from 0.
        ids: B ids given by the tracker.
        joints: (B 25 3) x, y, z in metres.
    """

    frame_count: int
    frames: NDArray[np.int64]
    ids: list[int]
    joints: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Lines:
    """The lines of a text whose words are one blank apart.

    Attributes:
        content: The text and behind it a window of zeros.
        heads: First byte of each line.
        stops: Byte after the last word of each line.
        widths: Words of each line.
    """

    content: bytes
    heads: NDArray[np.int64]
    stops: NDArray[np.int64]
    widths: NDArray[np.int64]

    def read_ids(self, lines: NDArray[np.int64]) -> list[int]:
        """The first word of each line as a whole number of any size.

        Raises:
            ValueError: One is none.
        """
        heads = self.heads[lines].tolist()
        return [int(self.content[head : self.content.index(b" ", head)]) for head in heads]

    def read_counts(self, lines: NDArray[np.int64]) -> list[int]:
        """Lines that are one whole number each.

        Raises:
            ValueError: One is none.
        """
        bounds = zip(self.heads[lines].tolist(), self.stops[lines].tolist(), strict=True)
        return [int(self.content[head:stop]) for head, stop in bounds]


def scan_bodies(content: bytes) -> NtuBodies | None:
    """Read the content of a file; None if it is not as NTU RGB+D defines it."""
    lines = _cut(content)
    if lines is None:
        return None
    heads = np.flatnonzero(lines.widths == NUMBERS_PER_BODY)
    bodies = heads[:, None] + np.arange(len(_BODY))  # (B 27) lines
    if bodies.size and (
        bodies[-1, -1] >= len(lines.widths) or (lines.widths[bodies] != _BODY).any()
    ):
        return None
    is_count = np.ones(len(lines.widths), dtype=np.bool_)
    is_count[bodies] = False
    counts = np.flatnonzero(is_count)
    if (lines.widths[counts] != 1).any():
        return None
    try:
        return _read(lines, bodies, counts)
    except ValueError:
        return None


def _read(lines: _Lines, bodies: NDArray[np.int64], counts: NDArray[np.int64]) -> NtuBodies | None:
    """Numbers of bodies (B 27 lines) and of the lines that count frames and bodies.

    Raises:
        ValueError: A word is no number.
    """
    ids = lines.read_ids(bodies[:, 0])
    frame_count, *in_frame = lines.read_counts(counts)
    joint_counts = lines.read_counts(bodies[:, 1])
    before = np.cumsum([0, *in_frame])
    in_place = np.arange(1, len(counts)) + before[:-1] * len(_BODY)
    if (
        len(in_frame) != frame_count
        or frame_count == 0
        or before[-1] != len(bodies)
        or not np.array_equal(in_place, counts[1:])
        or min([*ids, *in_frame], default=0) < 0
        or set(joint_counts) - {JOINTS}
    ):
        return None
    words = _find_words(lines.content, lines.heads[bodies[:, 2:].reshape(-1)])
    joints = read_decimals(lines.content, *words).reshape(3, -1, JOINTS).transpose(1, 2, 0)
    return NtuBodies(frame_count, np.repeat(np.arange(frame_count), in_frame), ids, joints)


def _find_words(
    content: bytes, heads: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Starts and stops (3*K) of the first, the second, the third words of K lines.

    Raises:
        ValueError: They are too long to be coordinates.
    """
    windows: NDArray[np.void] = np.ndarray(
        (len(content) - _WINDOW + 1,), f"V{_WINDOW}", buffer=content, strides=(1,)
    )
    window = windows[heads].view(np.uint8)
    # One bit a byte, the first byte's the highest: the highest bit is the first blank.
    blanks = np.packbits(window <= _BLANK).view(">u8").astype(np.uint64)
    stops = []
    for _ in range(3):
        if not blanks.all():
            raise ValueError("expected three words within the window")
        # Blanks do not stand together, so that rounding to a float never carries.
        place = np.frexp(blanks.astype(np.float64))[1]
        stops.append(heads + (_WINDOW - place))
        blanks &= ~(np.uint64(1) << (place - 1).astype(np.uint64))
    starts = [heads, stops[0] + 1, stops[1] + 1]
    return np.concatenate(starts), np.concatenate(stops)


def _cut(content: bytes) -> _Lines | None:
    """Lines; None unless words are one blank apart and lines end in the usual ways."""
    content = content.rstrip() + _END
    if not content.isascii() or content[0] <= _BLANK:
        return None
    text = np.frombuffer(content, dtype=np.uint8)[:-_WINDOW]
    is_blank = text <= _BLANK
    ends = np.flatnonzero(text == _NEWLINE)
    is_return = text[ends - 1] == _RETURN
    returns = np.count_nonzero(is_return)
    heads = np.concatenate([[0], ends[:-1] + 1])
    blanks = np.add.reduceat(is_blank.view(np.uint8), heads, dtype=np.uint8).astype(np.int64)
    if (
        np.count_nonzero(text < _BLANK) != len(ends) + returns
        or np.count_nonzero(is_blank[1:] & is_blank[:-1]) != returns
        or blanks.sum() != np.count_nonzero(is_blank)  # no line had so many as to overflow
    ):
        return None
    return _Lines(content, heads, ends - is_return, blanks - is_return)
