"""Skeleton encoders by name: those of this package and those that others register.

A package of one's own makes an encoder known through an entry point of the group
``crossglg.encoders`` whose value is the class, built as ``cls(layout, max_persons=2, ...)``.
"""

import inspect
from importlib.metadata import entry_points
from typing import Any

from crossglg.encoders.base import SkeletonEncoder
from crossglg.encoders.checks import check_encoder
from crossglg.encoders.hdgcn import HDGCN
from crossglg.encoders.infogcn import InfoGCN, InformationBottleneck
from crossglg.encoders.motionbert import MotionBERT
from crossglg.encoders.patchgcn import PatchGCN
from crossglg.encoders.stgcn import STGCN
from crossglg.errors import ConfigError, suggest
from crossglg.skeleton.layout import Layout, get_layout

__all__ = [
    "HDGCN",
    "STGCN",
    "InfoGCN",
    "InformationBottleneck",
    "MotionBERT",
    "PatchGCN",
    "SkeletonEncoder",
    "check_encoder",
    "create_encoder",
    "list_encoders",
]

_ENTRY_POINTS = "crossglg.encoders"
_OWN: dict[str, type[SkeletonEncoder]] = {
    "infogcn": InfoGCN,
    "hdgcn": HDGCN,
    "motionbert": MotionBERT,
    "stgcn": STGCN,
    "patchgcn": PatchGCN,
}


def list_encoders() -> tuple[str, ...]:
    """Names that ``create_encoder`` takes."""
    return (*_OWN, *sorted(point.name for point in entry_points(group=_ENTRY_POINTS)))


def create_encoder(
    name: str,
    *,
    layout: Layout | str,
    max_persons: int = 2,
    options: dict[str, Any] | None = None,
) -> SkeletonEncoder:
    """Build an encoder with fresh weights.

    Args:
        name: One of ``list_encoders()``.
        layout: A layout or its name.
        max_persons: The largest number of persons in a clip.
        options: Constructor arguments of that encoder, such as ``{"width": 32}``.

    Raises:
        ConfigError: No such encoder, or it has no such option.
    """
    encoder_class = _find(name)
    options = options or {}
    known = set(inspect.signature(encoder_class).parameters) - {"layout", "max_persons"}
    for option in options:
        if option not in known:
            raise ConfigError(
                f"Encoder '{name}' has no option '{option}'."
                + suggest(option, known)
                + f" It has: {', '.join(sorted(known))}."
            )
    described = get_layout(layout) if isinstance(layout, str) else layout
    return encoder_class(described, max_persons=max_persons, **options)


def _find(name: str) -> type[SkeletonEncoder]:
    if name in _OWN:
        return _OWN[name]
    for point in entry_points(group=_ENTRY_POINTS, name=name):
        found: type[SkeletonEncoder] = point.load()
        return found
    raise ConfigError(
        f"No encoder is called '{name}'."
        + suggest(name, list_encoders())
        + f" Known: {', '.join(list_encoders())}."
    )
