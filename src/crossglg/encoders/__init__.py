"""Skeleton encoders by name: those of this package and those that others register.

A package of one's own makes an encoder known through an entry point of the group
``crossglg.encoders`` whose value is the class, built as ``cls(layout, max_persons=2, ...)``.
"""

import inspect
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any, get_args, get_origin

from crossglg.encoders.base import SkeletonEncoder
from crossglg.encoders.bottleneck import InformationBottleneck
from crossglg.encoders.checks import check_before_training, check_encoder
from crossglg.encoders.hdgcn import HDGCN
from crossglg.encoders.infogcn import InfoGCN
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
    others = {point.name for point in entry_points(group=_ENTRY_POINTS)}
    return (*_OWN, *sorted(others - _OWN.keys()))


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
        ConfigError: No such encoder, or several of that name, or it has no such option, or one of
            another type.
    """
    encoder_class = _find(name)
    options = options or {}
    parameters = inspect.signature(encoder_class).parameters
    takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    known = parameters.keys() - {"layout", "max_persons"}
    for option, value in options.items():
        if option not in known and takes_any:
            continue
        if option not in known:
            raise ConfigError(
                f"Encoder '{name}' has no option '{option}'."
                + suggest(option, known)
                + f" It has: {', '.join(sorted(known))}."
            )
        if wanted := _missed_type(value, parameters[option].annotation):
            raise ConfigError(
                f"Encoder '{name}', option '{option}': expected {wanted}, found {value!r}."
            )
    described = get_layout(layout) if isinstance(layout, str) else layout
    return encoder_class(described, max_persons=max_persons, **options)


def check_foreign_encoder(name: str, encoder: SkeletonEncoder, *, frame_count: int) -> None:
    """Find out before a training whether somebody else's encoder is fit for it.

    Raises:
        EncoderError: It breaks the contract. ``check_encoder`` looks at more.
    """
    if name not in _OWN:
        check_before_training(name, encoder, frame_count=frame_count)


def _missed_type(value: Any, annotation: Any) -> str:
    """The type that an option should be of; empty if it is, or for the encoder to find out."""
    several = get_origin(annotation) is Sequence
    kind = get_args(annotation)[0] if several else annotation
    if kind not in (int, float, str):
        return ""
    allowed = (int, float) if kind is float else kind
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    parts = value if several and is_list else [value]
    fits = all(isinstance(part, allowed) and not isinstance(part, bool) for part in parts)
    if fits and several == is_list:
        return ""
    return f"a list of {kind.__name__}" if several else str(kind.__name__)


def _find(name: str) -> type[SkeletonEncoder]:
    points = list(entry_points(group=_ENTRY_POINTS, name=name))
    owners = ["crossglg"] * (name in _OWN) + [_name_package(point) for point in points]
    if len(owners) > 1:
        raise ConfigError(
            f"Expected one encoder called '{name}', found one of each of the packages "
            f"{' and '.join(owners)}; uninstall one of them, or rename its entry point."
        )
    if not owners:
        raise ConfigError(
            f"No encoder is called '{name}'."
            + suggest(name, list_encoders())
            + f" Known: {', '.join(list_encoders())}."
        )
    found: type[SkeletonEncoder] = points[0].load() if points else _OWN[name]
    return found


def _name_package(point: EntryPoint) -> str:
    return point.value if point.dist is None else point.dist.name
