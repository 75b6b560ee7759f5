"""Mean and deviation, as tables of the docs show them."""

from collections.abc import Iterable, Sequence

import numpy as np

FLOOR_DRAWS = 3
"""Of situations: the floor has no trainings that could differ."""


def with_spread(values: Sequence[float] | np.ndarray, digits: int = 1) -> str:
    """The mean, and how far several values lie apart; empty where one was not measured."""
    if np.isnan(values).any():
        return ""
    mean = f"{np.mean(values):.{digits}f}"
    return mean if len(values) < 2 else f"{mean} ± {np.std(values, ddof=1):.{digits}f}"


def as_row(name: str, cells: Iterable[str]) -> str:
    """A row of a Markdown table."""
    return f"| {name} | {' | '.join(cells)} |"
