"""Where in a stream does an exemplar fit? Subsequence dynamic time warping, one frame at a time.

For every exemplar one column of accumulated costs is kept, and with each cost where its path
began; a new frame makes the next column out of it. So the best alignment of every exemplar that
ends at this very frame is always known, at a cost that does not depend on how long the stream is.
(Sakurai, Faloutsos and Yamamuro: Stream monitoring under the time warping distance, ICDE 2007.)
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class StreamWarping:
    """Aligns E exemplars with the end of a stream.

    Args:
        exemplars: (J V 3) poses of each, J of its own.
        weights: (V) of each, how much its joints matter; sums to one.
    """

    def __init__(
        self,
        exemplars: Sequence[NDArray[np.float32]],
        weights: Sequence[NDArray[np.floating]],
    ) -> None:
        self._lengths = np.array([len(poses) for poses in exemplars])
        longest = int(self._lengths.max())
        padded = [np.pad(p, ((0, longest - len(p)), (0, 0), (0, 0)), "edge") for p in exemplars]
        roots = np.sqrt(np.stack(weights)).astype(np.float32)  # (E V)
        poses = np.stack(padded) * roots[:, None, :, None]
        self._roots = roots
        self._poses = poses.reshape(*poses.shape[:2], -1)  # (E J V*3)
        self._squares = np.square(self._poses).sum(axis=-1)
        self._totals = np.full(self._squares.shape, np.inf)
        self._starts = np.zeros(self._squares.shape, dtype=np.int64)
        self._frame = -1

    def push(self, pose: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Take the next frame's pose (V 3) in.

        Returns:
            For each exemplar the mean cost per exemplar frame of the best alignment that ends
            now (E), and the frame at which it began (E).
        """
        self._frame += 1
        cost = self._costs(pose)
        # From the frame before, straight or diagonally; the first pose may begin anywhere.
        arrive, starts = self._totals.copy(), self._starts.copy()
        diagonal = self._totals[:, :-1] < arrive[:, 1:]
        arrive[:, 1:] = np.where(diagonal, self._totals[:, :-1], arrive[:, 1:])
        starts[:, 1:] = np.where(diagonal, self._starts[:, :-1], starts[:, 1:])
        arrive[:, 0], starts[:, 0] = 0.0, self._frame
        # Along the column costs add up: a running minimum over prefix sums, as in align_costs.
        walked = np.cumsum(cost, axis=1)
        lead = arrive - (walked - cost)
        lowest = np.minimum.accumulate(lead, axis=1)
        position = np.where(lead == lowest, np.arange(lead.shape[1]), 0)
        origin = np.maximum.accumulate(position, axis=1)
        self._totals = walked + lowest
        self._starts = np.take_along_axis(starts, origin, axis=1)
        last = (np.arange(len(self._lengths)), self._lengths - 1)
        return self._totals[last] / self._lengths, self._starts[last]

    def _costs(self, pose: NDArray[np.float32]) -> NDArray[np.float64]:
        """(E J) weighted distance of the pose to every frame of every exemplar."""
        asked = (pose[None] * self._roots[:, :, None]).reshape(len(self._roots), -1)  # (E V*3)
        products = np.einsum("ejd,ed->ej", self._poses, asked)
        squares = self._squares - 2 * products + np.square(asked).sum(axis=-1)[:, None]
        return np.sqrt(np.maximum(squares, 0.0)).astype(np.float64)
