"""From an uploaded file to a clip, bounded at every step.

The file is written under a name that the server made; what the client calls it is only ever
shown. Sizes that a small file can claim (a compressed array, a body per frame, a joint without
channels) are checked before anything is built from them.
"""

import asyncio
import math
import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO

import numpy as np
from fastapi import Request
from starlette.requests import ClientDisconnect

from crossglg.errors import SourceError
from crossglg.serve.clips import check_size
from crossglg.serve.config import Limits
from crossglg.serve.problems import ServeError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.sources.ntu import NTU_FPS
from crossglg.sources.single import read_clip

_FRAME_TIME = re.compile(rb"Frame Time:\s*([\d.]{1,20})")
"""Of a BVH file, in seconds."""
_NPY_VERSIONS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


class FileFormat(StrEnum):
    """Files of skeletons that may be uploaded."""

    BVH = "bvh"
    NTU = "ntu"
    NPZ = "npz"


_SUFFIXES = {FileFormat.BVH: ".bvh", FileFormat.NTU: ".skeleton", FileFormat.NPZ: ".npz"}


async def read_bounded(request: Request, limits: Limits, *, most: int | None = None) -> bytes:
    """The body of a request, no larger and no slower than allowed.

    Args:
        request: Whose body it is.
        limits: Bounds.
        most: Bytes, where another bound than that of most requests holds.

    Raises:
        ServeError: 413, it is too large; 408, it takes too long; 400, it ends midway.
    """
    most = most or limits.body_bytes
    too_large = ServeError(
        413, f"Expected at most {most // 2**20} MB in one request; send less at once."
    )
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > most:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(limits.body_s):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise too_large
    except TimeoutError:
        raise ServeError(
            408, f"Expected the whole request within {limits.body_s:g} s; it did not come."
        ) from None
    except ClientDisconnect:  # nobody is left to read this
        raise ServeError(
            400, "Expected the whole request, found its beginning. Send it again."
        ) from None
    return bytes(body)


def read_file(content: bytes, kind: FileFormat, clip: str, limits: Limits) -> SkeletonClip:
    """The clip in an uploaded file.

    Args:
        content: The file.
        kind: Its format.
        clip: Name or number of the clip where the file holds several.
        limits: Bounds.

    Raises:
        SourceError: The file cannot be read.
        ClipError: There is too much in it.
    """
    with keep_briefly(content, _SUFFIXES[kind]) as path:
        if kind is FileFormat.NPZ:
            check_archive(path, limits)
        else:
            _check_text(content, kind, limits)
        place = f"{path}#{clip}" if kind is FileFormat.NPZ else path
        found = read_clip(place)
    sizes = found.person_count, found.frame_count, found.layout.joint_count
    check_size(*sizes, limits, fps=found.fps)
    return found


@contextmanager
def keep_briefly(content: bytes, suffix: str) -> Iterator[Path]:
    """A file with this content, gone afterwards; its name is the server's own."""
    with tempfile.TemporaryDirectory(prefix="crossglg-") as folder:
        path = Path(folder) / f"upload{suffix}"
        path.write_bytes(content)
        yield path


def check_archive(path: Path, limits: Limits) -> None:
    """Refuse a zip of arrays that would unpack to more than allowed.

    Raises:
        SourceError: It would, or it is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if size > limits.unpacked_bytes:
                raise SourceError(
                    path,
                    f"expected at most {limits.unpacked_bytes // 2**20} MB once unpacked, found "
                    f"{size // 2**20} MB. Send a file with fewer clips.",
                )
            for member in members:
                if member.filename.endswith(".npy"):
                    with archive.open(member) as stream:
                        _check_array(path, member, stream)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        raise SourceError(path, f"expected a zip of arrays, found none ({error}).") from error


def _check_array(path: Path, member: zipfile.ZipInfo, stream: IO[bytes]) -> None:
    try:
        version = np.lib.format.read_magic(stream)
        shape, _, dtype = _NPY_VERSIONS[version](stream)
    except (ValueError, KeyError, SyntaxError) as error:
        raise SourceError(path, f"expected an array ({error}).", where=member.filename) from error
    claimed = math.prod(shape) * dtype.itemsize
    if dtype.hasobject or claimed > member.file_size:
        raise SourceError(
            path,
            f"expected plain numbers or text, found {dtype} of shape {shape} in "
            f"{member.file_size} bytes. The file is damaged.",
            where=member.filename,
        )


def _check_text(content: bytes, kind: FileFormat, limits: Limits) -> None:
    if kind is FileFormat.NTU:
        first = content.split(maxsplit=1)[:1]
        frames = int(first[0]) if first and len(first[0]) < 10 and first[0].isdigit() else 0
        check_size(
            1, max(frames, 1), 1, limits, fps=NTU_FPS
        )  # what is no number the reader refuses
        return
    joints = content.count(b"JOINT") + 1
    frames = content.count(b"\n", content.find(b"MOTION")) - 3  # lines above the first one
    check_size(1, max(frames, 1), joints, limits, fps=_find_pace(content))


def _find_pace(content: bytes) -> float | None:
    """Frames per second of a BVH file, if it says so."""
    try:
        return 1 / float(_FRAME_TIME.findall(content)[0])
    except (IndexError, ValueError, ZeroDivisionError):
        return None
