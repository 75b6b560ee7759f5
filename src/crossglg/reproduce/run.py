"""Fill tables: one pool over all cells of all tables, then one page, list and record per table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crossglg import __version__
from crossglg.atomic import write_text
from crossglg.cells import Cell, CellResult, Progress, parse_method, read_cell, run_cells
from crossglg.checkpoint import write_json
from crossglg.errors import ConfigError, MissingExtraError, SourceError
from crossglg.oneshot import FLOORS
from crossglg.reproduce.result import Line, Reproduction, Value
from crossglg.reproduce.table import TOLD_CLASSIFIERS, Column, Entry, Table
from crossglg.sources.archive import MANIFEST
from crossglg.text import create_text_encoder

_RUNS = "runs"


@dataclass(frozen=True)
class Job:
    """A table and what it is filled from.

    Attributes:
        table: Methods against protocols.
        data: An archive or a flat ``.npz``.
        seeds: Of every training.
        out: Folder of all runs and tables; shared between jobs.
        settings: Of every recipe, last.
    """

    table: Table
    data: Path
    seeds: tuple[int, ...]
    out: Path
    settings: tuple[str, ...] = ()

    def cells(self, entry: Entry, column: Column, classifiers: tuple[str, ...]) -> list[Cell]:
        """One for every seed."""
        own = (*self.table.settings, *entry.settings, *self.settings)
        method = parse_method(entry.method, self.table.recipe, own)
        named = replace(method, name=entry.cell or entry.method)
        folder = self.out / _RUNS / column.protocol
        draws = self.table.draws
        return [
            Cell(self.data, column.protocol, named, seed, folder, classifiers, draws)
            for seed in self.seeds
        ]


def find_data(place: Path, name: str) -> Path:
    """The data of this name: ``place`` itself, or what lies in it under that name.

    Raises:
        SourceError: There is nothing of that name.
    """
    if place.is_file() or (place / MANIFEST).exists():
        return place
    candidates = [place / f"{name}{ending}" for ending in ("", ".archive", ".npz")]
    for candidate in candidates:
        if candidate.exists():
            return candidate
    raise SourceError(
        place,
        f"expected data called '{name}' here, found none of "
        f"{', '.join(candidate.name for candidate in candidates)}.",
    )


def fill_tables(
    jobs: Sequence[Job], *, workers: int = 1, progress: Progress | None = None
) -> tuple[Reproduction, ...]:
    """Run what is not finished, and write ``NAME.md``, ``NAME.csv`` and ``NAME.json`` of each.

    Cells that tables share are run once.

    Raises:
        ConfigError: Tables disagree on what a shared cell is, or a setting does not exist.
    """
    untold = _find_untold()
    wanted: dict[Path, Cell] = {}
    for job in jobs:
        for entry in job.table.entries:
            for column in job.table.columns:
                for cell in job.cells(entry, column, _judges(job.table, untold)):
                    _refuse_another(wanted.setdefault(cell.file, cell), cell)
    failed = run_cells(tuple(wanted.values()), workers=workers, progress=progress)
    filled = tuple(_fill(job, untold, failed) for job in jobs)
    for job, reproduction in zip(jobs, filled, strict=True):
        write_tables(reproduction, job.out)
    return filled


def write_tables(reproduction: Reproduction, out: Path) -> None:
    """Write one table in its three forms."""
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / f"{reproduction.name}.json", reproduction.to_json())
    for ending, text in (("md", reproduction.to_markdown()), ("csv", reproduction.to_csv())):
        write_text(out / f"{reproduction.name}.{ending}", text)


def _refuse_another(known: Cell, cell: Cell) -> None:
    if known.describe() != cell.describe():
        raise ConfigError(
            f"Two tables mean different things by '{cell.method.name}' under '{cell.protocol}'; "
            "give one of them another cell name."
        )


def _find_untold() -> str:
    """Why the classifiers that are told names cannot be asked; nothing where they can."""
    try:
        create_text_encoder("minilm")
    except MissingExtraError as error:
        return str(error)
    return ""


def _judges(table: Table, untold: str) -> tuple[str, ...]:
    """What a table's cells are judged by, as far as it can be asked here."""
    return tuple(name for name in table.judged if not (untold and name in TOLD_CLASSIFIERS))


# --- one table ----------------------------------------------------------------------------------


def _fill(job: Job, untold: str, failed: Mapping[Path, str]) -> Reproduction:
    table, judges = job.table, _judges(job.table, untold)
    lines: list[Line] = []
    everything: list[list[list[CellResult]]] = []
    left_out: list[str] = []
    problems: list[str] = []
    for entry in table.entries:
        cells = [job.cells(entry, column, judges) for column in table.columns]
        results = [[r for c in of_seeds if (r := read_cell(c)) is not None] for of_seeds in cells]
        everything.append(results)
        problems += [
            f"{entry.label}, {cell.protocol}, seed {cell.seed}: {failed[cell.file]}"
            for of_seeds in cells
            for cell in of_seeds
            if cell.file in failed
        ]
        shown = entry.classifiers or table.classifiers
        for name in shown:
            if name not in judges:
                left_out.append(f"{entry.label}: {untold}")
                continue
            lines.append(_line(table, entry, name, results, with_paper=name == shown[0]))
    return Reproduction(
        table.name,
        table.about,
        "percent, mean and standard deviation over seeds",
        1,
        tuple(column.title for column in table.columns),
        (*_floor(table, everything), *lines),
        _facts(job),
        tuple(left_out),
        tuple(problems),
    )


def _line(
    table: Table,
    entry: Entry,
    classifier: str,
    results: Sequence[Sequence[CellResult]],
    *,
    with_paper: bool,
) -> Line:
    values = tuple(
        Value(
            tuple(result.evaluation["results"][classifier]["mean"] for result in of_seeds),
            entry.paper.get(column.title) if with_paper else None,
        )
        for column, of_seeds in zip(table.columns, results, strict=True)
    )
    parameters = next((result.parameters for of_seeds in results for result in of_seeds), 0)
    unlike = table.unlike + ((entry.unlike,) if entry.unlike else ())
    return Line(entry.label, classifier, values, parameters, unlike)


def _floor(table: Table, everything: Sequence[Sequence[Sequence[CellResult]]]) -> list[Line]:
    """What needs no learning; the same for all methods and seeds of a column."""
    lines: list[Line] = []
    for name, floor in FLOORS.items():
        values = []
        for number in range(len(table.columns)):
            finished = [result for results in everything for result in results[number]]
            found = finished[0].evaluation.get(floor.key) if finished else None
            values.append(Value((found["mean"],) if found else ()))
        label = name if lines else f"floor: {name}"
        lines.append(Line(label, "", tuple(values), 0, ()))
    return lines


def _facts(job: Job) -> tuple[str, ...]:
    table = job.table
    entry = table.entries[0]
    own = (*table.settings, *entry.settings, *job.settings)
    share = parse_method(entry.method, table.recipe, own).recipe.training.held_out
    chosen = f"the epoch best on {share:.0%} of the base clips" if share else "the last epoch"
    protocols = ", ".join(f"{column.title} is {column.protocol}" for column in table.columns)
    return (
        f"Data {job.data.name}; {protocols}.",
        f"Recipe {table.recipe}; {chosen}; seeds {', '.join(map(str, job.seeds))}; up to "
        f"{table.draws} draws of exemplars; nothing was chosen on novel classes.",
        f"crossglg {__version__}.",
    )
