"""The last seconds of a stream on a regular grid of time, in the joints of the model.

Frames arrive when they like; models want a steady rate. Mapping and interpolation are done once
per frame, so that cutting a window out of the buffer copies numbers and computes nothing.
"""

from collections.abc import Iterator
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.mapping import mapping_matrix
from crossglg.skeleton.normalize import blend
from crossglg.skeleton.steady import LONGEST_GAP_S

_SAME_S = 1e-6
_FAR_APART = 20
"""Frames at the beginning of a stream after which times are no seconds if no two are near."""
_FARTHEST_M = 2e4
"""What is said to be farther away was not seen: sensors slip. Of streams in millimetres, too."""

Frame = tuple[float, NDArray[np.float32], NDArray[np.bool_]]
"""Its time, joints (M V 3) and visibility (M V)."""


class FrameBuffer:
    """Frames of one stream; frame ``k`` of the grid is at ``start_s + k / fps``.

    Args:
        source: Layout of what is pushed.
        target: Layout of the model.
        fps: Frames of the grid per second.
        keep_s: How much of the past is kept.

    Attributes:
        count: Frames of the grid so far, those forgotten included.
    """

    def __init__(self, *, source: Layout, target: Layout, fps: float, keep_s: float) -> None:
        self.fps = fps
        self.layout = target
        self.count = 0
        self.start_s = 0.0
        self._source = source
        self._matrix = None if source.joints == target.joints else mapping_matrix(source, target)
        self._kept = max(2, round(keep_s * fps))
        self._joints = np.zeros((0, 0, 0, 3), dtype=np.float32)  # (M 2*kept V 3)
        self._visible = np.zeros((0, 0, 0), dtype=np.bool_)
        self._first = 0  # grid number of the first row of the arrays
        self._newest: Frame | None = None
        self._far_apart: int | None = 0  # frames of somebody; None once two were near

    def push(
        self, time_s: float, joints: NDArray[np.floating], visible: NDArray[np.bool_]
    ) -> Iterator[int]:
        """Take a frame in.

        Args:
            time_s: Later than all before.
            joints: (M V 3) metres, y up; M must stay the same over a stream.
            visible: (M V).

        Returns:
            The grid frames that it completes, perhaps none. Each comes to be when it is asked for,
            as a long gap has more of them than are kept.

        Raises:
            ClipError: Shapes are not as before, the time is none or does not go on, or times are
                no seconds.
        """
        self._check(time_s, joints, visible)
        self._insist_on_seconds(time_s, visible)
        frame = (time_s, *self._map(joints, visible))
        before, self._newest = self._newest, frame
        if before is None:
            self._make_room(len(joints))
            self.start_s = time_s
            before = frame
        return self._complete(before, frame)

    def _complete(self, before: Frame, after: Frame) -> Iterator[int]:
        first = self.count
        while (now := self.start_s + self.count / self.fps) <= after[0] + _SAME_S:
            self._append(*_between(before, after, now))
            yield self.count - 1
            if self.count - first == 2 * self._kept:
                # Nothing is kept from before the gap, so the grid may go on at its end.
                self.start_s = max(self.start_s, after[0] - self.count / self.fps)

    def time_of(self, number: int) -> float:
        """Seconds of a grid frame."""
        return self.start_s + number / self.fps

    def number_at(self, time_s: float) -> int:
        """The grid frame nearest to a time."""
        return round((time_s - self.start_s) * self.fps)

    @property
    def oldest(self) -> int:
        """The first grid frame that is still there."""
        return max(self._first, self.count - self._kept)

    def frame(self, number: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Joints (M V 3) and visibility (M V) of a grid frame that is still there."""
        row = number - self._first
        return self._joints[:, row], self._visible[:, row]

    def clip(self, first: int, last: int) -> SkeletonClip:
        """The grid frames from ``first`` to ``last``, both included, as far as still there."""
        rows = slice(max(first, self.oldest) - self._first, last + 1 - self._first)
        return SkeletonClip(
            self._joints[:, rows].copy(), self._visible[:, rows].copy(), self.fps, self.layout
        )

    def _check(
        self, time_s: float, joints: NDArray[np.floating], visible: NDArray[np.bool_]
    ) -> None:
        persons = len(self._joints) or len(joints)
        expected = (persons, self._source.joint_count, 3)
        if joints.shape != expected or visible.shape != expected[:2] or not persons:
            raise ClipError(
                f"Expected frames of joints (persons, joints, 3) = {expected} for layout "
                f"'{self._source.name}' with their visibility, found {joints.shape} and "
                f"{visible.shape}."
            )
        if not isfinite(time_s):
            raise ClipError(f"Expected the time of a frame in seconds, found {time_s}.")
        if self._newest is not None and time_s <= self._newest[0]:
            raise ClipError(
                f"Expected a frame later than {self._newest[0]:.3f} s, found {time_s:.3f} s."
            )

    def _insist_on_seconds(self, time_s: float, visible: NDArray[np.bool_]) -> None:
        """Of milliseconds every frame is long after the one before: nothing would ever be seen."""
        if self._newest is None or self._far_apart is None:
            return
        if time_s - self._newest[0] <= LONGEST_GAP_S:
            self._far_apart = None  # two are near: later gaps are gaps
            return
        self._far_apart += int(visible.any())
        if self._far_apart >= _FAR_APART:
            raise ClipError(
                f"Expected times in seconds, at least two frames a second, found {_FAR_APART} "
                f"frames in a row more than {LONGEST_GAP_S:g} s apart, the last at {time_s:g} s."
            )

    def _map(
        self, joints: NDArray[np.floating], visible: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        seen = visible & (np.abs(joints) <= _FARTHEST_M).all(axis=-1)
        placed = np.where(seen[..., None], joints, 0.0).astype(np.float32)
        if self._matrix is None:
            return placed, seen
        mapped = ~(~seen @ (self._matrix > 0).T)
        return np.where(mapped[..., None], self._matrix @ placed, np.float32(0)), mapped

    def _make_room(self, persons: int) -> None:
        shape = (persons, 2 * self._kept, self.layout.joint_count)
        self._joints = np.zeros((*shape, 3), dtype=np.float32)
        self._visible = np.zeros(shape, dtype=np.bool_)

    def _append(self, joints: NDArray[np.float32], visible: NDArray[np.bool_]) -> None:
        row = self.count - self._first
        if row == self._joints.shape[1]:
            self._joints[:, : self._kept] = self._joints[:, -self._kept :]
            self._visible[:, : self._kept] = self._visible[:, -self._kept :]
            self._first += row - self._kept
            row = self._kept
        self._joints[:, row], self._visible[:, row] = joints, visible
        self.count += 1


def _between(
    before: Frame, after: Frame, time_s: float
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """What ``make_steady`` has at a moment of its grid, out of the two frames around it.

    A recording is over before its grid is laid, at its own median rate; a stream's grid has a rate
    of its own and is laid frame by frame, so it shares the sums and not the whole.
    """
    (start, first, first_seen), (stop, second, second_seen) = before, after
    if stop - time_s < _SAME_S:
        return second, second_seen
    if stop - start > LONGEST_GAP_S:
        return np.zeros_like(first), np.zeros_like(first_seen)
    share = max(0.0, (time_s - start) / (stop - start))
    return blend((first, first_seen), (second, second_seen), share)
