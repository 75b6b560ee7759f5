"""A joint farther away than any can be leaves no numbers to compare by: said in one sentence."""

from collections.abc import Sequence

import numpy as np

from crossglg.errors import ClipError
from crossglg.oneshot.features import ClipFeatures
from crossglg.skeleton.clip import SkeletonClip


def refuse_far_joints(features: ClipFeatures, clips: Sequence[SkeletonClip]) -> None:
    """Insist that features are numbers; ``clips`` are what they were made of.

    Raises:
        ClipError: A joint of a clip is farther away than any can be.
    """
    for number, clip in enumerate(clips):
        if all(np.isfinite(part[number]).all() for part in (features.joints, features.motion)):
            continue
        farthest = np.abs(clip.joints[clip.visible]).max()
        which = f" in clip {number}" if len(clips) > 1 else ""
        raise ClipError(
            f"Expected joints within some metres, found one at {farthest:.3g}{which}: joints that "
            "were not seen are to be NaN."
        )
