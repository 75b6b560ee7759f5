"""Importance of joints, class by class: what the model looks at beside what the words named."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ConfigError
from crossglg.skeleton.layout import PARTS, Layout, body_part

_CELL, _ROW = 27, 20
_TEXT = 12.5
_LETTER_WIDTH = 0.56
_SLANT = 0.75
_GAP = 7
"""Between two parts of the body."""
_BELOW = 6
_DARKEST = 0.99
"""Share of fields below the darkest colour: no single joint shall make all others pale."""
_STOPS = 4
"""Steps from colour to colour of the scale."""


@dataclass(frozen=True, eq=False)
class ImportanceTable:
    """Mean importance of every joint in the clips of every class. K classes, V joints.

    Attributes:
        title: Which classes these are.
        class_names: K names.
        layout: Names the joints.
        importance: (K V) not negative, any scale per row.
        named: (K V) joints that the global text of the class named; None where there is no text.

    Raises:
        ConfigError: Shapes disagree.
    """

    title: str
    class_names: tuple[str, ...]
    layout: Layout
    importance: NDArray[np.floating]
    named: NDArray[np.bool_] | None

    def __post_init__(self) -> None:
        expected = (len(self.class_names), self.layout.joint_count)
        shapes = [self.importance.shape, *([] if self.named is None else [self.named.shape])]
        if not expected[0] or any(shape != expected for shape in shapes):
            raise ConfigError(
                f"Importance of '{self.title}': expected {expected} for {expected[0]} classes and "
                f"{expected[1]} joints, found {shapes}."
            )

    @property
    def times_average(self) -> NDArray[np.float64]:
        """(K V) importance over the mean of the row; 1 is a joint like any other."""
        values = self.importance.astype(np.float64)
        return np.asarray(values / np.maximum(values.mean(axis=1, keepdims=True), 1e-12))

    @property
    def agreement(self) -> float | None:
        """How often a joint that the text named is more important than one it did not, 0 to 1.

        Mean over the classes whose text names some joints and not others; a half is chance.
        """
        if self.named is None:
            return None
        shares = [
            _share_above(row[named], row[~named])
            for row, named in zip(self.times_average, self.named, strict=True)
            if named.any() and not named.all()
        ]
        return float(np.mean(shares)) if shares else None


def _share_above(these: NDArray[np.float64], those: NDArray[np.float64]) -> float:
    above = these[:, None] > those[None]
    same = these[:, None] == those[None]
    return float((above + 0.5 * same).mean())


@dataclass(frozen=True)
class MapCell:
    """One field.

    Attributes:
        x: Place.
        y: Place.
        share: 0 to 1 of the darkest.
        stop: Number of the colour of the scale below it.
        part: How far it is to the next colour, percent.
        named: Whether the words named the joint.
        caption: What it says.
    """

    x: float
    y: float
    share: float
    stop: int
    part: int
    named: bool
    caption: str


@dataclass(frozen=True)
class ImportanceMap:
    """Everything the drawing needs, in SVG units. Classes are rows, joints columns by body part."""

    title: str
    rows: tuple[tuple[float, str], ...]
    columns: tuple[tuple[float, str], ...]
    cells: tuple[MapCell, ...]
    cell: int
    row: int
    text: float
    left: float
    top: float
    width: float
    height: float
    darkest: float
    agreement: str
    description: str


def draw_importance_maps(tables: Sequence[ImportanceTable]) -> tuple[ImportanceMap, ...]:
    """Lay tables out; all share one scale of colours, so that they can be compared."""
    if not tables:
        return ()
    every = np.concatenate([table.times_average.ravel() for table in tables])
    strongest = max(float(np.quantile(every, _DARKEST)), 1e-12)
    return tuple(_draw(table, strongest) for table in tables)


def _draw(table: ImportanceTable, strongest: float) -> ImportanceMap:
    order = order_by_part(table.layout)
    names = [table.layout.joints[joint].replace("_", " ") for joint in order]
    left = max(len(name) for name in table.class_names) * _LETTER_WIDTH * _TEXT + 14
    longest = max(map(len, names)) * _LETTER_WIDTH * _TEXT
    top = longest * _SLANT + 12
    xs = _place_columns(table.layout, order, left)
    ys = [top + row * _ROW for row in range(len(table.class_names))]
    return ImportanceMap(
        title=table.title,
        rows=tuple(zip(ys, table.class_names, strict=True)),
        columns=tuple(zip(xs, names, strict=True)),
        cells=tuple(_cells(table, order, xs=xs, ys=ys, strongest=strongest)),
        cell=_CELL,
        row=_ROW,
        text=_TEXT,
        left=left,
        top=top,
        width=xs[-1] + _CELL + longest * _SLANT,
        height=ys[-1] + _ROW + _BELOW,
        darkest=strongest,
        agreement=_say_agreement(table),
        description=_describe(table),
    )


def order_by_part(layout: Layout) -> list[int]:
    """Joints, those of one body part beside each other: head, torso, arms, legs."""
    return sorted(
        range(layout.joint_count), key=lambda joint: PARTS.index(body_part(layout.joints[joint]))
    )


def _place_columns(layout: Layout, order: Sequence[int], left: float) -> list[float]:
    parts = [body_part(layout.joints[joint]) for joint in order]
    xs = [left]
    for before, after in pairwise(parts):
        xs.append(xs[-1] + _CELL + (_GAP if before != after else 0))
    return xs


def _cells(
    table: ImportanceTable,
    order: Sequence[int],
    *,
    xs: Sequence[float],
    ys: Sequence[float],
    strongest: float,
) -> list[MapCell]:
    times = table.times_average
    cells = []
    for number, name in enumerate(table.class_names):
        for x, joint in zip(xs, order, strict=True):
            value = float(times[number, joint])
            named = table.named is not None and bool(table.named[number, joint])
            words = table.layout.joints[joint].replace("_", " ")
            caption = f"{name}, {words}: {value:.1f} times the average joint"
            caption += ", named by the text" if named else ""
            share = min(value / strongest, 1.0)
            stop = min(int(share * _STOPS), _STOPS - 1)
            part = round((share * _STOPS - stop) * 100)
            cells.append(MapCell(x, ys[number], round(share, 3), stop, part, named, caption))
    return cells


def _say_agreement(table: ImportanceTable) -> str:
    if table.agreement is None:
        return "No text describes these classes."
    return (
        f"A joint that the text named is more important than one it did not in "
        f"{table.agreement:.0%} of pairs (chance: 50%)."
    )


def _describe(table: ImportanceTable) -> str:
    row, joint = divmod(int(table.times_average.argmax()), table.layout.joint_count)
    words = table.layout.joints[joint].replace("_", " ")
    return (
        f"Importance of {table.layout.joint_count} joints in {len(table.class_names)} classes. "
        f"Strongest: {words} in {table.class_names[row]}, {table.times_average[row, joint]:.1f} "
        f"times the average joint. {_say_agreement(table)}"
    )
