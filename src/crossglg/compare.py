"""Train and judge a grid of methods and seeds under one protocol; nothing is done twice."""

import csv
import io
import statistics
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from crossglg.atomic import write_text
from crossglg.cells import (
    Cell,
    Method,
    Progress,
    parse_method,
    read_cell,
    run_cells,
)
from crossglg.checkpoint import PlainCheckpoint, write_json
from crossglg.errors import ConfigError
from crossglg.oneshot import FLOORS
from crossglg.shipped import load_plain
from crossglg.skeleton.layout import Layout
from crossglg.sources.splits import get_protocol
from crossglg.verbs import DEFAULT_CLASSIFIERS

__all__ = ["Comparison", "Grid", "Method", "Row", "parse_method", "run_grid"]

_TIMED_RUNS = 20


@dataclass(frozen=True)
class Grid:
    """What is compared, on what.

    Attributes:
        data: An archive or a flat ``.npz``.
        protocol: By name.
        methods: The rows.
        seeds: Every method is trained with each of them.
        out: Folder of the runs, of the results of finished cells and of the tables.
        classifiers: How novel classes are recognised.
        draws: Of exemplars, the same for every cell.
        layout: For joints of the user's own.
    """

    data: Path
    protocol: str
    methods: tuple[Method, ...]
    seeds: tuple[int, ...]
    out: Path
    classifiers: tuple[str, ...] = DEFAULT_CLASSIFIERS
    draws: int = 100
    layout: Layout | None = None

    def cells(self, method: Method) -> tuple[Cell, ...]:
        """One for every seed."""
        return tuple(
            Cell(
                self.data,
                self.protocol,
                method,
                seed,
                self.out,
                self.classifiers,
                self.draws,
                self.layout,
            )
            for seed in self.seeds
        )


@dataclass(frozen=True)
class Row:
    """One method over all its seeds.

    Attributes:
        method: Its name.
        seeds: Of the trainings that were finished.
        accuracy: Classifier -> accuracy in percent of each of these seeds, averaged over draws.
        parameters: Of the encoder and the importance at inference; 0 where nothing is learned.
        train_minutes: Mean over seeds.
        ms_per_clip: One clip through the plain branch, median, on this machine.
    """

    method: str
    seeds: tuple[int, ...]
    accuracy: dict[str, tuple[float, ...]]
    parameters: int
    train_minutes: float
    ms_per_clip: float

    def cell(self, classifier: str) -> str:
        """``84.9 ± 0.1``: mean and standard deviation over seeds; ``84.9`` of a single one."""
        values = self.accuracy[classifier]
        spread = f" ± {statistics.stdev(values):.1f}" if len(values) > 1 else ""
        return f"{statistics.mean(values):.1f}{spread}"


@dataclass(frozen=True)
class Comparison:
    """The whole table.

    Attributes:
        protocol: Its name.
        seeds: Asked for; a row says which of them are behind its means.
        draws: Of exemplars; one where they are published or chosen by name.
        rows: Learned methods, in the order asked for.
        floor: Name -> (mean, standard deviation over draws) of what needs no learning.
        failed: ``method, seed: reason`` of cells that ended in an error.
    """

    protocol: str
    seeds: tuple[int, ...]
    draws: int
    rows: tuple[Row, ...]
    floor: dict[str, tuple[float, float]]
    failed: tuple[str, ...]

    def describe_floor(self, name: str) -> str:
        """``79.0 ± 1.0``: mean and standard deviation over draws; ``79.0`` of a single draw."""
        mean, std = self.floor[name]
        return f"{mean:.1f}" + (f" ± {std:.1f}" if self.draws > 1 else "")

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    def to_markdown(self) -> str:
        """Means and standard deviations over seeds, the floor first; below them, what failed."""
        names = list(self.rows[0].accuracy) if self.rows else []
        lines = [
            f"| method | {' | '.join(names)} | parameters | training, min | ms per clip |",
            "|---|" + "---:|" * (len(names) + 3),
        ]
        of_draws = " (draws)" if self.draws > 1 else ""
        for name in self.floor:
            blanks = " |" * (len(names) + 2)
            lines.append(f"| {name} | {self.describe_floor(name)}{of_draws}{blanks}")
        for row in self.rows:
            cells = [row.cell(name) for name in names]
            lines.append(
                f"| {row.method} | {' | '.join(cells)} | {row.parameters:,} "
                f"| {row.train_minutes:.1f} | {row.ms_per_clip:.1f} |"
            )
        lines += [""] * bool(self.failed)
        lines += [f"- Failed: {reason}" for reason in self.failed]
        return "\n".join(lines) + "\n"

    def to_csv(self) -> str:
        """One line per method, classifier and seed."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["method", "classifier", "seed", "accuracy"])
        for row in self.rows:
            for name, values in row.accuracy.items():
                for seed, value in zip(row.seeds, values, strict=True):
                    writer.writerow([row.method, name, seed, value])
        return stream.getvalue()


def run_grid(grid: Grid, *, workers: int = 1, progress: Progress | None = None) -> Comparison:
    """Run every cell that is not yet finished, and write the tables.

    A cell that fails is named in the result and does not stop the others; after an interruption
    the same call goes on, in the middle of a training too.

    Args:
        grid: What to compare.
        workers: Processes; each gets its share of the processor's cores.
        progress: Told how many cells are finished, and of how many.

    Raises:
        ConfigError: Two methods of one name, or no seed.
        ProtocolError: No such protocol.
    """
    get_protocol(grid.protocol)
    names = [method.name for method in grid.methods]
    if len(set(names)) < len(names) or not grid.seeds:
        raise ConfigError(f"Expected methods of different names and a seed, found {names}.")
    by_method = [grid.cells(method) for method in grid.methods]
    cells = [cell for of_seed in zip(*by_method, strict=True) for cell in of_seed]
    reasons = run_cells(cells, workers=workers, progress=progress)
    failed = tuple(f"{c.name}: {reasons[c.file]}" for c in cells if c.file in reasons)
    comparison = _summarise(grid, failed)
    write_json(grid.out / "table.json", comparison.to_json())
    write_text(grid.out / "table.md", comparison.to_markdown())
    write_text(grid.out / "table.csv", comparison.to_csv())
    return comparison


# --- the table ----------------------------------------------------------------------------------


def _summarise(grid: Grid, failed: tuple[str, ...]) -> Comparison:
    floor: dict[str, tuple[float, float]] = {}
    rows, draws = [], grid.draws
    for method in grid.methods:
        cells = grid.cells(method)
        finished = [(cell, found) for cell in cells if (found := read_cell(cell)) is not None]
        if not finished:
            continue
        results = [found for _, found in finished]
        draws = results[0].evaluation.get("draws", draws)
        for name, kind in FLOORS.items():
            if found := results[0].evaluation.get(kind.key):
                floor[name] = (found["mean"], found["std"])
        rows.append(
            Row(
                method.name,
                tuple(cell.seed for cell, _ in finished),
                {
                    name: tuple(r.evaluation["results"][name]["mean"] for r in results)
                    for name in grid.classifiers
                },
                results[0].parameters,
                statistics.mean(result.train_seconds for result in results) / 60,
                measure_ms_per_clip(load_plain(finished[0][0].run)),
            )
        )
    return Comparison(grid.protocol, grid.seeds, draws, tuple(rows), floor, failed)


@torch.inference_mode()
def measure_ms_per_clip(checkpoint: PlainCheckpoint) -> float:
    """Median milliseconds for one clip of one person through the plain branch, in float32."""
    branch = checkpoint.folded
    clip = torch.randn(1, 1, checkpoint.frame_count, checkpoint.layout.joint_count, 3)
    present = torch.ones(clip.shape[:3], dtype=torch.bool)
    taken = []
    for _ in range(_TIMED_RUNS):
        start = time.perf_counter()
        branch(clip, present)
        taken.append(time.perf_counter() - start)
    return 1000 * statistics.median(taken)
