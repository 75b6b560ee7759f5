"""The torso, both hips and both shoulders: by it a body is placed, turned and measured."""

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import LayoutError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout

TORSO = ("left_hip", "right_hip", "left_shoulder", "right_shoulder")


def find_torso(layout: Layout) -> list[int]:
    """Where the joints of ``TORSO`` stand in the arrays.

    Raises:
        LayoutError: The layout lacks a hip or a shoulder.
    """
    missing = [joint for joint in TORSO if joint not in layout.joints]
    if missing:
        raise LayoutError(
            f"Layout '{layout.name}' lacks {', '.join(missing)}; hips and shoulders are needed "
            "to centre, turn and scale a body."
        )
    return [layout.index(joint) for joint in TORSO]


def sees_torso(clip: SkeletonClip) -> NDArray[np.bool_]:
    """(M T) whether a person's whole torso is seen in a frame; ``align`` needs one such frame.

    Raises:
        LayoutError: The layout lacks a hip or a shoulder.
    """
    return np.all(clip.visible[:, :, find_torso(clip.layout)], axis=-1)
