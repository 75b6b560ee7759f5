"""Cells: one method, one seed, one protocol; trained and judged once, nothing is done twice."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, as_completed
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import torch

from crossglg.checkpoint import PlainCheckpoint, as_read, read_json, write_json
from crossglg.encoders import list_encoders
from crossglg.errors import ConfigError, CrossGLGError, suggest
from crossglg.skeleton.layout import Layout
from crossglg.sources.archive import MANIFEST
from crossglg.sources.splits import get_protocol
from crossglg.text.guidance import split_sets
from crossglg.training import Recipe, create_recipe, override, read_metrics
from crossglg.training.config import bring_up_to_date
from crossglg.training.digests import digest_layout
from crossglg.training.rivals import RIVALS, train_like
from crossglg.verbs import evaluate_run, open_clips, split_data, train_run
from crossglg.workers import KILLED, open_pool

Progress = Callable[[int, int], None]
"""Told how many cells are finished, and of how many."""

_DIGESTS = ("data_sha256", "texts_sha256", "layout_sha256")
"""What results of older versions lack, and what is empty where there is no such file."""


@dataclass(frozen=True)
class Method:
    """What is trained.

    Attributes:
        name: What tables call it.
        recipe: How it is trained; its seed is replaced by the cell's.
    """

    name: str
    recipe: Recipe


@dataclass(frozen=True)
class Cell:
    """One training and its judgement.

    Attributes:
        data: An archive or a flat ``.npz``.
        protocol: By name.
        method: What is trained.
        seed: Of the training.
        folder: Where cells lie; each has a run and a result of its own in there.
        classifiers: How novel classes are recognised.
        draws: Of exemplars.
        layout: For joints of the user's own.
    """

    data: Path
    protocol: str
    method: Method
    seed: int
    folder: Path
    classifiers: tuple[str, ...]
    draws: int
    layout: Layout | None = None

    @property
    def name(self) -> str:
        """For complaints."""
        return f"{self.method.name}, seed {self.seed}"

    @property
    def run(self) -> Path:
        """Folder of the training."""
        return self.folder / f"{self.method.name}-{self.seed}"

    @property
    def file(self) -> Path:
        """Where the result is written."""
        return self.folder / f"{self.method.name}-{self.seed}.json"

    @property
    def recipe(self) -> Recipe:
        """The method's, with this cell's seed."""
        training = replace(self.method.recipe.training, seed=self.seed)
        return replace(self.method.recipe, training=training)

    def describe(self) -> dict[str, Any]:
        """What decides the result; a result of anything else does not count as this cell's.

        Data and descriptions are known by name and by what lies in their files; those that come
        with the package, by name; a layout of the user's own by its joints and bones.
        """
        digests = (
            _digest([_find_listing(self.data)]),
            _digest(_find_texts(self.recipe)),
            digest_layout(self.layout),
        )
        return {
            "data": str(self.data.name),
            "protocol": self.protocol,
            "recipe": as_read(self.recipe.to_json()),
            "classifiers": list(self.classifiers),
            "draws": self.draws,
            **dict(zip(_DIGESTS, digests, strict=True)),
        }


@dataclass(frozen=True, eq=False)
class CellResult:
    """What a finished cell found.

    Attributes:
        evaluation: ``Evaluation.to_json``.
        parameters: Of the encoder and the importance, at inference.
        train_seconds: Over all epochs.
    """

    evaluation: dict[str, Any]
    parameters: int
    train_seconds: float


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


def run_cells(
    cells: Sequence[Cell], *, workers: int = 1, progress: Progress | None = None
) -> dict[Path, str]:
    """Run every cell that is not finished; after an interruption the same call goes on.

    Args:
        cells: In the order in which they are wanted.
        workers: Processes; each gets its share of torch's threads.
        progress: Is told about every cell that ends.

    Returns:
        The ``file`` of each that failed, and why; the others are run all the same.

    Raises:
        ProtocolError: No such protocol.
    """
    for protocol in {cell.protocol for cell in cells}:
        get_protocol(protocol)
    for folder in {cell.folder for cell in cells}:
        folder.mkdir(parents=True, exist_ok=True)
    threads = max(1, torch.get_num_threads() // workers)
    lacking = [cell for cell in cells if read_cell(cell) is None]
    failed = {}
    with open_pool(workers, needs=__name__) as pool:
        tasks = {pool.submit(_run_cell, cell, threads): cell for cell in lacking}
        for done, task in enumerate(as_completed(tasks), start=len(cells) - len(lacking) + 1):
            cell = tasks[task]
            if reason := _outcome(task):
                failed[cell.file] = reason
            if progress is not None:
                progress(done, len(cells))
    return failed


def read_cell(cell: Cell) -> CellResult | None:
    """The result of a cell, None while there is none of exactly this cell."""
    if not cell.file.exists():
        return None
    record = read_json(cell.file)
    if not _is_same(_read_described(record.get("cell", {})), cell.describe()):
        return None
    return CellResult(record["evaluation"], record["parameters"], record["train_seconds"])


def count_parameters(checkpoint: PlainCheckpoint) -> int:
    """Of the encoder and the importance; the base classes' classifier is not used later."""
    branch = checkpoint.branch
    used = [branch.encoder, *([] if branch.importance is None else [branch.importance])]
    return sum(parameter.numel() for part in used for parameter in part.parameters())


def _run_cell(cell: Cell, threads: int) -> str:
    """Train and judge; the reason where it cannot be done, nothing where it was."""
    torch.set_num_threads(threads)
    described = cell.describe()  # before the data are read: they may change while it runs
    try:
        clips, masks = open_clips(cell.data, layout=cell.layout)
        split = split_data(clips, get_protocol(cell.protocol), masks=masks)
        checkpoint = train_run(split, cell.recipe, out=cell.run)
        evaluation = evaluate_run(checkpoint, split, classifiers=cell.classifiers, draws=cell.draws)
    except CrossGLGError as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    result = CellResult(
        evaluation.to_json(),
        count_parameters(checkpoint),
        sum(row.get("seconds", 0.0) for row in read_metrics(cell.run)),
    )
    write_json(cell.file, {"cell": described, **asdict(result)})
    return ""


def _outcome(task: Future[str]) -> str:
    """What ``_run_cell`` said, or that it could not say anything."""
    try:
        return task.result()
    except BrokenExecutor:
        return KILLED


def _read_described(described: dict[str, Any]) -> dict[str, Any]:
    """What a result says it is of; settings that came after it are at their defaults."""
    try:
        return described | {"recipe": bring_up_to_date(described["recipe"])}
    except (KeyError, ConfigError):  # of a version that knew other settings
        return described


def _is_same(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether two descriptions are of one cell, as far as both tell."""
    untold = {key for key in _DIGESTS if not (known.get(key) and wanted.get(key))}
    one, other = ({k: v for k, v in each.items() if k not in untold} for each in (known, wanted))
    return one == other


def _find_listing(data: Path) -> Path:
    """The file that decides what the data are: an archive's manifest has the digests of all."""
    return data / MANIFEST if data.is_dir() else data


def _find_texts(recipe: Recipe) -> list[Path]:
    """The files of descriptions that do not come with the package."""
    names = chain.from_iterable(split_sets(recipe.descriptions))
    return [Path(name) for name in names if Path(name).is_file()]


def _digest(files: Sequence[Path]) -> str:
    """SHA-256 of files; empty where one is missing, or for none."""
    if not files or not all(file.is_file() for file in files):
        return ""
    return " ".join(_digest_file(file, file.stat().st_mtime_ns) for file in files)


@lru_cache
def _digest_file(file: Path, changed_ns: int) -> str:
    """Read once for every time that the file has changed."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
