"""Read NTU RGB+D skeletons: ``.skeleton`` text files and their SsssCcccPpppRrrrAaaa names.

A file is a text: the number of frames; for every frame the number of bodies; for every body a
line of ten numbers (the first is the tracker's body id), a line with the number of joints and one
line of twelve numbers per joint, of which the first three are x, y and z in metres.
"""

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from crossglg.errors import SourceError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import get_layout
from crossglg.sources.class_names import list_classes
from crossglg.sources.labelled import LabelledClip
from crossglg.sources.ntu_scan import (
    JOINTS,
    NUMBERS_PER_BODY,
    NUMBERS_PER_JOINT,
    NtuBodies,
    scan_bodies,
)

NTU_FPS = 30.0
"""Frame rate of the Kinect v2 that recorded the data set."""

NTU60_ACTION_COUNT = 60
"""Actions A001 to A060 make NTU RGB+D 60; all 120 make NTU RGB+D 120."""

_MOST_BODIES = 100
"""Body ids in one file; recordings have a handful, and each one costs a row in every frame."""
_TRUNCATED = "The file is probably truncated; download it again."
_NAME = re.compile(r"S(\d{3})C(\d{3})P(\d{3})R(\d{3})A(\d{3})")


@dataclass(frozen=True)
class NtuName:
    """What the name of a recording says; all numbers count from 1 as in the name."""

    setup: int
    camera: int
    performer: int
    replication: int
    action: int

    def __str__(self) -> str:
        """The name itself, such as ``S001C002P003R002A013``."""
        return (
            f"S{self.setup:03d}C{self.camera:03d}P{self.performer:03d}"
            f"R{self.replication:03d}A{self.action:03d}"
        )


def parse_ntu_name(name: str | Path) -> NtuName:
    """Take a recording's name apart; folders and the ending are ignored.

    Raises:
        SourceError: The name is not of the form SsssCcccPpppRrrrAaaa with action 1 to 120.
    """
    match = _NAME.fullmatch(Path(name).stem)
    if match is None or not 1 <= int(match[5]) <= len(list_ntu_classes()):
        raise SourceError(
            name,
            "expected a name like S001C002P003R002A013 with an action from A001 to A120. "
            "Give the file its original name back.",
        )
    return NtuName(*(int(number) for number in match.groups()))


def list_ntu_classes() -> tuple[str, ...]:
    """The 120 action names; action Aaaa is entry aaa - 1."""
    return list_classes("ntu120")


def choose_ntu_classes(action: int) -> tuple[str, ...]:
    """The class names of the smaller data set that has this action: 60 names or all 120."""
    names = list_ntu_classes()
    return names[:NTU60_ACTION_COUNT] if action <= NTU60_ACTION_COUNT else names


def read_ntu(path: Path | str, *, many: bool = False) -> LabelledClip:
    """Read a ``.skeleton`` file together with what its name says.

    Args:
        path: The file.
        many: As ``read_ntu_skeleton`` takes it.

    Raises:
        SourceError: The name or the content is not as NTU RGB+D defines it.
    """
    name = parse_ntu_name(path)
    return LabelledClip(
        name=str(name),
        clip=read_ntu_skeleton(path, many=many),
        class_name=list_ntu_classes()[name.action - 1],
        subject=name.performer,
    )


def read_ntu_skeleton(path: Path | str, *, many: bool = False) -> SkeletonClip:
    """Read a ``.skeleton`` file of any name.

    Args:
        path: The file.
        many: Whether thousands will be read, for which numba is worth loading where it is
            installed; it takes a second or two. The clip is the same.

    Returns:
        Clip of layout ``ntu25``, camera coordinates in metres, one person per body id in order of
        first appearance; in frames where the tracker lost a body it is not visible.

    Raises:
        SourceError: The file is unreadable, damaged, or shows nobody in any frame.
    """
    file = Path(path)
    content = _read_bytes(file)
    bodies = choose_scan(many=many)(content)
    if bodies is None:
        bodies = read_lines(file, content)
    if not bodies.ids:
        raise SourceError(
            file,
            f"expected a body, found none in any of its {bodies.frame_count} frames. Leave it out.",
        )
    keys = _number_repeats(bodies)
    person_of = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    if len(person_of) > _MOST_BODIES:
        raise SourceError(
            file,
            f"expected at most {_MOST_BODIES} bodies, found {len(person_of)}. The file is damaged.",
        )
    joints = np.full((len(person_of), bodies.frame_count, JOINTS, 3), np.nan, dtype=np.float32)
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes not finite: not visible
        joints[[person_of[key] for key in keys], bodies.frames] = bodies.joints
    return SkeletonClip.from_array(joints, fps=NTU_FPS, layout=get_layout("ntu25"))


@cache
def choose_scan(*, many: bool) -> Callable[[bytes], NtuBodies | None]:
    """What reads the content of a file or, where it is out of the ordinary, gives up with None."""
    if many:
        # numba refuses where it finds no folder to keep what it compiled.
        with contextlib.suppress(ImportError, RuntimeError):
            from crossglg.sources.ntu_compiled import scan_bodies as compiled

            return compiled
    return scan_bodies


def _number_repeats(bodies: NtuBodies) -> list[tuple[int, int]]:
    """(id, how often it came before in its frame): where ids repeat in a frame, nobody is lost."""
    sightings = list(zip(bodies.frames.tolist(), bodies.ids, strict=True))
    if len(set(sightings)) == len(sightings):
        return [(body, 0) for body in bodies.ids]
    return [(body, sightings[:n].count((frame, body))) for n, (frame, body) in enumerate(sightings)]


class _Lines:
    """The lines of a file that are not blank, handed out in order."""

    def __init__(self, file: Path, text: str) -> None:
        self.file = file
        self.lines = [line for line in text.splitlines() if line and not line.isspace()]
        self.position = 0
        self.where = ""

    def fail(self, problem: str) -> SourceError:
        return SourceError(self.file, problem, where=self.where)

    def take(self, count: int) -> list[str]:
        taken = self.lines[self.position : self.position + count]
        self.position += len(taken)
        return taken

    def take_count(self, what: str) -> int:
        line = self.take(1)
        if not line:
            raise self.fail(f"expected the {what}, found the end of the file. {_TRUNCATED}")
        try:
            count = int(line[0])
        except ValueError:
            count = -1
        if count < 0:
            raise self.fail(f"expected the {what}, found '{line[0].strip()[:40]}'. {_TRUNCATED}")
        return count


def read_lines(file: Path, content: bytes) -> NtuBodies:
    """Read the content of a file line by line, which takes longer but can say what is wrong.

    Raises:
        SourceError: With the frame, what was expected and what was found.
    """
    lines = _Lines(file, _decode(file, content))
    frame_count = lines.take_count("number of frames")
    if frame_count == 0:
        raise SourceError(file, "expected at least one frame, found 0. Leave it out.")
    frames: list[int] = []
    ids: list[int] = []
    numbers: list[float] = []
    for frame in range(frame_count):
        lines.where = f"frame {frame + 1}"
        for _ in range(lines.take_count("number of bodies")):
            body, joints = _read_body(lines)
            frames.append(frame)
            ids.append(body)
            numbers += joints
    rest = len(lines.lines) - lines.position
    if rest:
        lines.where = f"after frame {frame_count}"
        raise lines.fail(
            f"expected the end of the file, found {rest} more lines. "
            "The file is probably damaged; download it again."
        )
    joints_of = np.array(numbers, dtype=np.float64).reshape(-1, JOINTS, 3)
    return NtuBodies(frame_count, np.array(frames, dtype=np.int64), ids, joints_of)


def _read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceError(file, f"cannot be opened ({error.strerror}).") from error


def _decode(file: Path, content: bytes) -> str:
    try:
        return content.decode("ascii")
    except UnicodeDecodeError as error:
        raise SourceError(
            file,
            f"expected a text file, found the byte {error.object[error.start]:#04x} at "
            f"position {error.start}. The file is damaged or of another kind; download it again.",
        ) from error


def _read_body(lines: _Lines) -> tuple[int, list[float]]:
    head = " ".join(lines.take(1)).split()
    try:
        body = int(head[0])
    except (IndexError, ValueError):
        body = -1
    if len(head) != NUMBERS_PER_BODY or body < 0:
        raise lines.fail(
            f"expected a body line of {NUMBERS_PER_BODY} numbers, the first a body id, found "
            f"{len(head)}: '{' '.join(head)[:40]}'. {_TRUNCATED}"
        )
    joint_count = lines.take_count("number of joints")
    rows = lines.take(JOINTS)
    found = len(rows) if joint_count == JOINTS else joint_count
    if found != JOINTS:
        raise lines.fail(f"expected {JOINTS} joints, found {found}. {_TRUNCATED}")
    return body, _read_joints(rows, lines)


def _read_joints(rows: list[str], lines: _Lines) -> list[float]:
    numbers: list[float] = []
    for joint, row in enumerate(rows):
        columns = row.split()
        try:
            numbers += (float(columns[0]), float(columns[1]), float(columns[2]))
        except (IndexError, ValueError):
            columns = []
        if len(columns) != NUMBERS_PER_JOINT:
            raise lines.fail(
                f"expected {NUMBERS_PER_JOINT} numbers for joint {joint + 1}, found "
                f"'{row.strip()[:40]}'. {_TRUNCATED}"
            )
    return numbers
