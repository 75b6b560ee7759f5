"""Read one clip from any file of skeletons: what enrolling and recognising start from."""

from pathlib import Path

import numpy as np

from crossglg.errors import SourceError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.span import WHOLE, Span, cut
from crossglg.sources.bvh import read_bvh
from crossglg.sources.kinetics import read_kinetics
from crossglg.sources.npz import read_npz
from crossglg.sources.ntu import read_ntu_skeleton
from crossglg.sources.pose import VIDEO_SUFFIXES, PoseOptions, read_video

SUFFIXES = (".skeleton", ".json", ".bvh", ".npz", *VIDEO_SUFFIXES)


def read_clip(
    place: Path | str,
    *,
    layout: Layout | None = None,
    span: Span = WHOLE,
    pose: PoseOptions | None = None,
) -> SkeletonClip:
    """Read the clip at ``place``.

    Args:
        place: An NTU ``.skeleton``, Kinetics ``.json`` or ``.bvh`` file; a flat ``.npz``, with
            the clip's name or number after a ``#`` where it holds several; or a video.
        layout: A layout of the user's own, for joints of a ``.npz`` that no known layout explains.
        span: The part that is wanted.
        pose: How poses are found in a video.

    Raises:
        SourceError: There is no such file or clip, or the file cannot be read.
        ClipError: The clip is over before ``span`` begins.
        MissingExtraError: Reading videos needs the extra ``live``.
    """
    path, clip = _split(place)
    if path.suffix.lower() in VIDEO_SUFFIXES:
        return read_video(path, span=span, options=pose)
    return cut(_read_skeletons(path, clip, layout), span)


def _split(place: Path | str) -> tuple[Path, str]:
    """The file and the clip in it; names of files and of clips may have a ``#`` in them, too."""
    parts = str(place).split("#")
    for count in range(len(parts), 1, -1):
        path = Path("#".join(parts[:count]))
        if path.is_file():
            return path, "#".join(parts[count:])
    return Path(parts[0]), "#".join(parts[1:])


def _read_skeletons(path: Path, clip: str, layout: Layout | None) -> SkeletonClip:
    if not path.is_file():
        raise SourceError(path, "expected a file with a skeleton clip, found nothing there.")
    suffix = path.suffix.lower()
    if suffix == ".skeleton":
        return read_ntu_skeleton(path)
    if suffix == ".bvh":
        return read_bvh(path)
    if suffix == ".json":
        return read_kinetics(path).clip
    if suffix == ".npz":
        return _read_from_npz(path, clip, layout)
    raise SourceError(path, f"expected one of {', '.join(SUFFIXES)}, found '{path.suffix}'.")


def _read_from_npz(path: Path, wanted: str, layout: Layout | None) -> SkeletonClip:
    clips = read_npz(path, layout=layout)
    if not wanted and len(clips) == 1:
        return clips.clip(0)
    named = np.flatnonzero([name == wanted for name in clips.clip_names])
    if len(named):
        return clips.clip(int(named[0]))
    if wanted.isdecimal() and int(wanted) < len(clips):
        return clips.clip(int(wanted))
    raise SourceError(
        path,
        f"expected the name or number of one of its {len(clips)} clips after '#', such as "
        f"{path.name}#{clips.clip_names[0]} or {path.name}#0, found '{wanted}'.",
    )
