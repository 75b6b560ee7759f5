"""By name: which tables there are, and from which data each is filled."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crossglg.atomic import write_text
from crossglg.cells import Progress
from crossglg.errors import ConfigError, ProtocolError, SourceError, suggest
from crossglg.reproduce.paper import PAPER_TABLES
from crossglg.reproduce.parameters import PARAMETERS, count_table
from crossglg.reproduce.quick import scale_down, write_quick_data
from crossglg.reproduce.result import Reproduction
from crossglg.reproduce.rows import OWN_ROWS
from crossglg.reproduce.run import Job, fill_tables, find_data, write_tables
from crossglg.reproduce.table import Table
from crossglg.reproduce.transfer import TRANSFER, TRANSFER_DATA, judge_shipped

EVERYTHING = "all"
PAGE = "all.md"


@dataclass(frozen=True)
class Outcome:
    """What was asked for, as far as it could be filled.

    Attributes:
        tables: Filled, in the order of ``list_tables``.
        left_out: Tables without data, and what was looked for.
    """

    tables: tuple[Reproduction, ...]
    left_out: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether something was filled that could be, and no cell failed."""
        judged = [table for table in self.tables if table.name != PARAMETERS]
        failed = any(table.failed for table in self.tables)
        return bool(self.tables) and not failed and bool(judged or not self.left_out)

    def to_markdown(self) -> str:
        """All tables on one page."""
        parts = [table.to_markdown() for table in self.tables]
        return "\n".join([*parts, *(f"Left out: {reason}" for reason in self.left_out)])


def list_tables() -> tuple[str, ...]:
    """Names that ``reproduce`` takes, beside ``all``."""
    return (*(table.name for table in (*PAPER_TABLES, *OWN_ROWS)), TRANSFER, PARAMETERS)


def reproduce(
    name: str,
    *,
    data: Path | None,
    out: Path,
    quick: bool = False,
    seeds: Sequence[int] = (0, 1, 2),
    settings: Sequence[str] = (),
    workers: int = 1,
    progress: Progress | None = None,
) -> Outcome:
    """Fill a table, or all of them; what is finished in ``out`` is not done again.

    Args:
        name: One of ``list_tables()``, or ``all``: every table whose data are there.
        data: An archive, a flat ``.npz``, or a folder in which data lie by name; None for
            ``quick``, which brings its own.
        out: Folder of all runs and tables.
        quick: Scale everything down to a few minutes on two cores; the numbers mean nothing.
        seeds: Of every training.
        settings: Of every recipe, by dotted name.
        workers: Trainings at the same time.
        progress: Is told about every cell that ends.

    Raises:
        ConfigError: No such table or setting; or neither data nor ``quick``, or both.
        SourceError: The data of a table that was asked for by name are not there.
    """
    tables = _choose(name)
    _insist_on_one_source(name, data, quick)
    jobs, left_out = [], []
    for table in tables:
        try:
            place = write_quick_data(out) if data is None else find_data(data, table.data)
        except SourceError as error:
            if name != EVERYTHING:
                raise
            left_out.append(f"{table.name}: {error}")
            continue
        chosen = scale_down(table) if quick else table
        jobs.append(Job(chosen, place, tuple(seeds), out, tuple(settings)))
    filled = fill_tables(jobs, workers=workers, progress=progress) if jobs else ()
    untrained, lacking = _fill_untrained(name, data)
    for reproduction in untrained:
        write_tables(reproduction, out)
    outcome = Outcome((*filled, *untrained), (*left_out, *lacking))
    if name == EVERYTHING:
        write_text(out / PAGE, outcome.to_markdown())
    return outcome


def _fill_untrained(name: str, data: Path | None) -> tuple[list[Reproduction], list[str]]:
    """Tables for which nothing is trained, and why one of them is missing."""
    filled, left_out = [], []
    if name in (EVERYTHING, TRANSFER) and data is not None:
        try:
            filled.append(judge_shipped(find_data(data, TRANSFER_DATA)))
        except (ProtocolError, SourceError) as error:
            if name != EVERYTHING:
                raise
            left_out.append(f"{TRANSFER}: {error}")
    if name in (EVERYTHING, PARAMETERS):
        filled.append(count_table())
    return filled, left_out


def _insist_on_one_source(name: str, data: Path | None, quick: bool) -> None:
    if name == TRANSFER and quick:
        raise ConfigError(
            "The table 'transfer' trains nothing that could be scaled down: give --data instead."
        )
    if name != PARAMETERS and quick == (data is not None):
        raise ConfigError("Expected either data (--data) or a quick run (--quick), one of them.")


def _choose(name: str) -> tuple[Table, ...]:
    tables = (*PAPER_TABLES, *OWN_ROWS)
    if name == EVERYTHING:
        return tables
    if name not in list_tables():
        known = (*list_tables(), EVERYTHING)
        raise ConfigError(
            f"No table is called '{name}'.{suggest(name, known)} Known: {', '.join(known)}."
        )
    return tuple(table for table in tables if table.name == name)
