"""Read Kinetics-Skeleton: one JSON file per clip with OpenPose joints in image coordinates.

A file is ``{"data": [{"frame_index": 1, "skeleton": [{"pose": [x, y, ...], "score": [...]}]}],
"label": "...", "label_index": 3}``: 18 joints, x and y as fractions of the picture's width and
height, y down, a score of 0 for a joint that was not found.
"""

import json
import math
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ConfigError, SourceError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import get_layout
from crossglg.sources.labelled import LabelledClip

KINETICS_FPS = 30.0
"""The videos were brought to this frame rate before the poses were estimated."""

_JOINTS = 18
_MAX_FRAMES = 108_000
"""An hour; a frame number beyond it is damage, not a clip of ten seconds."""


@dataclass(frozen=True, eq=False)
class _Person:
    """One detection: joints (18 2) y up, visible (18), mean score, centre of what is visible."""

    joints: NDArray[np.float64]
    visible: NDArray[np.bool_]
    score: float
    centre: tuple[float, float]


def read_kinetics(path: Path | str, *, max_persons: int = 2) -> LabelledClip:
    """Read one clip.

    In every frame the ``max_persons`` detections of the highest mean score are kept; each follows
    the person of earlier frames it is nearest to, nearest pairs first.

    Returns:
        Clip of layout ``openpose18``; x to the right and y up as fractions of the picture, z = 0.
        Its name is the file's without ending, the subject is unknown.

    Raises:
        SourceError: The file is not of this format, has no label, or shows nobody.
        ConfigError: ``max_persons`` is not positive.
    """
    if max_persons < 1:
        raise ConfigError(f"Expected max_persons of at least 1, found {max_persons}.")
    file = Path(path)
    record = _load(file)
    label = record.get("label")
    if not isinstance(label, str) or not label:
        raise SourceError(file, f"expected the action as text in 'label', found {label!r}.")
    frames = _read_frames(record, file)
    persons = _follow(frames, max_persons)
    if not persons:
        raise SourceError(file, "expected a person, found none in any frame. Leave it out.")
    return LabelledClip(name=file.stem, clip=_lay_out(persons), class_name=label, subject=-1)


def _load(file: Path) -> dict[str, Any]:
    try:
        record = json.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise SourceError(file, f"cannot be opened ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(
            file, f"expected JSON ({error}). The file is probably truncated; download it again."
        ) from error
    if not isinstance(record, dict) or not isinstance(record.get("data"), list):
        raise SourceError(
            file, "expected an object with a list 'data', one entry per frame; found none."
        )
    return record


def _read_frames(record: dict[str, Any], file: Path) -> list[list[_Person]]:
    """The persons of every frame, from the first to the last frame number of the file."""
    by_number: dict[int, list[_Person]] = {}
    for position, entry in enumerate(record["data"]):
        where = f"entry {position + 1} of 'data'"
        number = entry.get("frame_index") if isinstance(entry, dict) else None
        if not isinstance(number, int) or number in by_number:
            raise SourceError(
                file, f"expected a new whole number as frame_index, found {number!r}.", where=where
            )
        skeletons = entry.get("skeleton")
        if not isinstance(skeletons, list):
            raise SourceError(file, "expected a list 'skeleton', found none.", where=where)
        persons = [_read_person(skeleton, file, where) for skeleton in skeletons]
        by_number[number] = [person for person in persons if person.visible.any()]
    if not by_number or max(by_number) - min(by_number) >= _MAX_FRAMES:
        raise SourceError(
            file,
            f"expected frames with numbers less than {_MAX_FRAMES} apart, found "
            + (f"{min(by_number)} to {max(by_number)}." if by_number else "no frame."),
        )
    return [by_number.get(number, []) for number in range(min(by_number), max(by_number) + 1)]


def _read_person(skeleton: object, file: Path, where: str) -> _Person:
    content = skeleton if isinstance(skeleton, dict) else {}
    try:
        pose = np.array(content.get("pose"), dtype=np.float64)
        scores = np.array(content.get("score"), dtype=np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise SourceError(
            file, f"expected numbers in pose and score ({error}).", where=where
        ) from error
    if pose.shape != (2 * _JOINTS,) or scores.shape != (_JOINTS,):
        raise SourceError(
            file,
            f"expected {2 * _JOINTS} numbers in pose and {_JOINTS} in score, found arrays of "
            f"shape {pose.shape} and {scores.shape}.",
            where=where,
        )
    joints = pose.reshape(_JOINTS, 2) * (1.0, -1.0) + (0.0, 1.0)
    # Anything outside a few pictures is no coordinate and would not survive float32 either.
    visible = (scores > 0) & (np.abs(joints) < 1e3).all(axis=1)
    centre = joints[visible].mean(axis=0) if visible.any() else np.zeros(2)
    return _Person(joints, visible, float(scores.mean()), (float(centre[0]), float(centre[1])))


def _follow(frames: list[list[_Person]], max_persons: int) -> list[list[_Person | None]]:
    """One list over frames per person that was ever seen; None where not seen."""
    tracks: list[list[_Person | None]] = [[None] * len(frames) for _ in range(max_persons)]
    last = [(math.inf, math.inf)] * max_persons
    for number, detections in enumerate(frames):
        best = sorted(detections, key=attrgetter("score"), reverse=True)[:max_persons]
        pairs = sorted(
            (math.dist(person.centre, last[track]), index, track)
            for index, person in enumerate(best)
            for track in range(max_persons)
        )
        placed: set[int] = set()
        for _, index, track in pairs:
            if index not in placed and tracks[track][number] is None:
                tracks[track][number] = best[index]
                last[track] = best[index].centre
                placed.add(index)
    return [track for track in tracks if any(track)]


def _lay_out(persons: list[list[_Person | None]]) -> SkeletonClip:
    shape = (len(persons), len(persons[0]), _JOINTS)
    joints = np.zeros((*shape, 3), dtype=np.float32)
    visible = np.zeros(shape, dtype=np.bool_)
    for index, track in enumerate(persons):
        for frame, person in enumerate(track):
            if person is not None:
                seen = person.visible
                joints[index, frame, seen, :2] = person.joints[seen]
                visible[index, frame] = seen
    return SkeletonClip(joints, visible, KINETICS_FPS, get_layout("openpose18"))
