"""Moving skeletons as one animated SVG: a picture for a README or a slide, without scripts."""

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from crossglg.report.projection import project
from crossglg.report.scene import MovingSkeleton

_CELL = 200
_CAPTION = 26
_MARGIN = 0.88
_FRAMES = 32
_COLD, _WARM = (122, 138, 158), (242, 116, 32)  # either is seen on light and on dark
_JOINT_RADIUS, _KEY_RADIUS = 2.6, 6.4
_STYLE = (
    "text{font:600 14px system-ui,sans-serif;fill:#223;text-anchor:middle}"
    "path{fill:none;stroke:#8a98aa;stroke-width:3;stroke-linecap:round}"
    "@media(prefers-color-scheme:dark){text{fill:#e8ecf2}path{stroke:#66758a}}"
)


def render_figure(skeletons: Sequence[MovingSkeleton], *, columns: int = 4) -> str:
    """An SVG in which every skeleton repeats its movement, joints coloured by importance.

    Args:
        skeletons: Any number; first persons only.
        columns: Skeletons side by side.
    """
    rows = -(-len(skeletons) // columns)
    width, height = columns * _CELL, rows * (_CELL + _CAPTION)
    parts = [
        f'<g transform="translate({(n % columns) * _CELL} {(n // columns) * (_CELL + _CAPTION)})">'
        f"{_draw(skeleton)}</g>"
        for n, skeleton in enumerate(skeletons)
    ]
    label = escape(", ".join(skeleton.title for skeleton in skeletons))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="Moving skeletons: {label}"><style>{_STYLE}</style>{"".join(parts)}</svg>\n'
    )


def _draw(skeleton: MovingSkeleton) -> str:
    chosen = _choose_frames(skeleton.present.shape[1])
    places = _place(skeleton)[:, chosen]
    drawn = [
        _draw_person(points, there[chosen], skeleton)
        for points, there in zip(places, skeleton.present, strict=True)
        if there.any()
    ]
    middle = _CELL / 2
    drawn.append(f'<text x="{middle:g}" y="{_CELL + 14}">{escape(skeleton.title)}</text>')
    return "".join(drawn)


def _draw_person(
    points: NDArray[np.float64], there: NDArray[np.bool_], skeleton: MovingSkeleton
) -> str:
    """One of (T V 2), shown while it is there (T)."""
    duration_s = skeleton.joints.shape[1] / skeleton.fps
    how = f'dur="{duration_s:.2f}s" repeatCount="indefinite"'
    weights = skeleton.mean_importance
    shares = np.zeros(points.shape[1]) if weights is None else weights / weights.max()
    bones = [_bones(frame, skeleton) for frame in points]
    drawn = [f'<path d="{bones[0]}"><animate attributeName="d" values="{";".join(bones)}" {how}/>']
    drawn.append("</path>")
    for joint, share in enumerate(shares):
        moves = "".join(
            f'<animate attributeName="{name}" values="{_list(points[:, joint, axis])}" {how}/>'
            for axis, name in enumerate(("cx", "cy"))
        )
        radius = _JOINT_RADIUS + (_KEY_RADIUS - _JOINT_RADIUS) * share
        drawn.append(f'<circle r="{radius:.1f}" fill="{_colour(share)}">{moves}</circle>')
    if there.all():
        return "".join(drawn)
    shown = ";".join("visible" if here else "hidden" for here in there)
    timing = f'<animate attributeName="visibility" calcMode="discrete" values="{shown}" {how}/>'
    return f"<g>{timing}{''.join(drawn)}</g>"


def _choose_frames(count: int) -> NDArray[np.int64]:
    return np.linspace(0, count - 1, min(_FRAMES, count)).round().astype(np.int64)


def _place(skeleton: MovingSkeleton) -> NDArray[np.float64]:
    """(M T V 2) in the picture's units."""
    half = _CELL / 2
    return half + project(skeleton) * half * _MARGIN


def _bones(frame: NDArray[np.float64], skeleton: MovingSkeleton) -> str:
    parents = skeleton.layout.parent_index
    pairs = [(child, parent) for child, parent in enumerate(parents) if child != parent]
    return "".join(
        f"M{frame[p, 0]:.0f} {frame[p, 1]:.0f}L{frame[c, 0]:.0f} {frame[c, 1]:.0f}"
        for c, p in pairs
    )


def _list(values: NDArray[np.float64]) -> str:
    return ";".join(f"{value:.0f}" for value in values)


def _colour(share: float) -> str:
    mixed = [round(c + (w - c) * share) for c, w in zip(_COLD, _WARM, strict=True)]
    return "#" + "".join(f"{value:02x}" for value in mixed)
