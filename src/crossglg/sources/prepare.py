"""Turn a folder of source files into a prepared archive, in parallel, and go on after a kill."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crossglg.atomic import write_text
from crossglg.errors import ArchiveError, ConfigError, SourceError, suggest
from crossglg.skeleton.layout import Layout
from crossglg.sources.archive import ARCHIVE_VERSION, write_archive
from crossglg.sources.formats import FORMATS, MANY, SourceFormat
from crossglg.sources.labelled import LabelledClip, label_clips
from crossglg.sources.shards import Shard, ShardTask, build_shard, build_shards, open_shard

UNUSABLE = "one of those that the data's authors list as without usable skeleton."
"""Why a file is left out that nobody asked to leave out."""

_PLAN = "plan.json"
_MERGED = "archive"


@dataclass(frozen=True)
class PrepareReport:
    """What a preparation came to.

    Attributes:
        path: The archive.
        written: Number of clips in it.
        skipped: (file or clip, reason) of everything left out; also in its ``skipped.json``.
    """

    path: Path
    written: int
    skipped: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, object]:
        """The report as plain values."""
        return {
            "path": str(self.path),
            "written": self.written,
            "skipped": [list(entry) for entry in self.skipped],
        }


def prepare(
    format: str,
    source: Path | str,
    *,
    out: Path | str,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    missing: Path | str | None = None,
    layout: Layout | None = None,
    name: str | None = None,
) -> PrepareReport:
    """Read all files of a source and write them as one prepared archive.

    Files that cannot be read, and clips in which nobody is seen, are left out and reported. What
    has been read lies in ``OUT.partial`` until the archive is complete: the same call after an
    interruption goes on from there and ends with the same archive, byte for byte.

    Args:
        format: A key of ``FORMATS``.
        source: A file, or a folder that is searched with all folders below it, linked ones too.
            For ``bvh`` the folder a file lies in is the name of its class.
        out: The archive's folder; it must not exist.
        workers: Number of processes; each reads one group of files at a time. With more than
            one, a script must guard its start by ``if __name__ == "__main__"``.
        progress: Called with the number of files dealt with and the number of all files.
        missing: A text file that names more files to leave out, one per line, with or without
            ending. The NTU RGB+D recordings that its authors list as without usable skeleton are
            left out anyway.
        layout: A layout of the user's own, for formats that do not say which joint is which.
        name: Short name of the data; the name of ``out`` if not given.

    Raises:
        ConfigError: An unknown format, no worker, or a layout for a format that has its own.
        SourceError: There is no file to read, or not one of them could be read.
        ArchiveError: ``out`` exists, or its partial folder is of another preparation.
    """
    target = Path(out)
    kind = _choose_format(format, layout=layout, workers=workers)
    if target.exists():
        raise ArchiveError(f"{target} already exists. Choose another place or delete it first.")
    partial = target.with_name(f"{target.name}.partial")
    root, found, broken = _list_files(Path(source), kind, leave_out=partial)
    files, listed = _leave_out_missing(root, found, kind, missing)
    unwanted = [*broken, *listed]
    tasks = _cut_into_tasks(ShardTask(format, root, files, layout, None, partial), kind)
    _begin(partial, root, tasks, unwanted)
    for done in _build_missing(tasks, workers=workers):
        if progress is not None:
            progress(done, len(files))
    shards = [open_shard(task.out) for task in tasks]
    names, doubled = _gather_names(shards)
    skipped = [*unwanted, *(entry for shard in shards for entry in shard.skipped), *doubled]
    if not names:
        shutil.rmtree(partial)
        raise SourceError(
            source,
            f"not one of {len(files)} {kind.suffix} files could be read; "
            f"the first, {skipped[0][0]}: {skipped[0][1]}",
        )
    shutil.rmtree(partial / _MERGED, ignore_errors=True)
    write_archive(
        _merge(shards),
        partial / _MERGED,
        name=name or target.name,
        class_names=_order_classes(shards, kind),
        skipped=skipped,
    )
    (partial / _MERGED).rename(target)
    shutil.rmtree(partial)
    return PrepareReport(target, len(names), tuple(skipped))


# --- what there is to do --------------------------------------------------------------------


def _choose_format(name: str, *, layout: Layout | None, workers: int) -> SourceFormat:
    if name not in FORMATS:
        hint = suggest(name, FORMATS)
        raise ConfigError(f"No format is called '{name}'.{hint} Known: {', '.join(FORMATS)}.")
    if layout is not None and not FORMATS[name].takes_layout:
        raise ConfigError(
            f"Files of format '{name}' have a layout of their own, found also '{layout.name}'. "
            "Leave the layout out."
        )
    if workers < 1:
        raise ConfigError(f"Expected at least one worker, found {workers}.")
    return FORMATS[name]


def _list_files(
    source: Path, kind: SourceFormat, *, leave_out: Path
) -> tuple[Path, tuple[str, ...], list[tuple[str, str]]]:
    """The folder, the files below it, sorted, and what looks like one but is none, with why.

    Our own partial folder may lie there too.
    """
    # Not resolved: where a file is a link, its name is the link's.
    root = Path(os.path.abspath(source))
    if root.is_file():
        return root.parent, (root.name,), []
    if not root.is_dir():
        raise SourceError(source, "expected a folder or a file, found nothing of that name.")
    files: list[str] = []
    broken: list[tuple[str, str]] = []
    for path, problem in _walk(root, frozenset([leave_out.resolve()])):
        name = path.relative_to(root).as_posix()
        if problem:
            if path.suffix.lower() in ("", kind.suffix):
                broken.append((name, problem))
        elif path.suffix.lower() == kind.suffix and kind.is_one(path):
            files.append(name)
    if not files:
        found = f"only {': '.join(min(broken))}" if broken else "none"
        raise SourceError(
            source,
            f"expected {kind.suffix} files "
            + (f"called like {kind.called} " if kind.called else "")
            + f"in this folder, found {found.rstrip('.')}.",
        )
    return root, tuple(sorted(files)), sorted(broken)


def _walk(folder: Path, shut: frozenset[Path]) -> Iterator[tuple[Path, str]]:
    """What lies below a folder, linked folders too, and why it is no file (empty if it is one).

    A folder is not entered from within itself, nor any of ``shut``.
    """
    here = folder.resolve()
    if here in shut:
        return
    try:
        entries = [folder / name for name in os.listdir(folder)]
    except OSError as error:
        yield folder, f"this folder cannot be opened ({error.strerror})."
        return
    for entry in entries:
        if os.path.isdir(entry):
            yield from _walk(entry, shut | {here})
        else:
            yield entry, "" if os.path.isfile(entry) else "a link that leads to no file."


def _leave_out_missing(
    root: Path, files: tuple[str, ...], kind: SourceFormat, missing: Path | str | None
) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    reasons = dict.fromkeys(kind.list_unusable(), UNUSABLE)
    if missing is not None:
        reasons |= dict.fromkeys(
            _read_names(missing, kind.suffix), f"listed in {Path(missing).name}."
        )
    stems = {file: _without_suffix(Path(file).name, kind.suffix) for file in files}
    unwanted = [(file, reasons[stem]) for file, stem in stems.items() if stem in reasons]
    kept = tuple(file for file, stem in stems.items() if stem not in reasons)
    if not kept:
        file, reason = unwanted[0]
        raise SourceError(
            root, f"all {len(files)} {kind.suffix} files are left out; the first, {file}: {reason}"
        )
    return kept, unwanted


def _read_names(file: Path | str, suffix: str) -> list[str]:
    try:
        lines = Path(file).read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(file, f"expected a text file of names ({error}).") from error
    return [_without_suffix(line.strip(), suffix) for line in lines]


def _without_suffix(name: str, suffix: str) -> str:
    """In whatever case the suffix is written."""
    return name[: -len(suffix)] if name.lower().endswith(suffix) else name


def _cut_into_tasks(whole: ShardTask, kind: SourceFormat) -> list[ShardTask]:
    starts = range(0, len(whole.files), kind.files_per_shard)
    return [
        replace(
            whole,
            files=whole.files[start : start + kind.files_per_shard],
            out=whole.out / f"{number:05d}",
        )
        for number, start in enumerate(starts)
    ]


def _begin(
    partial: Path, root: Path, tasks: Sequence[ShardTask], unwanted: list[tuple[str, str]]
) -> None:
    """Make the partial folder, or make sure that it is a beginning of this very preparation."""
    stats = [[(name, (root / name).stat()) for name in task.files] for task in tasks]
    layout = tasks[0].layout
    plan = {
        "version": ARCHIVE_VERSION,
        "format": tasks[0].format,
        "source": str(root),
        "layout": None if layout is None else layout.to_json(),
        "left_out": [name for name, _ in unwanted],
        "shards": [[[name, s.st_size, s.st_mtime_ns] for name, s in shard] for shard in stats],
    }
    text = json.dumps(plan)
    partial.mkdir(parents=True, exist_ok=True)
    file = partial / _PLAN
    known = file.read_text("utf-8") if file.exists() else ""
    if not known and not any(partial.iterdir()):
        write_text(file, text)
    elif known != text:
        raise ArchiveError(
            f"{partial} was begun from other files or with other settings. "
            "Delete it to begin anew, or give the settings it was begun with."
        )


# --- doing it -------------------------------------------------------------------------------


def _build_missing(tasks: Sequence[ShardTask], *, workers: int) -> Iterator[int]:
    """Build the shards that are not there yet; yields the number of files dealt with so far.

    The first clip of all decides the layout, so shards are built one after the other until there
    is a clip, whatever the number of workers.
    """
    done = 0
    decided: Layout | None = None
    waiting = list(tasks)
    while waiting and decided is None:
        task = waiting.pop(0)
        if not task.out.exists():
            build_shard(task)
        clips = open_shard(task.out).open_clips()
        decided = None if clips is None else clips.layout
        done += len(task.files)
        yield done
    lacking = [task for task in waiting if not task.out.exists()]
    left = sum(len(task.files) for task in lacking)
    lacking = [replace(task, expected=decided, many=left >= MANY * workers) for task in lacking]
    done += sum(len(task.files) for task in waiting) - left
    for count in build_shards(lacking, workers=workers):
        done += count
        yield done


def _gather_names(shards: Sequence[Shard]) -> tuple[set[str], list[tuple[str, str]]]:
    names: set[str] = set()
    doubled: list[tuple[str, str]] = []
    for shard in shards:
        clips = shard.open_clips()
        for name in clips.clip_names if clips is not None else ():
            if name in names:
                doubled.append((name, "expected clips of different names, found a second one."))
            names.add(name)
    return names, doubled


def _merge(shards: Sequence[Shard]) -> Iterator[LabelledClip]:
    """The clips of all shards, one shard open at a time; of equal names the first."""
    names: set[str] = set()
    for shard in shards:
        clips = shard.open_clips()
        for labelled in label_clips(clips) if clips is not None else ():
            if labelled.name not in names:
                yield labelled
            names.add(labelled.name)


def _order_classes(shards: Sequence[Shard], kind: SourceFormat) -> tuple[str, ...]:
    stated = dict.fromkeys(name for shard in shards for name in shard.class_names)
    return tuple(kind.order_classes(stated))
