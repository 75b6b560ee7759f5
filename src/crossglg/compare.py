"""Train and judge a grid of methods and seeds under one protocol; nothing is done twice."""

import csv
import io
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch

from crossglg.checkpoint import PlainCheckpoint, read_json, write_json
from crossglg.encoders import list_encoders
from crossglg.errors import ConfigError, CrossGLGError, suggest
from crossglg.shipped import load_plain
from crossglg.skeleton.layout import Layout
from crossglg.sources.splits import get_protocol
from crossglg.training import Recipe, create_recipe, override, read_metrics
from crossglg.training.rivals import RIVALS, train_like
from crossglg.verbs import DEFAULT_CLASSIFIERS, evaluate_run, open_clips, split_data, train_run

Progress = Callable[[int, int, str], None]

_TIMED_RUNS = 20


@dataclass(frozen=True)
class Method:
    """A row of the table.

    Attributes:
        name: What the table calls it.
        recipe: How it is trained; its seed is replaced by the grid's.
    """

    name: str
    recipe: Recipe


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


@dataclass(frozen=True)
class Row:
    """One method over all its seeds.

    Attributes:
        method: Its name.
        accuracy: Classifier -> accuracy in percent of each seed, averaged over draws.
        parameters: Of the encoder and the importance at inference; 0 where nothing is learned.
        train_minutes: Mean over seeds.
        ms_per_clip: One clip through the plain branch, median, on this machine.
    """

    method: str
    accuracy: dict[str, tuple[float, ...]]
    parameters: int
    train_minutes: float
    ms_per_clip: float

    def cell(self, classifier: str) -> str:
        """``84.9 ± 0.1``: mean and standard deviation over seeds."""
        values = self.accuracy[classifier]
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        return f"{statistics.mean(values):.1f} ± {spread:.1f}"


@dataclass(frozen=True)
class Comparison:
    """The whole table.

    Attributes:
        protocol: Its name.
        seeds: Behind each mean.
        draws: Of exemplars.
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

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    def to_markdown(self) -> str:
        """A table: mean and standard deviation over seeds, the floor in the first row."""
        names = list(self.rows[0].accuracy) if self.rows else []
        lines = [
            f"| method | {' | '.join(names)} | parameters | training, min | ms per clip |",
            "|---|" + "---:|" * (len(names) + 3),
        ]
        for name, (mean, std) in self.floor.items():
            blanks = " |" * (len(names) + 2)
            lines.append(f"| {name} | {mean:.1f} ± {std:.1f} (draws){blanks}")
        for row in self.rows:
            cells = [row.cell(name) for name in names]
            lines.append(
                f"| {row.method} | {' | '.join(cells)} | {row.parameters:,} "
                f"| {row.train_minutes:.1f} | {row.ms_per_clip:.1f} |"
            )
        return "\n".join(lines) + "\n"

    def to_csv(self) -> str:
        """One line per method, classifier and seed."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["method", "classifier", "seed", "accuracy"])
        for row in self.rows:
            for name, values in row.accuracy.items():
                for seed, value in zip(self.seeds, values, strict=False):
                    writer.writerow([row.method, name, seed, value])
        return stream.getvalue()


def parse_method(name: str, recipe: str, settings: Sequence[str] = ()) -> Method:
    """``ENCODER`` trained without words, ``ENCODER+GUIDANCE``, or ``ENCODER+RIVAL``, by a recipe.

    Raises:
        ConfigError: No such encoder, guidance, rival, recipe or setting.
    """
    encoder, _, guidance = name.strip().partition("+")
    if encoder not in list_encoders():
        raise ConfigError(
            f"No encoder is called '{encoder}'.{suggest(encoder, list_encoders())} Known: "
            f"{', '.join(list_encoders())}; with guidance such as {encoder}+crossglg."
        )
    chosen = create_recipe(recipe, encoder=encoder)
    if guidance in RIVALS:
        chosen = train_like(guidance, chosen)
    else:
        chosen = override(chosen, [f"model.guidance={guidance or 'none'}"])
    return Method(name.strip(), override(chosen, settings))


def run_grid(grid: Grid, *, workers: int = 1, progress: Progress | None = None) -> Comparison:
    """Run every cell that is not yet finished, and write the tables.

    A cell that fails is named in the result and does not stop the others; after an interruption
    the same call goes on, in the middle of a training too.

    Args:
        grid: What to compare.
        workers: Processes; each gets its share of the processor's cores.
        progress: Told how many cells are finished, of how many, and the last one's name.

    Raises:
        ConfigError: Two methods of one name, or no seed.
        ProtocolError: No such protocol.
    """
    get_protocol(grid.protocol)
    names = [method.name for method in grid.methods]
    if len(set(names)) < len(names) or not grid.seeds:
        raise ConfigError(f"Expected methods of different names and a seed, found {names}.")
    grid.out.mkdir(parents=True, exist_ok=True)
    cells = [(method, seed) for seed in grid.seeds for method in grid.methods]
    threads = max(1, (os.cpu_count() or 1) // workers)
    failed = []
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        tasks = {
            pool.submit(_run_cell, grid, method, seed, threads): (method.name, seed)
            for method, seed in cells
            if not _cell_file(grid, method, seed).exists()
        }
        known = len(cells) - len(tasks)
        for done, task in enumerate(as_completed(tasks), start=known + 1):
            name, seed = tasks[task]
            if reason := task.result():
                failed.append(f"{name}, seed {seed}: {reason}")
            if progress is not None:
                progress(done, len(cells), f"{name}, seed {seed}")
    comparison = _summarise(grid, tuple(failed))
    write_json(grid.out / "table.json", comparison.to_json())
    (grid.out / "table.md").write_text(comparison.to_markdown(), encoding="utf-8")
    (grid.out / "table.csv").write_text(comparison.to_csv(), encoding="utf-8")
    return comparison


# --- one cell -----------------------------------------------------------------------------------


def _run_cell(grid: Grid, method: Method, seed: int, threads: int) -> str:
    """Train and judge; the reason where it cannot be done, nothing where it was."""
    torch.set_num_threads(threads)
    try:
        clips, masks = open_clips(grid.data, layout=grid.layout)
        split = split_data(clips, get_protocol(grid.protocol), masks=masks)
        recipe = replace(method.recipe, training=replace(method.recipe.training, seed=seed))
        run = _run_folder(grid, method, seed)
        checkpoint = train_run(split, recipe, out=run)
        evaluation = evaluate_run(checkpoint, split, classifiers=grid.classifiers, draws=grid.draws)
    except CrossGLGError as error:
        return str(error)
    seconds = sum(row.get("seconds", 0.0) for row in read_metrics(run))
    record = {"evaluation": evaluation.to_json(), "train_seconds": seconds}
    write_json(_cell_file(grid, method, seed), record)
    return ""


def _run_folder(grid: Grid, method: Method, seed: int) -> Path:
    return grid.out / f"{method.name}-{seed}"


def _cell_file(grid: Grid, method: Method, seed: int) -> Path:
    return grid.out / f"{method.name}-{seed}.json"


# --- the table ----------------------------------------------------------------------------------


def _summarise(grid: Grid, failed: tuple[str, ...]) -> Comparison:
    floor: dict[str, tuple[float, float]] = {}
    rows = []
    for method in grid.methods:
        seeds = [seed for seed in grid.seeds if _cell_file(grid, method, seed).exists()]
        records = [read_json(_cell_file(grid, method, seed)) for seed in seeds]
        if not records:
            continue
        for name, key in (("raw DTW", "floor"), ("raw Euclidean", "floor_euclidean")):
            found = records[0]["evaluation"][key]
            floor[name] = (found["mean"], found["std"])
        checkpoint = load_plain(_run_folder(grid, method, seeds[0]))
        rows.append(
            Row(
                method.name,
                {
                    name: tuple(r["evaluation"]["results"][name]["mean"] for r in records)
                    for name in grid.classifiers
                },
                count_parameters(checkpoint),
                statistics.mean(r["train_seconds"] for r in records) / 60,
                measure_ms_per_clip(checkpoint),
            )
        )
    return Comparison(grid.protocol, grid.seeds, grid.draws, tuple(rows), floor, failed)


def count_parameters(checkpoint: PlainCheckpoint) -> int:
    """Of the encoder and the importance; the base classes' classifier is not used later."""
    branch = checkpoint.branch
    used = [branch.encoder, *([] if branch.importance is None else [branch.importance])]
    return sum(parameter.numel() for part in used for parameter in part.parameters())


@torch.inference_mode()
def measure_ms_per_clip(checkpoint: PlainCheckpoint) -> float:
    """Median milliseconds for one clip of one person through the plain branch, in float32."""
    branch = checkpoint.branch.eval()
    clip = torch.randn(1, 1, checkpoint.frame_count, checkpoint.layout.joint_count, 3)
    present = torch.ones(clip.shape[:3], dtype=torch.bool)
    taken = []
    for _ in range(_TIMED_RUNS):
        start = time.perf_counter()
        branch(clip, present)
        taken.append(time.perf_counter() - start)
    return 1000 * statistics.median(taken)
