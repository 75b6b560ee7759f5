"""Why a clip was given its name: exemplar, query and runner-up in step, and who said how much."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ConfigError
from crossglg.report.scene import MovingSkeleton

_JOINTS_SHOWN = 8
_PATH_SIDE = 220.0
_FINEST = 32
"""Fields per side of a picture of costs; more are averaged."""
_LEVELS = 12
"""Shades of a picture of costs."""
_MOMENTS = (640.0, 84.0)


@dataclass(frozen=True, eq=False)
class PathPicture:
    """How a query (T frames) was aligned with an exemplar (T' frames).

    Attributes:
        title: Of the exemplar.
        costs: (T T') distances of frames.
        query: (L) the query's frames along the path.
        exemplar: (L) the exemplar's frames beside them.
    """

    title: str
    costs: NDArray[np.floating]
    query: NDArray[np.int64]
    exemplar: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Decision:
    """One answer and its reasons. T moments of the query, V joints.

    Attributes:
        sentence: The answer and its reason.
        skeletons: Exemplar, query, runner-up, to be played in step.
        parts: (T V) for the answer where above zero, against it below; they add up to
            ``difference``.
        difference: By how much the runner-up was farther away.
        joints: V names.
        duration_s: Of the query.
        paths: Alignments of the query with the exemplar and with the runner-up, in this order.

    Raises:
        ConfigError: Parts do not fit the joints, or do not add up.
    """

    sentence: str
    skeletons: tuple[MovingSkeleton, MovingSkeleton, MovingSkeleton]
    parts: NDArray[np.float64]
    difference: float
    joints: tuple[str, ...]
    duration_s: float
    paths: tuple[PathPicture, ...]

    def __post_init__(self) -> None:
        if self.parts.ndim != 2 or self.parts.shape[1] != len(self.joints):
            raise ConfigError(
                f"Expected parts of shape (T, {len(self.joints)}), found {self.parts.shape}."
            )
        total = float(self.parts.sum())
        # A clip and itself are apart by the rounding of their distance, a root: some 1e-4.
        if not np.isclose(total, self.difference, atol=1e-3):
            raise ConfigError(
                f"Expected parts that add up to the difference {self.difference}, found {total}."
            )


@dataclass(frozen=True)
class Bar:
    """One joint: its name, its part and how long its bar is, -1 to 1."""

    name: str
    part: float
    share: float


@dataclass(frozen=True)
class DrawnPath:
    """A picture of costs with the path through it, in SVG units; the query runs to the right.

    Attributes:
        title: Of the exemplar.
        shades: How alike, 0 to 1, and the SVG path of all fields that are so alike.
        points: Of the line through it.
        side: Of the square.
        description: In words.
    """

    title: str
    shades: tuple[tuple[float, str], ...]
    points: str
    side: float
    description: str


@dataclass(frozen=True)
class Column:
    """One moment: an SVG rectangle up or down from the middle line, and what it says."""

    x: float
    y: float
    width: float
    height: float
    supports: bool
    caption: str


@dataclass(frozen=True)
class DrawnDecision:
    """Everything the drawing needs; ``scene`` is the number of the first of three skeletons."""

    decision: Decision
    scene: int
    bars: tuple[Bar, ...]
    others: Bar | None
    columns: tuple[Column, ...]
    moments_size: tuple[float, float]
    paths: tuple[DrawnPath, ...]


def draw_decisions(decisions: Sequence[Decision], *, scene: int) -> tuple[DrawnDecision, ...]:
    """Lay out decisions whose skeletons are scenes from number ``scene`` on."""
    return tuple(_draw(decision, scene + 3 * n) for n, decision in enumerate(decisions))


def _draw(decision: Decision, scene: int) -> DrawnDecision:
    by_joint = decision.parts.sum(axis=0)
    order = np.argsort(-np.abs(by_joint), kind="stable")
    shown = sorted(order[:_JOINTS_SHOWN], key=lambda joint: -by_joint[joint])
    largest = max(float(np.abs(by_joint).max()), 1e-12)
    bars = tuple(
        Bar(decision.joints[v].replace("_", " "), float(by_joint[v]), float(by_joint[v]) / largest)
        for v in shown
    )
    hidden = order[_JOINTS_SHOWN:]
    rest = float(by_joint[hidden].sum())
    others = Bar(f"{len(hidden)} others", rest, float(np.clip(rest / largest, -1, 1)))
    return DrawnDecision(
        decision,
        scene,
        bars,
        others if len(hidden) else None,
        _draw_moments(decision),
        _MOMENTS,
        tuple(_draw_path(path) for path in decision.paths),
    )


def _draw_moments(decision: Decision) -> tuple[Column, ...]:
    moments = decision.parts.sum(axis=1)
    largest = max(float(np.abs(moments).max()), 1e-12)
    width, height = _MOMENTS
    step, length_s = width / len(moments), decision.duration_s / len(moments)
    columns = []
    for number, part in enumerate(moments):
        tall = abs(float(part)) / largest * (height / 2 - 2)
        caption = f"{number * length_s:.1f} s to {(number + 1) * length_s:.1f} s: {part:+.4f}"
        top = height / 2 - tall if part >= 0 else height / 2
        columns.append(Column(number * step + 1, top, step - 2, tall, bool(part >= 0), caption))
    return tuple(columns)


def _draw_path(path: PathPicture) -> DrawnPath:
    costs = _shrink(path.costs.astype(np.float64))
    low, high = float(costs.min()), float(costs.max())
    shares = (costs - low) / max(high - low, 1e-12)
    levels = np.rint((1 - shares) * (_LEVELS - 1)).astype(np.int64)
    shades = tuple(
        (round(level / (_LEVELS - 1), 2), _outline_fields(levels == level))
        for level in range(_LEVELS)
        if (levels == level).any()
    )
    frames, others = path.costs.shape
    xs = (path.query + 0.5) / frames * _PATH_SIDE
    ys = _PATH_SIDE - (path.exemplar + 0.5) / others * _PATH_SIDE
    total = float(path.costs[path.query, path.exemplar].sum())
    return DrawnPath(
        path.title,
        shades,
        " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True)),
        _PATH_SIDE,
        f"Alignment with {path.title}: {len(path.query)} steps, distance along the path "
        f"{total:.2f}.",
    )


def _outline_fields(chosen: NDArray[np.bool_]) -> str:
    wide, tall = _PATH_SIDE / chosen.shape[0], _PATH_SIDE / chosen.shape[1]
    return "".join(
        f"M{row * wide:.1f} {_PATH_SIDE - (column + 1) * tall:.1f}"
        f"h{wide + 0.2:.1f}v{tall + 0.2:.1f}h-{wide + 0.2:.1f}z"
        for row, column in np.argwhere(chosen)
    )


def _shrink(costs: NDArray[np.float64]) -> NDArray[np.float64]:
    for axis in (0, 1):
        pieces = np.array_split(costs, min(_FINEST, costs.shape[axis]), axis=axis)
        costs = np.stack([piece.mean(axis=axis) for piece in pieces], axis=axis)
    return costs
