"""Where clips come from: readers of skeleton files and the prepared archive."""

import zipfile
from pathlib import Path

from crossglg.errors import SourceError
from crossglg.skeleton.layout import Layout
from crossglg.sources.archive import MANIFEST, open_archive, write_archive
from crossglg.sources.bvh import read_bvh
from crossglg.sources.clipset import ClipSet
from crossglg.sources.formats import FORMATS
from crossglg.sources.kinetics import read_kinetics
from crossglg.sources.labelled import LabelledClip, label_clips
from crossglg.sources.msr import read_msr
from crossglg.sources.npz import read_masks, read_npz, write_npz
from crossglg.sources.ntu import (
    NtuName,
    list_ntu_classes,
    parse_ntu_name,
    read_ntu,
    read_ntu_skeleton,
)
from crossglg.sources.pku import PkuSequence, read_pku
from crossglg.sources.pyskl import PysklFile, read_pyskl
from crossglg.sources.utd import read_utd

__all__ = [
    "FORMATS",
    "ClipSet",
    "LabelledClip",
    "NtuName",
    "PkuSequence",
    "PysklFile",
    "label_clips",
    "list_ntu_classes",
    "open_archive",
    "open_data",
    "parse_ntu_name",
    "read_bvh",
    "read_kinetics",
    "read_masks",
    "read_msr",
    "read_npz",
    "read_ntu",
    "read_ntu_skeleton",
    "read_pku",
    "read_pyskl",
    "read_utd",
    "write_archive",
    "write_npz",
]


def open_data(path: Path | str, *, layout: Layout | None = None) -> ClipSet:
    """Open labelled clips, whatever form of DATA they are in.

    Args:
        path: A prepared archive (a folder) or a plain ``.npz`` file; what it is is seen from its
            content, not from its name.
        layout: A layout of the user's own for recognising the joints of a ``.npz`` file; an
            archive knows its own.

    Raises:
        SourceError: There is nothing there, or it is neither of the two.
        ArchiveError: The archive is damaged or of another version.
    """
    place = Path(path)
    if (place / MANIFEST).exists():
        return open_archive(place)
    if place.is_file() and zipfile.is_zipfile(place):
        return read_npz(place, layout=layout)
    raise SourceError(
        place,
        "expected a prepared archive (a folder with a manifest.json) or a plain .npz file, found "
        f"{_describe(place)}.",
    )


def _describe(place: Path) -> str:
    if not place.exists():
        return "nothing of that name"
    files = [place] if place.is_file() else place.rglob("*")
    for file in files:
        for name, kind in FORMATS.items():
            if name != "npz" and file.suffix.lower() == kind.suffix and kind.is_one(file):
                return (
                    f"{file.name}. Prepare such files first: "
                    f"crossglg prepare {name} {place} --out FOLDER"
                )
    return "something else"
