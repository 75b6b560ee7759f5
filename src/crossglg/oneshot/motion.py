"""How a body moves, whatever its size, its place and its vigour: raw joints, without a network.

Source: ours. Where a joint is depends on who is recorded, by which sensor and how it was put in
place; where it is going hardly does. Movements are brought to the same energy, so that a wide wave
and a shy one are the same wave. Each joint counts by the importance that the model learned from
words; the rest is geometry. Chosen on development classes (docs/results.md).
"""

import numpy as np
from numpy.typing import NDArray

_STEPS = 32
"""A movement is the way from a thirty-second of a clip before a frame to one after it."""
_REST = 0.02
"""Of a body at rest the joints still tremble by so much a frame (in trunk lengths, root mean
square); this is not blown up to look like a movement."""


def find_motion(joints: NDArray[np.float32], present: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How far each joint goes around each frame, in the clips' unit; zero for who is not there.

    Args:
        joints: (N M T V 3).
        present: (N M T).

    Returns:
        (N T M V 3).
    """
    before, after = _neighbours(joints.shape[2])
    moved = joints[:, :, after] - joints[:, :, before]
    there = present[:, :, after] & present[:, :, before]
    return np.moveaxis(moved * there[..., None, None], 1, 2)


def find_raw_motion(
    sequences: NDArray[np.float32],
) -> NDArray[np.float32]:
    """The same of rows of coordinates (N T D), without knowing whose: the floor's view."""
    before, after = _neighbours(sequences.shape[1])
    return sequences[:, after] - sequences[:, before]


def level_energy(
    motion: NDArray[np.floating], weights: NDArray[np.floating]
) -> NDArray[np.float32]:
    """Rows (N T M*V*3) of weighted movement whose mean square length over a clip is one.

    Args:
        motion: (N T M V 3) as ``find_motion`` gives it.
        weights: (N V) how much each joint counts; each row sums to one.
    """
    weighted = motion * np.sqrt(weights, dtype=np.float32)[:, None, None, :, None]
    return level_rows(weighted.reshape(*weighted.shape[:2], -1).astype(np.float32))


def level_rows(
    rows: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Rows (N T D) whose mean square length is one, or less where hardly anything moves."""
    energy = np.square(rows).sum(axis=2).mean(axis=1)
    return rows / np.sqrt(energy + _REST**2)[:, None, None]


def _neighbours(frame_count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(T) the frame before each and the frame after it; at the ends the clip's own."""
    span = max(1, frame_count // _STEPS)
    frames = np.arange(frame_count)
    return np.maximum(frames - span, 0), np.minimum(frames + span, frame_count - 1)
