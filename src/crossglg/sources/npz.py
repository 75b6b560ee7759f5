"""Read and write the plain ``.npz`` format: one flat array of joints with offsets and labels.

Fields (R frames of all clips together, V joints, N clips, K classes): ``keypoints`` (R V 3) in
metres, a joint that was not seen is NaN; ``offsets`` (N+1), clip n owns frames offsets[n] to
offsets[n+1]; ``labels`` (N) and ``label_names`` (K); ``subjects`` (N), -1 where unknown;
``joint_names`` (V) and ``parents`` (V), the root's is -1; ``fps``, or ``seq_fps`` (N) where clips
may differ; ``seq_names`` (N). Boolean fields (N) are masks; any other field is left alone.
"""

import tokenize
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from crossglg.atomic import create_file
from crossglg.errors import LayoutError, SourceError
from crossglg.skeleton.layout import Layout, recognise_layout
from crossglg.sources.clipset import ClipSet

_DAMAGED = (
    zipfile.BadZipFile, zlib.error, tokenize.TokenError, EOFError, OSError, ValueError,
    RuntimeError, MemoryError,
)  # fmt: skip
"""What numpy and zipfile raise over a broken, encrypted or foreign file."""

_KINDS = {"U": "text", "f": "floating point numbers", "iu": "whole numbers", "fiu": "numbers"}
"""In words, the kinds of numbers numpy abbreviates with these letters."""

_OWN_FIELDS = (
    "keypoints", "offsets", "labels", "label_names", "subjects", "joint_names", "parents", "fps",
    "seq_fps", "seq_names",
)  # fmt: skip


@dataclass(frozen=True)
class _Fields:
    """The fields of one file, taken out with their shape and kind checked."""

    path: Path
    content: Mapping[str, NDArray[Any]]

    def fail(self, key: str, problem: str) -> SourceError:
        return SourceError(self.path, problem, where=f"field '{key}'")

    def read(self, key: str) -> NDArray[Any]:
        if key not in self.content:
            raise self.fail(
                key, f"expected this field, found only: {', '.join(self.content) or 'none'}."
            )
        try:
            return np.asarray(self.content[key])
        except _DAMAGED as error:
            raise self.fail(key, f"expected an array, found none ({error}).") from error

    def take(self, key: str, kinds: str, *, shape: tuple[int | None, ...]) -> NDArray[Any]:
        """A field of one of the numpy ``kinds`` and of this shape (None: any length)."""
        array = self.read(key)
        fits = array.ndim == len(shape) and all(
            want in (None, have) for want, have in zip(shape, array.shape, strict=True)
        )
        if array.dtype.kind not in kinds or not fits:
            wanted = ", ".join("any" if size is None else str(size) for size in shape)
            raise self.fail(
                key,
                f"expected an array of {_KINDS[kinds]} of shape ({wanted}), "
                f"found {array.dtype} of shape {array.shape}.",
            )
        return array

    def take_names(self, key: str, *, count: int | None) -> tuple[str, ...]:
        return tuple(str(name) for name in self.take(key, "U", shape=(count,)))


@dataclass(frozen=True)
class _Rows:
    """Joints in the layout's order, zero where not visible, and what cuts them into clips."""

    joints: NDArray[np.floating]
    visible: NDArray[np.bool_] | None
    starts: NDArray[np.int64]
    frames: NDArray[np.int64]

    @classmethod
    def of(cls, fields: _Fields, order: NDArray[np.int64]) -> Self:
        joints = fields.take("keypoints", "f", shape=(None, len(order), 3))
        if joints.itemsize > np.dtype(np.float32).itemsize:
            with np.errstate(over="ignore", invalid="ignore"):  # not finite is not visible
                joints = joints.astype(np.float32)
        if (order != np.arange(len(order))).any():
            joints = joints[:, order]
        offsets = fields.take("offsets", "iu", shape=(None,)).astype(np.int64)
        frames = np.diff(offsets)
        ends = (int(offsets[0]), int(offsets[-1])) if len(offsets) > 1 else None
        if ends != (0, len(joints)) or frames.min() < 1:
            raise fields.fail(
                "offsets",
                f"expected increasing frame numbers from 0 to {len(joints)}, found "
                f"{len(offsets)} numbers"
                + (f" from {ends[0]} to {ends[1]}, smallest step {frames.min()}." if ends else "."),
            )
        visible = np.isfinite(joints).all(axis=-1)
        if visible.all():
            return cls(joints, None, offsets[:-1], frames)
        joints = np.where(visible[..., None], joints, joints.dtype.type(0))
        return cls(joints, visible, offsets[:-1], frames)


def read_npz(path: Path | str, *, layout: Layout | None = None) -> ClipSet:
    """Read a data set in the plain format.

    Args:
        path: The file.
        layout: A layout of the user's own, tried before those that come with the package.

    Returns:
        One person per clip; joints re-ordered as the recognised layout wants them.

    Raises:
        SourceError: A field is missing or odd, or no layout has these joints.
    """
    file = Path(path)
    with _open_fields(file) as fields:
        found, order = _recognise(fields, layout)
        rows = _Rows.of(fields, order)
        count = len(rows.frames)
        class_names = fields.take_names("label_names", count=None)
        labels = fields.take("labels", "iu", shape=(count,)).astype(np.int64)
        clip_names = fields.take_names("seq_names", count=count)
        _check_labels(fields, labels, class_names)
        _check_clip_names(fields, clip_names, rows)
        return ClipSet(
            name=file.stem,
            layout=found,
            class_names=class_names,
            labels=labels,
            subjects=fields.take("subjects", "iu", shape=(count,)).astype(np.int64),
            clip_names=clip_names,
            rows=rows.joints,
            visible=rows.visible,
            starts=rows.starts,
            persons=np.ones(count, dtype=np.int64),
            frames=rows.frames,
            fps=_take_fps(fields, count),
        )


def read_masks(path: Path | str) -> dict[str, NDArray[np.bool_]]:
    """The masks of a plain file by name: every further field of (N) booleans, or zeros and ones.

    Further fields of anything else, also what numpy cannot read as a plain array, are left alone.
    A folder, which is a prepared archive, carries no mask.

    Raises:
        SourceError: The file cannot be read.
    """
    file = Path(path)
    if file.is_dir():
        return {}
    with _open_fields(file) as fields:
        count = len(fields.take("labels", "iu", shape=(None,)))
        return {
            key: array.astype(np.bool_)
            for key, array in _read_further(fields)
            if array.shape == (count,) and _is_mask(array)
        }


def _read_further(fields: _Fields) -> Iterator[tuple[str, NDArray[Any]]]:
    for key in fields.content:
        if key not in _OWN_FIELDS:
            with suppress(SourceError):
                yield key, fields.read(key)


def _is_mask(array: NDArray[Any]) -> bool:
    return array.dtype == np.bool_ or (array.dtype.kind in "iu" and set(np.unique(array)) <= {0, 1})


def write_npz(clips: ClipSet, path: Path | str) -> None:
    """Write clips of one person each in the plain format; ``read_npz`` gives them back.

    Raises:
        SourceError: There is no clip, or one shows several persons (the format has no room for
            them; a prepared archive has).
    """
    file = Path(path)
    if not len(clips):
        raise SourceError(file, "expected at least one clip to write, found none.")
    crowded = np.flatnonzero(clips.persons != 1)
    if len(crowded):
        first = crowded[0]
        raise SourceError(
            file,
            f"expected clips of one person, found {clips.persons[first]} persons in "
            f"'{clips.clip_names[first]}'. Write a prepared archive instead.",
        )
    slices = [
        slice(start, start + count)
        for start, count in zip(clips.starts.tolist(), clips.frames.tolist(), strict=True)
    ]
    joints = np.concatenate([clips.rows[part] for part in slices])
    if clips.visible is not None:
        joints[~np.concatenate([clips.visible[part] for part in slices])] = np.nan
    parents = np.where(
        clips.layout.parent_index == np.arange(clips.layout.joint_count),
        -1,
        clips.layout.parent_index,
    )
    with create_file(file) as stream:
        np.savez_compressed(
            stream,
            keypoints=joints,
            offsets=np.concatenate([[0], np.cumsum(clips.frames)]),
            labels=clips.labels,
            label_names=np.array(clips.class_names),
            subjects=clips.subjects,
            joint_names=np.array(clips.layout.joints),
            parents=parents,
            fps=clips.fps[0],
            seq_fps=clips.fps,
            seq_names=np.array(clips.clip_names),
        )


@contextmanager
def _open_fields(file: Path) -> Iterator[_Fields]:
    # numpy leaves a file open that turns out to be damaged, so it gets an open one.
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(file.open("rb"))
            content = np.load(stream, allow_pickle=False)
        except FileNotFoundError as error:
            raise SourceError(file, "expected a .npz file, found nothing of that name.") from error
        except _DAMAGED as error:
            raise SourceError(
                file, f"expected a .npz file, found something else ({error})."
            ) from error
        if not isinstance(content, np.lib.npyio.NpzFile):
            raise SourceError(file, "expected a .npz file of several arrays, found a single array.")
        yield _Fields(file, stack.enter_context(content))


def _recognise(fields: _Fields, layout: Layout | None) -> tuple[Layout, NDArray[np.int64]]:
    names = fields.take_names("joint_names", count=None)
    try:
        found = recognise_layout(names, candidates=() if layout is None else (layout,))
    except LayoutError as error:
        raise fields.fail("joint_names", str(error)) from error
    fields.take("parents", "iu", shape=(len(names),))
    return found


def _check_labels(fields: _Fields, labels: NDArray[np.int64], class_names: tuple[str, ...]) -> None:
    if (repeated := _find_repeated(class_names)) is not None:
        raise fields.fail(
            "label_names",
            f"expected different names, found '{repeated}' twice. Give clips of one action one "
            "label, and different actions different names.",
        )
    if labels.min() < 0 or labels.max() >= len(class_names):
        raise fields.fail(
            "labels",
            f"expected numbers from 0 to {len(class_names) - 1}, one per entry of label_names, "
            f"found {labels.min()} to {labels.max()}.",
        )


def _check_clip_names(fields: _Fields, names: tuple[str, ...], rows: _Rows) -> None:
    if (repeated := _find_repeated(names)) is not None:
        raise fields.fail("seq_names", f"expected unique names, found '{repeated}' twice.")
    if rows.visible is None:
        return
    seen = np.logical_or.reduceat(rows.visible.any(axis=-1), rows.starts)
    if not seen.all():
        raise fields.fail(
            "keypoints",
            f"expected a visible joint in every clip, found none in "
            f"'{names[int(np.argmin(seen))]}'. Remove that clip.",
        )


def _find_repeated(names: tuple[str, ...]) -> str | None:
    return next((name for name, count in Counter(names).items() if count > 1), None)


def _take_fps(fields: _Fields, count: int) -> NDArray[np.float64]:
    key = "seq_fps" if "seq_fps" in fields.content else "fps"
    shape: tuple[int | None, ...] = (count,) if key == "seq_fps" else ()
    fps = np.asarray(fields.take(key, "fiu", shape=shape), dtype=np.float64)
    if not (np.isfinite(fps) & (fps > 0)).all():
        raise fields.fail(key, f"expected positive frames per second, found {fps.min()}.")
    return np.array(np.broadcast_to(fps, (count,)))
