"""Shards: source files read in groups, each group a folder on disk that is whole or not there.

They are what a killed preparation leaves behind and a second run continues from. A shard holds
``shard.json`` (class names and skipped files) and, if any clip was read, an archive ``clips``.
"""

import json
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, as_completed
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from crossglg.atomic import create_folder
from crossglg.errors import SourceError
from crossglg.memory import keep_freed_memory
from crossglg.skeleton.layout import Layout
from crossglg.sources.archive import open_archive, write_archive
from crossglg.sources.clipset import ClipSet
from crossglg.sources.formats import FORMATS
from crossglg.sources.labelled import LabelledClip
from crossglg.workers import KILLED, open_pool

_RECORD = "shard.json"
_CLIPS = "clips"
_NOBODY = "expected a visible joint, found none in any frame."


@dataclass(frozen=True)
class ShardTask:
    """The work of one shard; small, for it travels to a worker process.

    Attributes:
        format: Name of the files' format.
        source: The folder they lie in.
        files: Paths below it.
        layout: A layout of the user's own for recognising joints.
        expected: The layout all clips must have; None lets the first clip decide.
        out: The shard's folder.
        many: Whether the process that does it does many.
    """

    format: str
    source: Path
    files: tuple[str, ...]
    layout: Layout | None
    expected: Layout | None
    out: Path
    many: bool = False


@dataclass(frozen=True)
class Shard:
    """A finished shard.

    Attributes:
        class_names: Classes its files know of, in order.
        skipped: (file or clip, reason).
        path: The shard's folder.
    """

    class_names: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    path: Path

    def open_clips(self) -> ClipSet | None:
        """Its clips, memory-mapped; None where no file could be read."""
        folder = self.path / _CLIPS
        return open_archive(folder) if folder.exists() else None


def open_shard(path: Path) -> Shard:
    """Open a finished shard."""
    record = json.loads((path / _RECORD).read_text("utf-8"))
    skipped = tuple((name, reason) for name, reason in record["skipped"])
    return Shard(tuple(record["class_names"]), skipped, path)


def build_shard(task: ShardTask) -> int:
    """Read the files of a shard and write it; files that cannot be read are skipped.

    Returns:
        The number of files dealt with.
    """
    keep_freed_memory()
    reading = _Reading(task)
    clips = reading.read_clips()
    with create_folder(task.out) as folder:
        first = next(clips, None)
        if first is not None:
            write_archive(chain([first], clips), folder / _CLIPS, name=task.out.name)
        record = {"class_names": list(reading.class_names), "skipped": reading.skipped}
        (folder / _RECORD).write_text(json.dumps(record), "utf-8")
    return len(task.files)


def build_shards(tasks: list[ShardTask], *, workers: int) -> Iterator[int]:
    """Build shards in any order; yields the number of files of each when it is done."""
    if workers == 1 or len(tasks) < 2:
        yield from map(build_shard, tasks)
        return
    try:
        with open_pool(workers, needs=__name__) as pool:
            for future in as_completed([pool.submit(build_shard, task) for task in tasks]):
                yield future.result()
    except BrokenExecutor as error:
        raise SourceError(tasks[0].source, KILLED) from error


@dataclass
class _Reading:
    """Reads the files of a task one by one, noting on the way what cannot be read."""

    task: ShardTask
    class_names: dict[str, None] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def read_clips(self) -> Iterator[LabelledClip]:
        expected = self.task.expected
        kind = FORMATS[self.task.format]
        read = (kind.read_many if self.task.many else None) or kind.read
        for name in self.task.files:
            try:
                content = read(self.task.source / name, self.task.source, self.task.layout)
            except SourceError as error:
                place = f"{error.where}: " if error.where else ""
                self.skipped.append((name, f"{place}{error.problem}"))
                continue
            self.class_names.update(dict.fromkeys(content.class_names))
            self.skipped += [(entry, _NOBODY) for entry in content.empty]
            for labelled in content.clips:
                expected = expected or labelled.clip.layout
                problem = self._find_problem(labelled, expected)
                if problem:
                    self.skipped.append((labelled.name, problem))
                else:
                    self.names.add(labelled.name)
                    yield labelled

    def _find_problem(self, labelled: LabelledClip, expected: Layout) -> str:
        if labelled.clip.layout != expected:
            return (
                f"expected layout '{expected.name}' as in the first clip, "
                f"found '{labelled.clip.layout.name}' or other joints."
            )
        if not labelled.clip.visible.any():
            return _NOBODY
        if labelled.name in self.names:
            return "expected clips of different names, found a second one of this name."
        return ""
