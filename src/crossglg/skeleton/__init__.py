"""What a body is: layouts, clips, and everything that is done to them. numpy only."""

from crossglg.skeleton.augment import Augmentation, augment, mirror
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import (
    Layout,
    canonical_joint,
    get_layout,
    list_layouts,
    recognise_layout,
)
from crossglg.skeleton.normalize import align, normalize, resample

__all__ = [
    "Augmentation",
    "Layout",
    "SkeletonClip",
    "align",
    "augment",
    "canonical_joint",
    "get_layout",
    "list_layouts",
    "mirror",
    "normalize",
    "recognise_layout",
    "resample",
]
