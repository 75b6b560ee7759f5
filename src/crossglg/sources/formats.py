"""Which kinds of source files can be prepared, and how a file of each kind becomes clips."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from crossglg.skeleton.layout import Layout
from crossglg.sources.bvh import read_bvh
from crossglg.sources.class_names import list_classes
from crossglg.sources.kinetics import read_kinetics
from crossglg.sources.labelled import LabelledClip, label_clips
from crossglg.sources.msr import MSR, read_msr
from crossglg.sources.npz import read_npz
from crossglg.sources.ntu import choose_ntu_classes, parse_ntu_name, read_ntu
from crossglg.sources.pku import PKU_NAME, is_pku_skeleton, read_pku, sort_pku_classes
from crossglg.sources.pyskl import read_pyskl
from crossglg.sources.recordings import list_missing_skeletons
from crossglg.sources.utd import UTD, read_utd


@dataclass(frozen=True, eq=False)
class FileContent:
    """What one source file holds; whatever can be wrong with it has been found by now.

    Attributes:
        class_names: The classes the file knows of, in the order of their labels.
        clips: The clips, made one by one.
        empty: What would have been a clip if anybody had been seen in it.
    """

    class_names: tuple[str, ...]
    clips: Iterator[LabelledClip]
    empty: tuple[str, ...] = ()


Read = Callable[[Path, Path, Layout | None], FileContent]

MANY = 2000
"""Files of one process from which on it pays to load what is compiled, which takes seconds."""


@dataclass(frozen=True)
class SourceFormat:
    """One kind of source file.

    Attributes:
        suffix: How its files end, in small letters; capitals count as the same.
        read: (file, source folder, layout of the user's own) -> content; raises SourceError.
        takes_layout: False where the format itself says which joint is which.
        order_classes: The order of their labels, from the one in which files state them: ``tuple``
            keeps it, ``sorted`` is for files that know only their own class.
        files_per_shard: How many files are read between two points of return.
        list_unusable: Names without ending of files that are known to be of no use.
        read_many: As ``read``, where a process has ``MANY`` files to read; None for ``read``.
        is_one: Whether a file with this suffix is of this kind; others are passed over.
        called: An example, where files have names of one form.
    """

    suffix: str
    read: Read
    takes_layout: bool
    order_classes: Callable[[Iterable[str]], Sequence[str]]
    files_per_shard: int
    list_unusable: Callable[[], frozenset[str]] = frozenset
    read_many: Read | None = None
    is_one: Callable[[Path], bool] = lambda _: True
    called: str = ""


def _read_ntu_file(
    file: Path, _source: Path, _layout: Layout | None, *, many: bool = False
) -> FileContent:
    classes = choose_ntu_classes(parse_ntu_name(file).action)
    return FileContent(classes, iter([read_ntu(file, many=many)]))


def _read_pku_file(file: Path, _source: Path, _layout: Layout | None) -> FileContent:
    sequence = read_pku(file)
    names = tuple(dict.fromkeys(clip.class_name for clip in sequence.clips))
    return FileContent(names, iter(sequence.clips), sequence.empty)


def _read_utd_file(file: Path, _source: Path, _layout: Layout | None) -> FileContent:
    return FileContent(list_classes(UTD.data), iter([read_utd(file)]))


def _read_msr_file(file: Path, _source: Path, _layout: Layout | None) -> FileContent:
    return FileContent(list_classes(MSR.data), iter([read_msr(file)]))


def _read_kinetics_file(file: Path, _source: Path, _layout: Layout | None) -> FileContent:
    labelled = read_kinetics(file)
    return FileContent((labelled.class_name,), iter([labelled]))


def _read_bvh_file(file: Path, source: Path, layout: Layout | None) -> FileContent:
    """The folder a file lies in names its class, its path below the source the clip."""
    class_name = file.parent.name
    name = file.relative_to(source).with_suffix("").as_posix()
    labelled = LabelledClip(name, read_bvh(file, layout=layout), class_name, -1)
    return FileContent((class_name,), iter([labelled]))


def _read_pyskl_file(file: Path, _source: Path, layout: Layout | None) -> FileContent:
    content = read_pyskl(file, layout=layout)
    return FileContent(content.class_names, content.clips())


def _read_npz_file(file: Path, _source: Path, layout: Layout | None) -> FileContent:
    clips = read_npz(file, layout=layout)
    return FileContent(clips.class_names, label_clips(clips))


FORMATS: dict[str, SourceFormat] = {
    "ntu": SourceFormat(
        ".skeleton",
        _read_ntu_file,
        takes_layout=False,
        order_classes=tuple,
        files_per_shard=256,
        list_unusable=list_missing_skeletons,
        read_many=partial(_read_ntu_file, many=True),
    ),
    "pku": SourceFormat(
        ".txt",
        _read_pku_file,
        takes_layout=False,
        order_classes=sort_pku_classes,
        files_per_shard=8,
        is_one=is_pku_skeleton,
        called=PKU_NAME,
    ),
    "utd": SourceFormat(
        ".mat",
        _read_utd_file,
        takes_layout=False,
        order_classes=tuple,
        files_per_shard=256,
        is_one=UTD.has,
        called=UTD.called,
    ),
    "msr": SourceFormat(
        ".txt",
        _read_msr_file,
        takes_layout=False,
        order_classes=tuple,
        files_per_shard=256,
        is_one=MSR.has,
        called=MSR.called,
    ),
    "kinetics": SourceFormat(
        ".json", _read_kinetics_file, takes_layout=False, order_classes=sorted, files_per_shard=256
    ),
    "pyskl": SourceFormat(
        ".pkl", _read_pyskl_file, takes_layout=True, order_classes=tuple, files_per_shard=1
    ),
    "bvh": SourceFormat(
        ".bvh", _read_bvh_file, takes_layout=True, order_classes=sorted, files_per_shard=64
    ),
    "npz": SourceFormat(
        ".npz", _read_npz_file, takes_layout=True, order_classes=tuple, files_per_shard=1
    ),
}
"""Name on the command line -> format."""
