"""Text files in which every line holds the same count of numbers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import SourceError


def read_number_lines(
    file: Path, *, counts: Sequence[int], separator: str | None = None
) -> NDArray[np.float64]:
    """Its numbers (lines, numbers of a line); empty lines count as none.

    Args:
        file: The file.
        counts: How many numbers a line may hold; it is the same for all.
        separator: What stands between them; None for any white space.

    Raises:
        SourceError: It cannot be opened, is empty, or a line holds anything else.
    """
    try:
        lines = file.read_text("ascii").splitlines()
    except OSError as error:
        raise SourceError(file, f"cannot be opened ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise SourceError(file, f"expected a text of numbers ({error}).") from error
    if not any(line.strip() for line in lines):
        raise SourceError(file, "expected lines of numbers, found none.")
    try:
        numbers = np.loadtxt(lines, ndmin=2, delimiter=separator, comments=None)
    except ValueError:
        numbers = np.empty((0, 0))
    if numbers.shape[1] not in counts:
        raise _find_fault(file, lines, counts, separator)
    return numbers


def _find_fault(
    file: Path, lines: list[str], counts: Sequence[int], separator: str | None
) -> SourceError:
    """The first line that is wrong, in words."""
    wanted = f"{' or '.join(map(str, counts))} numbers"
    for number, line in enumerate(lines, start=1):
        parts = line.split(separator) if line.strip() else []
        if parts and (len(parts) not in counts or not all(map(_is_number, parts))):
            found = f"'{line.strip()[:60]}'" if len(parts) in counts else f"{len(parts)} parts"
            return SourceError(file, f"expected {wanted}, found {found}.", where=f"line {number}")
    return SourceError(file, f"expected {wanted} in every line, found lines of different length.")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
