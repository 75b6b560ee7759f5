"""ClipSet: many labelled clips of one layout, held as flat arrays (in memory or mapped)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError
from crossglg.skeleton.clip import SkeletonClip, find_common_layout
from crossglg.skeleton.layout import Layout


@dataclass(frozen=True, eq=False)
class ClipSet:
    """Labelled clips; what every reader of a data set returns and all learning code takes.

    Letters: N clips, M persons, T frames, V joints. Clip ``n`` owns ``persons[n] * frames[n]``
    consecutive rows from ``starts[n]``, person by person.

    Attributes:
        name: Short name of the data, for tables.
        layout: Which joint is which.
        class_names: Action names; ``labels`` index them.
        labels: (N) int64.
        subjects: (N) int64, -1 where unknown.
        clip_names: N names, unique.
        rows: (R V 3) float32 or float16, metres; may be a memory map.
        visible: (R V) bool; None where every joint of every row was seen.
        starts: (N) first row of each clip.
        persons: (N) M of each clip.
        frames: (N) T of each clip.
        fps: (N) frames per second.

    Raises:
        ClipError: The index arrays disagree with each other or with ``rows``, or two clips
            have one name.
    """

    name: str
    layout: Layout
    class_names: tuple[str, ...]
    labels: NDArray[np.int64]
    subjects: NDArray[np.int64]
    clip_names: tuple[str, ...]
    rows: NDArray[np.floating]
    visible: NDArray[np.bool_] | None
    starts: NDArray[np.int64]
    persons: NDArray[np.int64]
    frames: NDArray[np.int64]
    fps: NDArray[np.float64]

    def __post_init__(self) -> None:
        count = len(self.labels)
        for field in ("subjects", "clip_names", "starts", "persons", "frames", "fps"):
            if len(getattr(self, field)) != count:
                raise ClipError(
                    f"Clip set '{self.name}': {count} labels but "
                    f"{len(getattr(self, field))} entries of {field}."
                )
        if len(set(self.clip_names)) != count:
            twice = next(name for name, n in Counter(self.clip_names).items() if n > 1)
            raise ClipError(f"Clip set '{self.name}': two clips are called '{twice}'.")
        if self.rows.ndim != 3 or self.rows.shape[1:] != (self.layout.joint_count, 3):
            raise ClipError(
                f"Clip set '{self.name}': expected rows of shape (R, {self.layout.joint_count}, 3) "
                f"for layout '{self.layout.name}', found {self.rows.shape}."
            )
        if count and (self.starts + self.persons * self.frames).max() > len(self.rows):
            raise ClipError(f"Clip set '{self.name}': a clip ends beyond the last row.")
        if count and not 0 <= self.labels.min() <= self.labels.max() < len(self.class_names):
            raise ClipError(
                f"Clip set '{self.name}': labels run from {self.labels.min()} to "
                f"{self.labels.max()} but there are {len(self.class_names)} class names."
            )

    @classmethod
    def from_clips(
        cls,
        clips: Sequence[SkeletonClip],
        *,
        name: str,
        class_names: Sequence[str],
        labels: Sequence[int],
        subjects: Sequence[int],
        clip_names: Sequence[str],
    ) -> Self:
        """Lay clips of one layout out flat.

        Raises:
            ClipError: There is no clip, or layouts differ.
        """
        layout = find_common_layout(clips)
        persons = np.array([clip.person_count for clip in clips], dtype=np.int64)
        frames = np.array([clip.frame_count for clip in clips], dtype=np.int64)
        visible = np.concatenate([c.visible.reshape(-1, c.visible.shape[-1]) for c in clips])
        return cls(
            name=name,
            layout=layout,
            class_names=tuple(class_names),
            labels=np.asarray(labels, dtype=np.int64),
            subjects=np.asarray(subjects, dtype=np.int64),
            clip_names=tuple(clip_names),
            rows=np.concatenate([c.joints.reshape(-1, *c.joints.shape[2:]) for c in clips]),
            visible=None if visible.all() else visible,
            starts=np.cumsum(persons * frames) - persons * frames,
            persons=persons,
            frames=frames,
            fps=np.array([clip.fps for clip in clips], dtype=np.float64),
        )

    def __len__(self) -> int:
        """N."""
        return len(self.labels)

    def clip(self, index: int) -> SkeletonClip:
        """One clip, copied out of the flat arrays as float32."""
        start = int(self.starts[index])
        shape = (int(self.persons[index]), int(self.frames[index]), self.layout.joint_count)
        stop = start + shape[0] * shape[1]
        joints = np.array(self.rows[start:stop], dtype=np.float32).reshape(*shape, 3)
        seen = (
            np.ones(shape, dtype=np.bool_)
            if self.visible is None
            else np.array(self.visible[start:stop]).reshape(shape)
        )
        return SkeletonClip(joints, seen, float(self.fps[index]), self.layout)

    def clips(self) -> Iterator[SkeletonClip]:
        """All clips in order."""
        return (self.clip(index) for index in range(len(self)))

    def select(self, indices: NDArray[np.int64] | Sequence[int]) -> Self:
        """The clips at ``indices``, in that order; rows are shared, not copied."""
        chosen = np.asarray(indices, dtype=np.int64)
        return replace(
            self,
            labels=self.labels[chosen],
            subjects=self.subjects[chosen],
            clip_names=tuple(self.clip_names[index] for index in chosen),
            starts=self.starts[chosen],
            persons=self.persons[chosen],
            frames=self.frames[chosen],
            fps=self.fps[chosen],
        )

    def of_classes(self, classes: Sequence[int]) -> Self:
        """The clips whose label is among ``classes``; labels keep their numbers."""
        return self.select(np.flatnonzero(np.isin(self.labels, np.asarray(classes))))

    def mirrored(self) -> Self:
        """The same clips as seen in a mirror (x negated), left and right joints swapped."""
        swap = self.layout.mirror_index
        flip = np.array([-1, 1, 1], dtype=self.rows.dtype)
        visible = None if self.visible is None else self.visible[:, swap]
        return replace(self, rows=self.rows[:, swap] * flip, visible=visible)

    @cached_property
    def max_persons(self) -> int:
        """The largest M among the clips."""
        return int(self.persons.max(initial=1))
