"""Map a clip from one layout to another, joint by joint and by name.

A joint that the source has under the same name is taken as it is. Any other is a mean of joints
near it on the body, looked up in an ordered table of substitutes; substitutes may themselves be
substituted, so that every pair of known layouts maps.
"""

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import LayoutError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout, mirrored_name

# Joint -> the joints whose mean may stand for it, best first. The right side is the mirror image
# of the left. Middle joints are only ever replaced by middle joints or by whole left-right pairs:
# that is what makes mapping commute with mirroring.
_SUBSTITUTES: dict[str, tuple[tuple[str, ...], ...]] = {
    "pelvis": (("left_hip", "right_hip"),),
    "spine": (("pelvis", "chest"),),
    "chest": (("neck",), ("left_shoulder", "right_shoulder")),
    "neck": (("chest",), ("left_shoulder", "right_shoulder")),
    "head": (("left_ear", "right_ear"), ("left_eye", "right_eye"), ("nose",)),
    "nose": (("left_eye", "right_eye"), ("left_mouth", "right_mouth"), ("head",)),
    "left_eye": (("left_eye_inner", "left_eye_outer"), ("nose",), ("head",)),
    "left_eye_inner": (("left_eye",), ("nose",), ("head",)),
    "left_eye_outer": (("left_eye",), ("nose",), ("head",)),
    "left_ear": (("head",), ("left_eye",), ("nose",)),
    "left_mouth": (("nose",), ("head",)),
    "left_collar": (("chest", "left_shoulder"),),
    "left_wrist": (("left_hand",), ("left_hand_tip",)),
    "left_hand": (
        ("left_wrist", "left_index", "left_pinky"),
        ("left_wrist", "left_hand_tip"),
        ("left_hand_tip",),
        ("left_wrist",),
    ),
    "left_hand_tip": (("left_index",), ("left_hand",), ("left_wrist",)),
    "left_thumb": (("left_hand",), ("left_index",), ("left_wrist",)),
    "left_index": (("left_hand_tip",), ("left_hand",), ("left_wrist",)),
    "left_pinky": (("left_hand",), ("left_hand_tip",), ("left_wrist",)),
    "left_ankle": (("left_heel",), ("left_foot",)),
    "left_heel": (("left_ankle",), ("left_foot",)),
    "left_foot": (("left_ankle",), ("left_heel",)),
}


@cache
def mapping_matrix(source: Layout, target: Layout) -> NDArray[np.float32]:
    """Weights (V_target V_source) that give each target joint as a mean of source joints.

    Returns:
        float32, not negative, every row sums to 1; read-only, as it is shared between callers.

    Raises:
        LayoutError: Nothing in the source can stand for some target joints; the message names them.
    """
    rows = {joint: _weights(joint, source, frozenset()) for joint in target.joints}
    unknown = [joint for joint, weights in rows.items() if not weights]
    if unknown:
        raise LayoutError(
            f"Layout '{source.name}' cannot be mapped to '{target.name}': nothing in it can stand "
            f"for {', '.join(unknown)}. Use a layout without these joints."
        )
    matrix = np.array(
        [[weights.get(joint, 0.0) for joint in source.joints] for weights in rows.values()],
        dtype=np.float32,
    )
    matrix.flags.writeable = False
    return matrix


def map_clip(clip: SkeletonClip, target: Layout) -> SkeletonClip:
    """The same movement with the joints of another layout.

    A target joint is visible where all source joints it is made of are visible.

    Raises:
        LayoutError: The layouts do not map (see ``mapping_matrix``).
    """
    if clip.layout == target:
        return clip
    matrix = mapping_matrix(clip.layout, target)
    hidden_parts = ~clip.visible @ (matrix > 0).T
    visible = ~hidden_parts
    # Unseen joints may hold anything, even NaN, which a weight of zero would not silence.
    seen = np.where(clip.visible[..., None], clip.joints, np.float32(0))
    joints = np.where(visible[..., None], matrix @ seen, np.float32(0))
    return replace(clip, joints=joints, visible=visible, layout=target)


def _weights(joint: str, source: Layout, pending: frozenset[str]) -> dict[str, float]:
    """Source joints and their weights for one joint; empty where nothing is known.

    ``pending`` holds the joints being substituted already: leaving them out ends the recursion.
    """
    if joint in source.joints:
        return {joint: 1.0}
    options = [parts for parts in _substitutes(joint) if pending.isdisjoint(parts)]
    # Sorting is stable: what the source has itself comes before what must be substituted in turn.
    for parts in sorted(options, key=lambda parts: not set(parts) <= set(source.joints)):
        found = [_weights(part, source, pending | {joint}) for part in parts]
        if all(found):
            return _mean(found)
    return {}


def _substitutes(joint: str) -> tuple[tuple[str, ...], ...]:
    if not joint.startswith("right_"):
        return _SUBSTITUTES.get(joint, ())
    of_left = _SUBSTITUTES.get(mirrored_name(joint), ())
    return tuple(tuple(mirrored_name(part) for part in parts) for parts in of_left)


def _mean(parts: list[dict[str, float]]) -> dict[str, float]:
    joints = sorted({joint for weights in parts for joint in weights})
    return {j: sum(weights.get(j, 0.0) for weights in parts) / len(parts) for j in joints}
