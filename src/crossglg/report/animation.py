"""Moving skeletons side by side as an animated GIF or WebP: for a slide, a chat or an issue."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crossglg.atomic import create_file
from crossglg.errors import ConfigError, require
from crossglg.report.colours import BONE, GROUND, INK, PAPER, colour_of, list_colours
from crossglg.report.projection import project
from crossglg.report.scene import MovingSkeleton, drawn_joints

if TYPE_CHECKING:
    from PIL.Image import Image

ANIMATION_SUFFIXES = (".gif", ".webp")
_SIDE = 280
_CAPTION = 52
_LINE = 22
_MARGIN = 0.84
_FINER = 2
"""Drawn this much larger and then reduced: smooth lines."""
_FPS = 20.0
_REST_S = 0.6
_QUALITY = 80
"""Of a WebP, of 100."""
_LEAST_RADIUS, _MOST_RADIUS = 2.6, 7.5


def write_animation(skeletons: Sequence[MovingSkeleton], path: Path, *, title: str = "") -> Path:
    """Draw skeletons beside each other and write the pictures, whole or not at all.

    Args:
        skeletons: All are shown for as long as the longest lasts.
        path: Ends in ``.gif`` or ``.webp``; its folder must exist.
        title: Written above.

    Returns:
        ``path``.

    Raises:
        ConfigError: Another suffix, or nothing to draw.
        MissingExtraError: Pillow is not installed.
    """
    if path.suffix not in ANIMATION_SUFFIXES or not skeletons:
        raise ConfigError(
            f"Expected skeletons and a file that ends in {' or '.join(ANIMATION_SUFFIXES)}, found "
            f"{len(skeletons)} and '{path.name}'."
        )
    require("PIL", extra="gif")
    pictures = draw_pictures(skeletons, title=title)
    # GIF counts in hundredths of a second.
    step_ms = round(100 / _FPS) * 10
    durations = [step_ms] * len(pictures)
    durations[-1] += round(_REST_S * 1000)
    packed = io.BytesIO()
    play: dict[str, Any] = {"save_all": True, "duration": durations, "loop": 0}
    if path.suffix == ".gif":
        pictures = _share_palette(pictures)
        pictures[0].save(packed, "GIF", append_images=pictures[1:], optimize=False, **play)
    else:
        pictures[0].save(
            packed, "WEBP", append_images=pictures[1:], quality=_QUALITY, method=2, **play
        )
    with create_file(path) as stream:
        stream.write(packed.getvalue())
    return path


def _share_palette(pictures: list["Image"]) -> list["Image"]:
    """The same few colours for all: a quarter of the size, no flicker, and no scale lost."""
    from PIL import Image

    sheet = Image.new("P", (1, 1))
    sheet.putpalette([part for colour in list_colours() for part in colour])
    return [picture.quantize(palette=sheet, dither=Image.Dither.NONE) for picture in pictures]


def draw_pictures(skeletons: Sequence[MovingSkeleton], *, title: str = "") -> list["Image"]:
    """One picture for every twentieth of a second."""
    from PIL import Image, ImageDraw, ImageFont

    length_s = max((s.joints.shape[1] - 1) / s.fps for s in skeletons)
    places = [project(skeleton) for skeleton in skeletons]
    large, small = (ImageFont.load_default(points * _FINER) for points in (16, 13))
    width = _SIDE * len(skeletons)
    lines = _wrap(title, large, (width - 28) * _FINER)
    top = _LINE * len(lines) + 14 * bool(lines)
    size = (width, top + _SIDE + _CAPTION)
    pictures = []
    for time_s in np.arange(0.0, length_s + 1e-9, 1 / _FPS):
        sheet = Image.new("RGB", (size[0] * _FINER, size[1] * _FINER), PAPER)
        pen = ImageDraw.Draw(sheet)
        for number, line in enumerate(lines):
            pen.text((14 * _FINER, (10 + number * _LINE) * _FINER), line, fill=INK, font=large)
        for number, (skeleton, where) in enumerate(zip(skeletons, places, strict=True)):
            frame = min(round(time_s * skeleton.fps), skeleton.joints.shape[1] - 1)
            corner = np.array([number * _SIDE, top], dtype=np.float64)
            _draw_persons(pen, skeleton, where[:, frame], frame=frame, corner=corner)
            left, below = (corner + np.array([14, _SIDE])) * _FINER
            pen.text((left, below), skeleton.title, fill=INK, font=large)
            pen.text((left, below + 22 * _FINER), skeleton.note, fill=BONE, font=small)
        pictures.append(sheet.resize(size, Image.Resampling.LANCZOS))
    return pictures


def _wrap(text: str, font: Any, width: float) -> list[str]:
    """Lines no wider than ``width``, but for single words that are."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _draw_persons(
    pen: Any,
    skeleton: MovingSkeleton,
    places: NDArray[np.float64],
    *,
    frame: int,
    corner: NDArray[np.float64],
) -> None:
    """Draw the persons whose joints are at ``places`` (M V 2)."""
    half = _SIDE / 2
    at = (corner + half + places * half * _MARGIN) * _FINER  # (M V 2)
    drawn = drawn_joints(skeleton)[:, frame]
    shares = _shares_at(skeleton, frame)
    floor = float((corner[1] + half * (1 + _MARGIN)) * _FINER)
    edge = float(corner[0] * _FINER)
    pen.line([(edge, floor), (edge + _SIDE * _FINER, floor)], fill=GROUND, width=_FINER)
    for person, seen in zip(at, drawn, strict=True):
        for joint, parent in enumerate(skeleton.layout.parent_index):
            if joint != parent and seen[joint] and seen[parent]:
                ends = [tuple(person[joint]), tuple(person[parent])]
                pen.line(ends, fill=BONE, width=3 * _FINER)
        for joint in np.argsort(np.abs(shares)):
            if not seen[joint]:
                continue
            size = _LEAST_RADIUS + (_MOST_RADIUS - _LEAST_RADIUS) * abs(float(shares[joint]))
            fill = INK if skeleton.shares is None else colour_of(shares[joint], skeleton.scale)
            pen.circle(tuple(person[joint]), size * _FINER, fill=fill, outline=PAPER, width=_FINER)


def _shares_at(skeleton: MovingSkeleton, frame: int) -> NDArray[np.float64]:
    """(V) shares at a frame; small where importance is unknown."""
    if skeleton.shares is None:
        return np.full(skeleton.layout.joint_count, 0.15)
    return skeleton.shares if skeleton.shares.ndim == 1 else skeleton.shares[frame]
