"""Training curves as the points, ticks and names that an SVG needs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_WIDTH, _HEIGHT = 420.0, 270.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 14.0, 12.0, 40.0
_TICKS = 5

_TITLES = {"loss": "Loss", "accuracy": "Accuracy (%)", "learning_rate": "Learning rate"}

# Name and colour class; the same branch has the same colour in every panel.
_LOOKS = {
    "loss": ("total", "ink"),
    "loss_plain": ("plain branch", "plain"),
    "loss_calibrate": ("joint importance", "calibrate"),
    "loss_fused": ("guided branch", "fused"),
    "loss_contrast": ("contrast", "other"),
    "accuracy_plain": ("plain branch", "plain"),
    "accuracy_fused": ("guided branch", "fused"),
    "accuracy_text_only": ("text only, no skeleton", "text"),
    "accuracy_held_out": ("held-out base clips", "held"),
    "learning_rate": ("learning rate", "ink"),
}


@dataclass(frozen=True)
class Tick:
    """A labelled place on an axis, in SVG units."""

    at: float
    label: str


@dataclass(frozen=True)
class Curve:
    """One line: SVG points ``x,y x,y``, its name, its colour class and where it ends."""

    name: str
    colour: str
    points: str
    end: tuple[float, float]
    last: str


@dataclass(frozen=True)
class Panel:
    """One chart with its axes, in SVG units."""

    title: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    curves: tuple[Curve, ...]
    width: float = _WIDTH
    height: float = _HEIGHT
    left: float = _LEFT
    right: float = _WIDTH - _RIGHT
    top: float = _TOP
    bottom: float = _HEIGHT - _BOTTOM

    @property
    def description(self) -> str:
        """The chart in words, for those who do not see it."""
        ends = ", ".join(f"{curve.name} {curve.last}" for curve in self.curves)
        return f"{self.title} by epoch. Last values: {ends}."


def draw_panels(metrics: Sequence[Mapping[str, float]]) -> tuple[Panel, ...]:
    """Charts of losses, accuracies and learning rate; a chart without values is left out.

    Args:
        metrics: One row per epoch; a row without ``epoch`` counts on from 1.
    """
    panels = (_draw_panel(metrics, kind) for kind in _TITLES)
    return tuple(panel for panel in panels if panel is not None)


def _draw_panel(metrics: Sequence[Mapping[str, float]], kind: str) -> Panel | None:
    keys = sorted({key for row in metrics for key in row if _is_of_kind(key, kind)}, key=_rank)
    series = {key: points for key in keys if (points := _collect(metrics, key))}
    if not series:
        return None
    epochs = [x for points in series.values() for x, _ in points]
    values = [y for points in series.values() for _, y in points]
    highest = 100.0 if kind == "accuracy" else max(0.0, *values)
    y_ticks = _choose_ticks(min(0.0, *values), highest)
    x_range, y_range = (min(epochs), max(epochs)), (y_ticks[0], y_ticks[-1])
    x_ticks = [x for x in _choose_ticks(*x_range, least_step=1.0) if _lies_within(x, x_range)]
    return Panel(
        _TITLES[kind],
        tuple(Tick(_place_x(x, x_range), _format(x)) for x in x_ticks),
        tuple(Tick(_place_y(y, y_range), _format(y)) for y in y_ticks),
        tuple(_trace(k, points, x_range=x_range, y_range=y_range) for k, points in series.items()),
    )


def _is_of_kind(key: str, kind: str) -> bool:
    return key == kind or key.startswith(f"{kind}_")


def _rank(key: str) -> tuple[int, str]:
    known = list(_LOOKS)
    return (known.index(key) if key in known else len(known), key)


def _collect(metrics: Sequence[Mapping[str, float]], key: str) -> list[tuple[float, float]]:
    """(epoch, value) of the rows in which ``key`` is a finite number."""
    return [
        (float(row.get("epoch", number)), float(row[key]))
        for number, row in enumerate(metrics, start=1)
        if key in row and math.isfinite(row[key])
    ]


def _trace(
    key: str,
    points: Sequence[tuple[float, float]],
    *,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
) -> Curve:
    placed = [(_place_x(x, x_range), _place_y(y, y_range)) for x, y in points]
    name, colour = _LOOKS.get(key, (key.partition("_")[2].replace("_", " "), "other"))
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    return Curve(name, colour, drawn, placed[-1], _format(points[-1][1]))


def _place_x(value: float, limits: tuple[float, float]) -> float:
    return _LEFT + _share(value, limits) * (_WIDTH - _LEFT - _RIGHT)


def _place_y(value: float, limits: tuple[float, float]) -> float:
    return _HEIGHT - _BOTTOM - _share(value, limits) * (_HEIGHT - _TOP - _BOTTOM)


def _share(value: float, limits: tuple[float, float]) -> float:
    low, high = limits
    return (value - low) / (high - low) if high > low else 0.5


def _lies_within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _format(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def _choose_ticks(low: float, high: float, *, least_step: float = 0.0) -> list[float]:
    """Round numbers from at or below ``low`` to at or above ``high``, about five of them."""
    rough = max(high - low, 1e-9) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = max(min(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999), least_step)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [n * step for n in range(first, max(last, first + 1) + 1)]
