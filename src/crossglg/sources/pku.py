"""Read PKU-MMD: long sequences, cut into clips at their labels.

A skeleton file (``A10N01-L.txt`` in phase II, ``0002-L.txt`` in phase I) has a line of 150 numbers
per frame: two bodies of 25 joints of the Kinect v2, x, y and z in metres; a body that is not there
is zeros. A label file of the same name in another folder has a line per action: number of the
action, first frame, the frame behind the last, and how well it was done. Sources: Liu et al., ACM
MM workshops 2017, and the text that comes with the data; which frames are a clip, and how clips are
counted: SkeletonX (TMM 2025), whose exemplars' names depend on it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import SourceError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import get_layout
from crossglg.sources.class_names import list_classes
from crossglg.sources.labelled import LabelledClip
from crossglg.sources.number_lines import read_number_lines

PKU_FPS = 30.0
"""Frame rate of the Kinect v2 that recorded the data set."""

PKU_NAME = "A10N01-L.txt"
"""What files of phase II are called: N is the subject, L, M and R are the cameras."""

_NAME = re.compile(r"(?:A\d+N(\d+)|\d{4})-[LMR]\.txt", re.IGNORECASE)
_BODIES, _JOINTS = 2, 25


@dataclass(frozen=True, eq=False)
class PkuSequence:
    """One sequence.

    Attributes:
        clips: Clip k, counted from 1, is called ``A10N01-L_k``.
        empty: What was left out, as nobody was seen in it; it is not counted either.
    """

    clips: tuple[LabelledClip, ...]
    empty: tuple[str, ...]


def is_pku_skeleton(path: Path) -> bool:
    """Whether a file is called as PKU-MMD's are and holds skeletons, not labels."""
    if _NAME.fullmatch(path.name) is None:
        return False
    try:
        with path.open("rb") as file:
            return b"," not in file.read(80)
    except OSError:
        return True  # whoever reads it says what is the matter


def sort_pku_classes(names: Iterable[str]) -> tuple[str, ...]:
    """Class names in the order of the numbers of their actions."""
    return tuple(sorted(names, key=list_classes("pku_mmd").index))


def read_pku(path: Path | str) -> PkuSequence:
    """Read a skeleton file and cut it at its labels.

    The labels are those of the file of the same name in a folder that lies beside the file's own.

    Returns:
        Clips of layout ``ntu25``, metres in the camera's system, one or two persons; in frames
        without a person, that person is not visible.

    Raises:
        SourceError: There are no labels, or a file is not as the data set has it.
    """
    file = Path(path)
    match = _NAME.fullmatch(file.name)
    if match is None:
        raise SourceError(
            file,
            f"expected a name like {PKU_NAME} (or 0002-L.txt of phase I). "
            "Give the file its original name back.",
        )
    name, classes = file.stem.upper(), list_classes("pku_mmd")
    bodies = _read_bodies(file)
    clips: list[LabelledClip] = []
    empty: list[str] = []
    for action, start, stop in _read_labels(_find_labels(file), len(classes)):
        seen = bodies[:, start:stop]
        persons = np.isfinite(seen).any(axis=(1, 2, 3))
        if not persons.any():
            empty.append(f"{name}, frames {start} to {stop}")
            continue
        clips.append(
            LabelledClip(
                name=f"{name}_{len(clips) + 1}",
                clip=SkeletonClip.from_array(
                    seen[persons], fps=PKU_FPS, layout=get_layout("ntu25")
                ),
                class_name=classes[action - 1],
                subject=int(match[1]) if match[1] else -1,
            )
        )
    return PkuSequence(tuple(clips), tuple(empty))


def _read_bodies(file: Path) -> NDArray[np.float64]:
    """Both bodies (2 T 25 3); NaN where one is not there."""
    numbers = read_number_lines(file, counts=(_BODIES * _JOINTS * 3,))
    bodies = numbers.reshape(-1, _BODIES, _JOINTS, 3).transpose(1, 0, 2, 3)
    bodies[(bodies == 0).all(axis=(2, 3))] = np.nan
    return bodies


def _find_labels(file: Path) -> Path:
    for found in sorted(file.absolute().parent.parent.glob(f"*/{file.name}")):
        if _NAME.fullmatch(found.name) and not is_pku_skeleton(found):
            return found
    raise SourceError(
        file,
        "expected its labels in a file of the same name in a folder beside this one, found none. "
        "Unpack skeletons and labels into two folders of one folder.",
    )


def _read_labels(file: Path, class_count: int) -> Iterator[tuple[int, int, int]]:
    """(number of the action, first frame, frame behind the last)."""
    for number, row in enumerate(read_number_lines(file, counts=(3, 4), separator=","), start=1):
        action, start, stop = row[:3]
        if not (1 <= action <= class_count and start >= 0 and (row[:3] == np.floor(row[:3])).all()):
            raise SourceError(
                file,
                f"expected an action from 1 to {class_count} and two numbers of frames, found "
                f"{action:g}, {start:g} and {stop:g}.",
                where=f"action {number} of its labels",
            )
        yield int(action), int(start), int(stop)
