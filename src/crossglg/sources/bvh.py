"""Read BVH motion capture: a hierarchy of joints with angles per frame, by forward kinematics."""

import math
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError, LayoutError, SourceError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout, canonical_joint, recognise_layout
from crossglg.skeleton.rotation import rotation_about_axis

CENTIMETRE = 0.01
"""Metres per unit of most BVH files."""

# What motion capture calls the joints of a side, by the bones that begin there, and what we do.
_BONES = {
    "Shoulder": "collar", "Arm": "shoulder", "ForeArm": "elbow", "Hand": "wrist",
    "UpLeg": "hip", "Leg": "knee", "Foot": "ankle", "ToeBase": "foot",
    "UpperArm": "shoulder", "LowerArm": "elbow", "UpperLeg": "hip", "LowerLeg": "knee",
    "Toe": "foot", "Toes": "foot",
}  # fmt: skip
_TELLING_BONES = (
    {"LeftArm", "LeftForeArm", "LeftUpLeg", "LeftLeg"},  # MotionBuilder, Mixamo, CMU
    {"LeftUpperArm", "LeftUpperLeg", "LeftLowerLeg"},  # Xsens, Unity
)

_AXES = {"X": 0, "Y": 1, "Z": 2}
_CHANNELS = tuple(f"{axis}{what}" for what in ("position", "rotation") for axis in _AXES)


@dataclass
class _Joint:
    """One joint while the hierarchy is read."""

    name: str
    parent: int
    offset: tuple[float, ...] = (0.0, 0.0, 0.0)
    channels: tuple[str, ...] = ()


def read_bvh(
    path: Path | str, *, layout: Layout | None = None, metres_per_unit: float = CENTIMETRE
) -> SkeletonClip:
    """Read one motion of one person.

    Args:
        path: The file; angles in degrees, channels in any order. End sites are left out.
        layout: A layout of the user's own, tried before those that come with the package.
        metres_per_unit: Length of the file's unit; centimetres unless told otherwise.

    Returns:
        Clip (1 T V 3), axes as in the file. Where a layout has exactly these joints it is that
        layout, else one named ``bvh`` built from the hierarchy. Joints that are called after the
        bones below them, as motion capture does (``LeftLeg``), get our names (``left_knee``).

    Raises:
        SourceError: The file is no BVH file or is damaged; the message names the line.
    """
    reader = _Reader(Path(path))
    joints = reader.read_hierarchy()
    values, fps = reader.read_motion(sum(len(joint.channels) for joint in joints))
    with np.errstate(all="ignore"):  # absurd numbers are reported as a whole just below
        positions = (_pose(joints, values) * metres_per_unit).astype(np.float32)
    if not np.isfinite(positions).all():
        raise SourceError(reader.file, "expected positions of metres, found numbers beyond reason.")
    found, order = _find_layout(joints, layout, reader.file)
    try:
        return SkeletonClip.from_array(positions[:, order], fps=fps, layout=found)
    except ClipError as error:
        raise SourceError(reader.file, str(error)) from error


# --- the text -------------------------------------------------------------------------------


class _Reader:
    """Reads the two halves of a file, knowing the line it is at."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.position = 0
        lines = _read_lines(file)
        starts = [number for number, line in enumerate(lines) if line.strip() == "MOTION"]
        if not starts:
            raise SourceError(
                file,
                "expected a line MOTION after the hierarchy, found none. "
                "The file is truncated or no BVH file.",
            )
        head = lines[: starts[0]]
        self.words = [(word, n + 1) for n, line in enumerate(head) for word in line.split()]
        self.words.append(("", starts[0] + 1))
        self.motion = [
            (n + 1, line) for n, line in enumerate(lines) if n > starts[0] and line.strip()
        ]

    def fail(self, expected: str, found: str, line: int) -> SourceError:
        shown = f"'{found[:40]}'" if found else "the end of that part"
        return SourceError(self.file, f"expected {expected}, found {shown}.", where=f"line {line}")

    def next_word(self) -> str:
        word, _ = self.words[self.position]
        self.position = min(self.position + 1, len(self.words) - 1)
        return word

    def refuse_word(self, expected: str, word: str) -> SourceError:
        return self.fail(expected, word, self.words[max(self.position - 1, 0)][1])

    def expect(self, *expected: str) -> None:
        for want in expected:
            word = self.next_word()
            if word != want:
                raise self.refuse_word(f"'{want}'", word)

    def next_number(self, what: str) -> float:
        word = self.next_word()
        number = _parse_finite(word)
        if number is None:
            raise self.refuse_word(what, word)
        return number

    def next_name(self) -> str:
        """All words up to the opening brace: some files have blanks in joint names."""
        name: list[str] = []
        while (word := self.next_word()) != "{":
            if not word:
                raise self.refuse_word("'{' after a joint's name", word)
            name.append(word)
        if not name:
            raise self.refuse_word("a joint's name", "{")
        return " ".join(name)

    def read_hierarchy(self) -> list[_Joint]:
        """All joints, parents before children; the root's parent is -1."""
        self.expect("HIERARCHY", "ROOT")
        joints = [_Joint(self.next_name(), -1)]
        open_joints = [0]
        while open_joints:
            word = self.next_word()
            if word == "JOINT":
                joints.append(_Joint(self.next_name(), open_joints[-1]))
                open_joints.append(len(joints) - 1)
            elif word == "}":
                open_joints.pop()
            else:
                self._read_property(word, joints[open_joints[-1]])
        if (word := self.next_word()) != "":
            raise self.refuse_word("MOTION after the one root", word)
        return joints

    def _read_property(self, word: str, joint: _Joint) -> None:
        if word == "OFFSET":
            joint.offset = tuple(self.next_number("a number of the offset") for _ in range(3))
        elif word == "CHANNELS":
            joint.channels = self._read_channels()
        elif word == "End":
            self.expect("Site", "{", "OFFSET")
            for _ in range(3):
                self.next_number("a number of the offset")
            self.expect("}")
        else:
            raise self.refuse_word("OFFSET, CHANNELS, JOINT, End Site or '}'", word)

    def _read_channels(self) -> tuple[str, ...]:
        word = self.next_word()
        if not word.isdecimal() or int(word) > len(_CHANNELS):
            raise self.refuse_word(f"a number of channels up to {len(_CHANNELS)}", word)
        channels: list[str] = []
        for _ in range(int(word)):
            word = self.next_word()
            if word not in _CHANNELS or word in channels:
                raise self.refuse_word(f"a new one of the channels {', '.join(_CHANNELS)}", word)
            channels.append(word)
        return tuple(channels)

    def read_motion(self, channel_count: int) -> tuple[NDArray[np.float64], float]:
        """(T channels) values and the frames per second."""
        frame_count = self._read_setting(0, "Frames:")
        seconds = self._read_setting(1, "Frame Time:")
        fps = 1.0 / seconds if seconds > 0 else math.inf
        if not 0 < fps < math.inf:
            raise self.fail("a positive Frame Time", str(seconds), self.motion[1][0])
        rows = self.motion[2:]
        if len(rows) != frame_count or not rows:
            raise SourceError(
                self.file,
                f"expected {frame_count:g} frames (at least one), found {len(rows)} lines of "
                "motion. The file is probably truncated; copy it again.",
            )
        values = [self._read_frame(number, line, channel_count) for number, line in rows]
        # Frame times are printed with few digits: 0.0333333 means 30, not 30.00003.
        return np.array(values, dtype=np.float64), float(f"{fps:.5g}")

    def _read_setting(self, index: int, key: str) -> float:
        number, line = self.motion[index] if index < len(self.motion) else (0, "")
        value = _parse_finite(line.strip().removeprefix(key))
        if value is None or not line.strip().startswith(key):
            raise self.fail(f"'{key}' and a number", line.strip(), number)
        return value

    def _read_frame(self, number: int, line: str, channel_count: int) -> list[float]:
        values = [_parse_finite(word) for word in line.split()]
        numbers = [value for value in values if value is not None]
        if len(values) != channel_count or len(numbers) != channel_count:
            raise self.fail(
                f"{channel_count} numbers", f"{len(numbers)} numbers in {len(values)} words", number
            )
        return numbers


def _read_lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise SourceError(file, f"cannot be opened ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise SourceError(file, f"expected a BVH text file ({error}).") from error


def _parse_finite(word: str) -> float | None:
    try:
        number = float(word)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


# --- the body -------------------------------------------------------------------------------


def _pose(joints: list[_Joint], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(T V 3) positions in the file's unit, from (T channels)."""
    positions = np.empty((len(values), len(joints), 3))
    turns = np.empty((len(values), len(joints), 3, 3))
    column = 0
    for index, joint in enumerate(joints):
        own = values[:, column : column + len(joint.channels)]
        column += len(joint.channels)
        shift, turn = _move(joint, own)
        if joint.parent < 0:
            positions[:, index], turns[:, index] = shift, turn
        else:
            above = turns[:, joint.parent]
            positions[:, index] = positions[:, joint.parent] + np.einsum("tij,tj->ti", above, shift)
            turns[:, index] = above @ turn
    return positions


def _move(
    joint: _Joint, values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The joint's shift (T 3) and turn (T 3 3) against its parent."""
    shift = np.tile(np.array(joint.offset), (len(values), 1))
    turn = np.tile(np.eye(3), (len(values), 1, 1))
    for column, channel in enumerate(joint.channels):
        axis = _AXES[channel[0]]
        if channel.endswith("position"):
            shift[:, axis] = values[:, column]  # a position stands for the offset
        else:
            turn = turn @ rotation_about_axis(np.deg2rad(values[:, column]), axis=axis)
    return shift, turn


def _find_layout(
    joints: list[_Joint], layout: Layout | None, file: Path
) -> tuple[Layout, NDArray[np.int64]]:
    raw = [joint.name for joint in joints]
    plain = _name_by_joints(raw)
    for spelled in (raw, plain):
        with suppress(LayoutError):
            return recognise_layout(spelled, candidates=() if layout is None else (layout,))
    names = _name_apart([canonical_joint(name) for name in plain])
    bones = {names[i]: names[joint.parent] for i, joint in enumerate(joints) if joint.parent >= 0}
    try:
        built = Layout.from_bones("bvh", names, bones, root=names[0])
    except LayoutError as error:
        raise SourceError(file, str(error)) from error
    return built, np.arange(len(names))


def _name_by_joints(names: list[str]) -> list[str]:
    """``mixamorig:LeftLeg`` -> ``left_knee``, where joints are called after the bones below them.

    The name of the character before the colon goes in any case.
    """
    plain = [name.rpartition(":")[2] or name for name in names]
    if not any(telling <= set(plain) for telling in _TELLING_BONES):
        return plain
    ours = {f"{s}{bone}": f"{s}_{j}" for s in ("Left", "Right") for bone, j in _BONES.items()}
    return [ours.get(name, name) for name in plain]


def _name_apart(names: list[str]) -> list[str]:
    """Number the repetitions of a name: hand, hand_2, hand_3."""
    apart: list[str] = []
    for index, name in enumerate(names):
        before = names[:index].count(name)
        apart.append(f"{name}_{before + 1}" if before else name)
    return apart
