"""A whole ``.skeleton`` file in a few array operations, if it is just as it should be.

The lines of a right file are known by how many words they have: one for a count, ten for a body,
twelve for a joint. Cutting all of the text into words and comparing these numbers checks the
structure at once; then only the words that are kept are turned into numbers. Whenever anything
is out of the ordinary the scan gives up, and the careful reader finds out what it was.
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

_MOST = 1e6
"""No count of a recording comes near it."""

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
class _Words:
    """The words of a text and the lines they make.

    Attributes:
        content: The text.
        starts: First byte of each word.
        stops: Byte after each word.
        heads: First word of each line that is not blank.
        widths: Words of each such line.
    """

    content: bytes
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    heads: NDArray[np.int64]
    widths: NDArray[np.int64]

    def read_ids(self, lines: NDArray[np.int64]) -> list[int]:
        """The first word of each line as a whole number of any size.

        Raises:
            ValueError: One is none.
        """
        words = self.heads[lines]
        spans = zip(self.starts[words].tolist(), self.stops[words].tolist(), strict=True)
        return [int(self.content[start:stop]) for start, stop in spans]

    def read_numbers(self, words: NDArray[np.int64]) -> NDArray[np.float64]:
        """Words (K) as numbers (K).

        Raises:
            ValueError: One is none.
        """
        return read_decimals(self.content, self.starts.take(words), self.stops.take(words))

    def are_counts(self, words: NDArray[np.int64], values: NDArray[np.float64]) -> bool:
        """Whether words (K) of these values (K) are written as whole numbers usually are."""
        digits = np.floor(np.log10(np.clip(values, 1, _MOST))) + 1
        lengths = self.stops[words] - self.starts[words]
        return bool((lengths == digits).all() and (values < _MOST).all())


def scan_bodies(content: bytes) -> NtuBodies | None:
    """Read the content of a file; None if it is not as NTU RGB+D defines it."""
    words = _cut(content)
    if words is None or not len(words.heads):
        return None
    heads = np.flatnonzero(words.widths == NUMBERS_PER_BODY)
    lines = heads[:, None] + np.arange(len(_BODY))  # (B 27)
    if lines.size and (lines[-1, -1] >= len(words.widths) or (words.widths[lines] != _BODY).any()):
        return None
    is_count = np.ones(len(words.widths), dtype=np.bool_)
    is_count[lines] = False
    counts = np.flatnonzero(is_count)
    if (words.widths[counts] != 1).any():
        return None
    try:
        return _read(words, lines, counts)
    except ValueError:
        return None


def _read(words: _Words, lines: NDArray[np.int64], counts: NDArray[np.int64]) -> NtuBodies | None:
    """Numbers of bodies (B 27 lines) and of the lines that count frames and bodies.

    Raises:
        ValueError: A word is no number.
    """
    ids = words.read_ids(lines[:, 0])
    count_words = words.heads[np.concatenate([counts, lines[:, 1]])]
    joint_words = words.heads[lines[:, 2:], None] + np.arange(3)  # (B 25 3)
    values = words.read_numbers(np.concatenate([count_words, joint_words.reshape(-1)]))
    numbers, joints = values[: len(count_words)], values[len(count_words) :]
    if not words.are_counts(count_words, numbers) or min(ids, default=0) < 0:
        return None
    frame_count, *bodies = numbers[: len(counts)].astype(np.int64).tolist()
    before = np.cumsum([0, *bodies])
    in_place = np.arange(1, len(counts)) + before[:-1] * len(_BODY)
    if (
        len(bodies) != frame_count
        or frame_count == 0
        or before[-1] != len(lines)
        or not np.array_equal(in_place, counts[1:])
        or (numbers[len(counts) :] != JOINTS).any()
    ):
        return None
    frames = np.repeat(np.arange(frame_count), bodies)
    return NtuBodies(frame_count, frames, ids, joints.reshape(-1, JOINTS, 3))


def _cut(content: bytes) -> _Words | None:
    """Words and lines; None unless words are one blank apart and lines end in the usual ways."""
    text = np.frombuffer(b"\n" + content.rstrip() + b"\n", dtype=np.uint8)
    is_blank = text <= _BLANK
    edges = np.flatnonzero(is_blank[1:] != is_blank[:-1])  # one less: the text begins a byte later
    starts, stops = edges[::2], edges[1::2]
    after = text.take(stops + 1)
    lasts = np.flatnonzero(after != _BLANK)  # the last word of each line
    ends = after[lasts]
    returns = stops[lasts[ends == _RETURN]]
    if (
        not content.isascii()
        or np.count_nonzero(ends == _NEWLINE) + len(returns) != len(ends)
        or (text[returns + 2] != _NEWLINE).any()
        or np.count_nonzero(is_blank) != 1 + len(stops) + len(returns)
    ):
        return None
    widths = np.diff(lasts, prepend=-1)
    return _Words(content, starts, stops, lasts - widths + 1, widths)
