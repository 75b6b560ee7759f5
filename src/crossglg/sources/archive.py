"""The prepared archive: a folder of memory-mapped arrays and a manifest with checksums.

``rows.npy`` (R V 3) float32 holds all frames of all persons of all clips, ``visible.npy`` (R V)
is there only if something was not seen; ``labels``, ``subjects``, ``persons``, ``frames``,
``fps`` and ``clip_names`` have one entry per clip; ``skipped.json`` names the source files that
could not be read, and why. ``manifest.json`` describes all of it and is written last.
"""

import hashlib
import json
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from crossglg.atomic import create_folder
from crossglg.errors import ArchiveError, ClipError, LayoutError
from crossglg.skeleton.layout import Layout
from crossglg.sources.clipset import ClipSet
from crossglg.sources.labelled import LabelledClip
from crossglg.sources.npystream import NpyStream

ARCHIVE_VERSION = 1
"""Goes up whenever older code could not read what newer code writes."""

MANIFEST = "manifest.json"
SKIPPED = "skipped.json"

_KINDS = {
    "rows": "f", "visible": "b", "labels": "i", "subjects": "i", "persons": "i", "frames": "i",
    "fps": "f", "clip_names": "U",
}  # fmt: skip
"""Every array of an archive with numpy's letter for the kind of its content."""

_MAPPED = ("rows", "visible")

_DAMAGED = (OSError, ValueError, EOFError, tokenize.TokenError, RuntimeError, MemoryError)
"""What numpy raises over a broken array file."""

_PREPARE_AGAIN = "Prepare the data again."


@dataclass
class _Index:
    """What is kept about the clips written so far."""

    clip_names: list[str] = field(default_factory=list)
    class_names: list[str] = field(default_factory=list)
    subjects: list[int] = field(default_factory=list)
    persons: list[int] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)
    fps: list[float] = field(default_factory=list)

    def add(self, labelled: LabelledClip) -> None:
        self.clip_names.append(labelled.name)
        self.class_names.append(labelled.class_name)
        self.subjects.append(labelled.subject)
        self.persons.append(labelled.clip.person_count)
        self.frames.append(labelled.clip.frame_count)
        self.fps.append(labelled.clip.fps)


def write_archive(
    clips: Iterable[LabelledClip],
    out: Path | str,
    *,
    name: str,
    class_names: Sequence[str] | None = None,
    skipped: Sequence[tuple[str, str]] = (),
) -> None:
    """Write clips into a new archive, one at a time: they never are in memory together.

    Args:
        clips: Clips of one layout with unique names.
        out: The folder to make; it appears only when it is complete.
        name: Short name of the data, for tables.
        class_names: All class names in the order of their labels; None for those that occur,
            sorted.
        skipped: Source files that were left out, with the reason.

    Raises:
        ArchiveError: ``out`` exists, there is no clip, layouts differ, a clip's name repeats or
            its class is not in ``class_names``.
    """
    target = Path(out)
    if target.exists():
        raise ArchiveError(f"{target} already exists. Choose another place or delete it first.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with create_folder(target) as folder:
        layout, index = _write_rows(iter(clips), folder)
        classes = tuple(sorted(set(index.class_names))) if class_names is None else class_names
        _write_index(index, classes, folder)
        (folder / SKIPPED).write_text(_to_json([list(entry) for entry in skipped]), "utf-8")
        manifest = {
            "version": ARCHIVE_VERSION,
            "name": name,
            "layout": layout.to_json(),
            "class_names": list(classes),
            "clips": len(index.clip_names),
            "subjects": sorted(set(index.subjects)),
            "skipped": len(skipped),
            "arrays": {file.stem: _describe(file) for file in sorted(folder.glob("*.npy"))},
        }
        (folder / MANIFEST).write_text(_to_json(manifest), "utf-8")


def open_archive(path: Path | str, *, verify: bool = False) -> ClipSet:
    """Open an archive; its rows stay on disk and are read when a clip is asked for.

    Args:
        path: The folder.
        verify: Compare the checksum of every array as well; this reads all of it once.

    Raises:
        ArchiveError: The folder is no archive, is of another version, or is damaged.
    """
    folder = Path(path)
    manifest = _read_manifest(folder)
    try:
        described = manifest["arrays"]
        arrays = {
            stem: _open_array(folder / f"{stem}.npy", described[stem], kind=kind, verify=verify)
            for stem, kind in _KINDS.items()
            if stem != "visible" or stem in described
        }
        layout = Layout.from_json(manifest["layout"])
        class_names = tuple(str(class_name) for class_name in manifest["class_names"])
        name = str(manifest["name"])
    except (KeyError, TypeError, AttributeError, LayoutError) as error:
        raise ArchiveError(f"{folder / MANIFEST} is damaged ({error!r}). {_PREPARE_AGAIN}") from (
            error
        )
    return _assemble(folder, arrays, layout=layout, class_names=class_names, name=name)


# --- writing --------------------------------------------------------------------------------


def _write_rows(clips: Iterable[LabelledClip], folder: Path) -> tuple[Layout, _Index]:
    index, names = _Index(), set[str]()
    layout: Layout | None = None
    streams: tuple[NpyStream, NpyStream] | None = None
    everything_seen = True
    try:
        for labelled in clips:
            clip = labelled.clip
            if layout is None or streams is None:
                layout = clip.layout
                streams = _open_streams(folder, layout.joint_count)
            _refuse_misfit(labelled, layout, names)
            names.add(labelled.name)
            index.add(labelled)
            streams[0].append(np.where(clip.visible[..., None], clip.joints, np.float32(0.0)))
            streams[1].append(clip.visible)
            everything_seen = everything_seen and bool(clip.visible.all())
    finally:
        for stream in streams or ():
            stream.close()
    if layout is None:
        raise ArchiveError("Expected at least one clip to write, found none.")
    if everything_seen:
        (folder / "visible.npy").unlink()
    return layout, index


def _open_streams(folder: Path, joint_count: int) -> tuple[NpyStream, NpyStream]:
    return (
        NpyStream(folder / "rows.npy", np.float32, row_shape=(joint_count, 3)),
        NpyStream(folder / "visible.npy", np.bool_, row_shape=(joint_count,)),
    )


def _refuse_misfit(labelled: LabelledClip, layout: Layout, names: set[str]) -> None:
    if labelled.clip.layout != layout:
        raise ArchiveError(
            f"Expected every clip in layout '{layout.name}', found '{labelled.clip.layout.name}' "
            f"in clip '{labelled.name}'."
        )
    if labelled.name in names:
        raise ArchiveError(f"Expected clips of different names, found '{labelled.name}' twice.")


def _write_index(index: _Index, classes: Sequence[str], folder: Path) -> None:
    label_of = {class_name: label for label, class_name in enumerate(classes)}
    unknown = sorted(set(index.class_names) - set(label_of))
    if unknown:
        raise ArchiveError(
            f"Expected the classes {', '.join(classes)}, found also {', '.join(unknown)}."
        )
    labels = [label_of[class_name] for class_name in index.class_names]
    np.save(folder / "labels.npy", np.array(labels, dtype=np.int64))
    np.save(folder / "subjects.npy", np.array(index.subjects, dtype=np.int64))
    np.save(folder / "persons.npy", np.array(index.persons, dtype=np.int64))
    np.save(folder / "frames.npy", np.array(index.frames, dtype=np.int64))
    np.save(folder / "fps.npy", np.array(index.fps, dtype=np.float64))
    np.save(folder / "clip_names.npy", np.array(index.clip_names, dtype=np.str_))


def _describe(file: Path) -> dict[str, object]:
    array = np.load(file, mmap_mode="r", allow_pickle=False)
    return {
        "file": file.name,
        "shape": list(array.shape),
        "dtype": array.dtype.str,
        "bytes": file.stat().st_size,
        "sha256": _checksum(file),
    }


def _checksum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _to_json(content: object) -> str:
    return json.dumps(content, indent=1) + "\n"


# --- opening --------------------------------------------------------------------------------


def _read_manifest(folder: Path) -> dict[str, Any]:
    file = folder / MANIFEST
    try:
        manifest = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ArchiveError(
            f"{folder} is no prepared archive: expected a {MANIFEST} in it, found none. "
            "Make one with: crossglg prepare"
        ) from error
    except ValueError as error:
        raise ArchiveError(f"{file} is damaged ({error}). {_PREPARE_AGAIN}") from error
    version = manifest.get("version") if isinstance(manifest, dict) else None
    if not isinstance(manifest, dict) or version != ARCHIVE_VERSION:
        raise ArchiveError(
            f"{file}: expected format version {ARCHIVE_VERSION}, found {version}. {_PREPARE_AGAIN}"
        )
    return manifest


def _open_array(file: Path, record: dict[str, Any], *, kind: str, verify: bool) -> NDArray[Any]:
    _check_bytes(file, record, verify=verify)
    mapped: Literal["r"] | None = "r" if file.stem in _MAPPED else None
    try:
        array: NDArray[Any] = np.load(file, mmap_mode=mapped, allow_pickle=False)
    except _DAMAGED as error:
        raise ArchiveError(f"{file} is damaged ({error}). {_PREPARE_AGAIN}") from error
    found = (list(array.shape), array.dtype.str)
    if found != (record["shape"], record["dtype"]) or array.dtype.kind != kind:
        raise ArchiveError(
            f"{file}: expected {record['dtype']} of shape {record['shape']}, found {found[1]} of "
            f"shape {found[0]}. {_PREPARE_AGAIN}"
        )
    return array


def _check_bytes(file: Path, record: dict[str, Any], *, verify: bool) -> None:
    try:
        size = file.stat().st_size
        fits = not verify or _checksum(file) == record["sha256"]
    except OSError as error:
        raise ArchiveError(f"{file} is missing ({error.strerror}). {_PREPARE_AGAIN}") from error
    if size != record["bytes"]:
        raise ArchiveError(
            f"{file}: expected {record['bytes']} bytes, found {size}. {_PREPARE_AGAIN}"
        )
    if not fits:
        raise ArchiveError(f"{file}: the content does not match its checksum. {_PREPARE_AGAIN}")


def _assemble(
    folder: Path,
    arrays: dict[str, NDArray[Any]],
    *,
    layout: Layout,
    class_names: tuple[str, ...],
    name: str,
) -> ClipSet:
    rows, visible = arrays["rows"], arrays.get("visible")
    lengths = arrays["persons"] * arrays["frames"]
    if lengths.sum() != len(rows) or (visible is not None and visible.shape != rows.shape[:2]):
        raise ArchiveError(
            f"{folder}: the arrays do not belong together: {lengths.sum()} frames are described, "
            f"{len(rows)} are stored. {_PREPARE_AGAIN}"
        )
    try:
        return ClipSet(
            name=name,
            layout=layout,
            class_names=class_names,
            labels=arrays["labels"],
            subjects=arrays["subjects"],
            clip_names=tuple(arrays["clip_names"].tolist()),
            rows=rows,
            visible=visible,
            starts=np.cumsum(lengths) - lengths,
            persons=arrays["persons"],
            frames=arrays["frames"],
            fps=arrays["fps"],
        )
    except ClipError as error:
        raise ArchiveError(f"{folder} is damaged: {error} {_PREPARE_AGAIN}") from error
