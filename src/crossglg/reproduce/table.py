"""Table: what one table of a publication compares, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

CLASSIFIERS = ("calibrated", "cosine", "joints", "dtw", "dtw-either", "motion", "joints+motion")
"""Cells that tables share are judged by all of them, whatever the tables show."""

TOLD_CLASSIFIERS = ("apsr",)
"""Those that are told the names of novel classes; they need a text encoder."""


@dataclass(frozen=True)
class Column:
    """One protocol.

    Attributes:
        title: What the table calls it.
        protocol: By name.
    """

    title: str
    protocol: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One method of a table.

    Attributes:
        label: What the table calls it.
        method: As ``parse_method`` takes it, such as ``infogcn+crossglg``.
        settings: Of its recipe, by dotted name.
        cell: Name of its cells, where settings make it another method than its name says.
        classifiers: Shown, in this order; empty for the table's.
        paper: Title of a column -> what was published, percent; stands beside the first
            classifier.
        unlike: Why that number is not to be compared with ours, beyond what the table says.
    """

    label: str
    method: str
    settings: tuple[str, ...] = ()
    cell: str = ""
    classifiers: tuple[str, ...] = ()
    paper: Mapping[str, float] = field(default_factory=dict)
    unlike: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Methods against protocols.

    Attributes:
        name: What the command line calls it.
        about: Headline.
        data: Short name of the data.
        recipe: Name of the recipe of every entry.
        settings: For every entry, before its own.
        columns: The protocols.
        entries: The methods.
        classifiers: Shown for every method.
        judged: By what every cell is judged; by default everything, as cells that tables share
            have to be.
        draws: Of exemplars, where a protocol draws them.
        unlike: Why nothing here is to be compared with what was published.
    """

    name: str
    about: str
    data: str
    recipe: str
    columns: tuple[Column, ...]
    entries: tuple[Entry, ...]
    classifiers: tuple[str, ...] = ("calibrated", "cosine")
    judged: tuple[str, ...] = CLASSIFIERS + TOLD_CLASSIFIERS
    settings: tuple[str, ...] = ()
    draws: int = 100
    unlike: tuple[str, ...] = ()
