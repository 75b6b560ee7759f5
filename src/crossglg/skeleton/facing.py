"""Where a body faces: across its hips, about the vertical."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import CheckpointError

Facing = Literal["first-frame", "all-frames"]
"""Which frames say where a body faces: the first one that shows it, as in the published pipelines
(method page, section 4.1), or all of them. The hips that a sensor sees tremble by several degrees:
one frame turns the whole clip by as much, the mean of all does not (docs/results.md, "Facing by all
frames"). The place is the first frame's either way: the middle of the travel helps raw matching,
and no model."""


def read_facing(header: Mapping[str, Any]) -> Facing:
    """What a file of a model says; older files do not, and mean the first frame.

    Raises:
        CheckpointError: It says something else.
    """
    found: Facing = header.get("facing", "first-frame")
    if found not in get_args(Facing):
        raise CheckpointError(f"facing: expected first-frame or all-frames, found '{found}'.")
    return found


def find_facing(hips: NDArray[np.float32], facing: Facing) -> float:
    """(T 2 3) left and right hip, in frames that show both -> an angle about the vertical.

    In radians; turned by it, left to right is +x, and the body faces -z.
    """
    across = hips[:, 1] - hips[:, 0]
    one: NDArray[np.float32] = across[0] if facing == "first-frame" else across.mean(axis=0)
    return float(np.arctan2(one[2], one[0]))
