"""Where the clips of the novel classes lie in the space in which they are compared, made flat."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ConfigError

_WIDTH, _HEIGHT, _MARGIN = 900.0, 560.0, 46.0
_COLOURS, _SHAPES = 8, ("circle", "square", "triangle")
_TEXT = 14
_LETTER_WIDTH = 0.56
_AWAY = 13.0
_STAR = 11.0


@dataclass(frozen=True, eq=False)
class EmbeddingMap:
    """Clips as points. N clips.

    Attributes:
        points: (N 2) anything finite.
        labels: (N) numbers of ``class_names``.
        exemplars: (N) True for the one clip by which its class is known.
        class_names: Names.
        about: How the points were made and what that loses.

    Raises:
        ConfigError: Shapes disagree, a point is not finite or a label has no name.
    """

    points: NDArray[np.floating]
    labels: NDArray[np.int64]
    exemplars: NDArray[np.bool_]
    class_names: tuple[str, ...]
    about: str

    def __post_init__(self) -> None:
        count = len(self.labels)
        fits = self.points.shape == (count, 2) and self.exemplars.shape == (count,) and count
        if not fits or not np.isfinite(self.points).all():
            raise ConfigError(
                f"Expected a finite point and a mark for each of {count} clips, found shapes "
                f"{self.points.shape} and {self.exemplars.shape}."
            )
        if not 0 <= self.labels.min() <= self.labels.max() < len(self.class_names):
            raise ConfigError(f"Expected labels of {len(self.class_names)} classes.")


@dataclass(frozen=True)
class Spot:
    """One clip: SVG path, class by number and name, and whether it is the exemplar."""

    path: str
    key: int
    name: str
    exemplar: bool


@dataclass(frozen=True)
class Key:
    """One class: number, name, look, and the place of its name beside its exemplar."""

    number: int
    name: str
    colour: int
    shape: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class ScatterPlot:
    """Everything the drawing needs, in SVG units."""

    spots: tuple[Spot, ...]
    keys: tuple[Key, ...]
    width: float
    height: float
    text: int
    about: str
    description: str


def draw_embedding(chart: EmbeddingMap) -> ScatterPlot:
    """Lay clips out as points; a class has a colour and a shape, exemplars are stars on top."""
    places = _fit(chart.points.astype(np.float64))
    shown, numbers = np.unique(chart.labels, return_inverse=True)
    order = np.argsort(chart.exemplars, kind="stable")  # exemplars last: on top
    spots = [
        Spot(
            _outline(places[i], "star" if chart.exemplars[i] else _shape(int(numbers[i]))),
            int(numbers[i]),
            chart.class_names[int(chart.labels[i])],
            bool(chart.exemplars[i]),
        )
        for i in order
    ]
    return ScatterPlot(
        tuple(spots),
        tuple(_place_keys(chart, places, shown)),
        _WIDTH,
        _HEIGHT,
        _TEXT,
        chart.about,
        f"Map of {len(chart.labels)} clips of {len(shown)} novel classes; stars are exemplars.",
    )


def _fit(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Into the picture, both axes alike: distances keep their proportions."""
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array([_WIDTH, _HEIGHT]) - 2 * _MARGIN
    zoom = (room / np.maximum(high - low, 1e-9)).min()
    middle = np.array([_WIDTH, _HEIGHT]) / 2
    return np.asarray((points - (low + high) / 2) * zoom * [1, -1] + middle)


def _shape(label: int) -> str:
    return _SHAPES[label // _COLOURS % len(_SHAPES)]


def _outline(at: NDArray[np.float64], shape: str) -> str:
    x, y = at
    if shape == "circle":
        return f"M{x - 4:.1f} {y:.1f}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z"
    corners = {
        "square": [(-3.6, -3.6), (3.6, -3.6), (3.6, 3.6), (-3.6, 3.6)],
        "triangle": [(0.0, -5.0), (4.6, 3.4), (-4.6, 3.4)],
        "star": [
            (r * np.sin(n * np.pi / 5), -r * np.cos(n * np.pi / 5))
            for n in range(10)
            for r in [_STAR if n % 2 == 0 else 4.6]
        ],
    }[shape]
    return "M" + "L".join(f"{x + dx:.1f} {y + dy:.1f}" for dx, dy in corners) + "z"


def _place_keys(
    chart: EmbeddingMap, places: NDArray[np.float64], shown: NDArray[np.int64]
) -> list[Key]:
    """A name beside each exemplar, on whichever side overlaps other names and stars least."""
    stars = places[chart.exemplars]
    taken = [(x - _STAR, y - _STAR, x + _STAR, y + _STAR) for x, y in stars]
    keys = []
    for number, label in enumerate(shown):
        name = chart.class_names[label]
        mine = np.flatnonzero(chart.exemplars & (chart.labels == label))
        if not len(mine):
            continue
        x, y = places[mine[0]]
        width = len(name) * _LETTER_WIDTH * _TEXT
        choices = [
            (x + _AWAY, y + 5, "start", x + _AWAY),
            (x - _AWAY, y + 5, "end", x - _AWAY - width),
            (x, y - _AWAY, "middle", x - width / 2),
            (x, y + _AWAY + 10, "middle", x - width / 2),
        ]
        boxes = [(left, at_y - _TEXT, left + width, at_y) for _, at_y, _, left in choices]
        best = int(np.argmin([_trouble(box, taken) for box in boxes]))
        taken.append(boxes[best])
        at_x, at_y, anchor, _ = choices[best]
        keys.append(Key(number, name, number % _COLOURS, _shape(number), at_x, at_y, anchor))
    return keys


def _trouble(
    box: tuple[float, float, float, float], taken: Sequence[tuple[float, float, float, float]]
) -> float:
    """Area of overlap with other names and with what lies outside of the picture."""
    outside = max(0.0, -box[0]) + max(0.0, box[2] - _WIDTH)
    overlap = sum(
        max(0.0, min(box[2], other[2]) - max(box[0], other[0]))
        * max(0.0, min(box[3], other[3]) - max(box[1], other[1]))
        for other in taken
    )
    return outside * _TEXT + overlap
