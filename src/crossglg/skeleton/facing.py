"""Where a body faces: across its hips, about the vertical."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Facing = Literal["first-frame", "all-frames"]
"""Which frames say where a body faces: the first one that shows it, as in the published pipelines
(method page, section 4.1), or all of them. The hips that a sensor sees tremble by several degrees:
one frame turns the whole clip by as much, the mean of all does not (docs/results.md, "Facing by all
frames"). The place is the first frame's either way: the middle of the travel helps raw matching,
and no model."""


def find_facing(hips: NDArray[np.float32], facing: Facing) -> float:
    """(T 2 3) left and right hip, in frames that show both -> an angle about the vertical.

    In radians; turned by it, left to right is +x, and the body faces -z.
    """
    across = hips[:, 1] - hips[:, 0]
    one: NDArray[np.float32] = across[0] if facing == "first-frame" else across.mean(axis=0)
    return float(np.arctan2(one[2], one[0]))
