"""A confusion matrix as the cells and captions of a heat map."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ConfigError

_ROOMY_CLASSES = 24
"""Up to here a cell has room for its number."""
_ROOMY_CELL, _TIGHT_CELL = 40, 17
_ROOMY_TEXT, _TIGHT_TEXT = 14, 11
_LETTER_WIDTH = 0.56
"""Width over size of an average letter of a system font."""
_SLANT = 0.75
"""Rise of a column's name that is written at 48 degrees, over its length."""


@dataclass(frozen=True)
class Cell:
    """One field: where it is, how dark (0 to 1 of its row), and what it says when hovered."""

    x: float
    y: float
    count: int
    share: float
    caption: str


@dataclass(frozen=True)
class HeatMap:
    """Everything the drawing needs, in SVG units."""

    names: tuple[str, ...]
    cells: tuple[Cell, ...]
    cell: int
    text: int
    left: float
    top: float
    right: float
    shows_counts: bool
    description: str

    @property
    def width(self) -> float:
        """Total width, the slanted names of the last columns included."""
        return self.left + len(self.names) * self.cell + self.right

    @property
    def height(self) -> float:
        """Total height, with room for the axis title."""
        return self.top + len(self.names) * self.cell + 8


def draw_heat_map(confusion: NDArray[np.integer], class_names: Sequence[str]) -> HeatMap:
    """Lay out a confusion matrix; colour is the share of a true class.

    Args:
        confusion: (K K) counts; row is the true class, column the predicted one.
        class_names: K names.

    Raises:
        ConfigError: The matrix does not fit the names, or holds a negative count.
    """
    count = len(class_names)
    if not count or confusion.shape != (count, count):
        raise ConfigError(
            f"Expected a confusion matrix of shape ({count}, {count}) for {count} class names, "
            f"found {confusion.shape}."
        )
    if confusion.min() < 0:
        raise ConfigError(f"Expected counts in the confusion matrix, found {confusion.min()}.")
    roomy = count <= _ROOMY_CLASSES
    cell, text = (_ROOMY_CELL, _ROOMY_TEXT) if roomy else (_TIGHT_CELL, _TIGHT_TEXT)
    longest = max(len(name) for name in class_names) * _LETTER_WIDTH * text
    left, top = longest + 30, longest * _SLANT + 36
    return HeatMap(
        names=tuple(class_names),
        cells=tuple(_lay_cells(confusion, class_names, cell=cell, corner=(left, top))),
        cell=cell,
        text=text,
        left=left,
        top=top,
        right=longest * _SLANT,
        shows_counts=roomy,
        description=_describe(confusion, class_names),
    )


def _lay_cells(
    confusion: NDArray[np.integer],
    names: Sequence[str],
    *,
    cell: int,
    corner: tuple[float, float],
) -> list[Cell]:
    totals = confusion.sum(axis=1)
    shares = confusion / np.maximum(totals, 1)[:, None]
    return [
        Cell(
            x=corner[0] + column * cell,
            y=corner[1] + row * cell,
            count=int(confusion[row, column]),
            share=round(float(shares[row, column]), 3),
            caption=f"{names[row]} → {names[column]}: {int(confusion[row, column])} of "
            f"{int(totals[row])} ({shares[row, column]:.0%})",
        )
        for row in range(len(names))
        for column in range(len(names))
    ]


def _describe(confusion: NDArray[np.integer], names: Sequence[str]) -> str:
    right, total = int(np.trace(confusion)), int(confusion.sum())
    wrong = confusion * (1 - np.eye(len(names), dtype=np.int64))
    text = f"Confusion matrix of {len(names)} classes: {right} of {total} clips right."
    if not wrong.any():
        return text
    row, column = divmod(int(wrong.argmax()), len(names))
    worst = int(wrong[row, column])
    return f"{text} Most frequent error: {names[row]} taken for {names[column]}, {worst} times."
