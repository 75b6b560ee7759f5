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
from crossglg.skeleton.streams import STREAMS, Stream, compute_stream

__all__ = [
    "STREAMS",
    "Augmentation",
    "Layout",
    "SkeletonClip",
    "Stream",
    "align",
    "augment",
    "canonical_joint",
    "compute_stream",
    "get_layout",
    "list_layouts",
    "mirror",
    "normalize",
    "recognise_layout",
    "resample",
]
