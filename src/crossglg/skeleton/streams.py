"""The four views of one movement: joint, bone, joint motion, bone motion."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ConfigError
from crossglg.skeleton.clip import SkeletonClip

Stream = Literal["joint", "bone", "joint_motion", "bone_motion"]
STREAMS: tuple[Stream, ...] = get_args(Stream)


def compute_stream(clip: SkeletonClip, stream: Stream) -> NDArray[np.float32]:
    """One view of a clip, zero where it is not known.

    A bone is the vector from a joint's parent to the joint (zero at the root); motion is the
    difference to the next frame (zero at the last).

    Returns:
        (M T V 3) in the clip's length unit (per frame, for motion).

    Raises:
        ConfigError: ``stream`` is none of ``STREAMS``.
    """
    if stream not in STREAMS:
        raise ConfigError(f"No stream is called '{stream}'. Known: {', '.join(STREAMS)}.")
    values, known = clip.joints, clip.visible
    if stream.startswith("bone"):
        parents = clip.layout.parent_index
        values, known = values - values[:, :, parents], known & known[:, :, parents]
    if stream.endswith("motion"):
        difference = np.zeros_like(values)
        difference[:, :-1] = values[:, 1:] - values[:, :-1]
        both = known.copy()
        both[:, :-1] &= known[:, 1:]
        values, known = difference, both
    return np.where(known[..., None], values, np.float32(0))
