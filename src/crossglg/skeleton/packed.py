"""PackedClips: clean clips laid out flat, so that a batch is made without a step per clip."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ClipError
from crossglg.skeleton.clip import SkeletonClip, find_common_layout
from crossglg.skeleton.layout import Layout


@dataclass(frozen=True, eq=False)
class PackedClips:
    """N clips of one layout in which everything is visible, as ``clean`` leaves them.

    Letters: N clips, M persons, T frames, V joints. Clip ``n`` owns ``persons[n] * frames[n]``
    consecutive rows from ``starts[n]``, person by person.

    Attributes:
        rows: (R V 3) float32; may be a memory map.
        starts: (N) first row of each clip.
        persons: (N) M of each clip.
        frames: (N) T of each clip.
        fps: (N) frames per second.
        layout: Which joint is which.
    """

    rows: NDArray[np.float32]
    starts: NDArray[np.int64]
    persons: NDArray[np.int64]
    frames: NDArray[np.int64]
    fps: NDArray[np.float64]
    layout: Layout

    @classmethod
    def pack(cls, clips: Sequence[SkeletonClip]) -> Self:
        """Lay clips out flat.

        Raises:
            ClipError: There is no clip, layouts differ, or something is not visible.
        """
        layout = find_common_layout(clips)
        if not all(clip.visible.all() for clip in clips):
            raise ClipError(
                "Expected clips in which everything is visible, found a gap; clean them first."
            )
        persons = np.array([clip.person_count for clip in clips], dtype=np.int64)
        frames = np.array([clip.frame_count for clip in clips], dtype=np.int64)
        return cls(
            np.concatenate([clip.joints.reshape(-1, *clip.joints.shape[2:]) for clip in clips]),
            np.cumsum(persons * frames) - persons * frames,
            persons,
            frames,
            np.array([clip.fps for clip in clips], dtype=np.float64),
            layout,
        )

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Several groups of clips over the same rows in one."""
        return replace(
            parts[0],
            starts=np.concatenate([part.starts for part in parts]),
            persons=np.concatenate([part.persons for part in parts]),
            frames=np.concatenate([part.frames for part in parts]),
            fps=np.concatenate([part.fps for part in parts]),
        )

    def __len__(self) -> int:
        """N."""
        return len(self.starts)

    def __getitem__(self, index: int) -> SkeletonClip:
        """One clip, copied out of the rows."""
        start, persons, frames = (
            int(each[index]) for each in (self.starts, self.persons, self.frames)
        )
        joints = np.array(self.rows[start : start + persons * frames])
        joints = joints.reshape(persons, frames, self.layout.joint_count, 3)
        visible = np.ones(joints.shape[:3], dtype=np.bool_)
        return SkeletonClip(joints, visible, float(self.fps[index]), self.layout)

    def __iter__(self) -> Iterator[SkeletonClip]:
        """All clips in order."""
        return (self[index] for index in range(len(self)))

    def select(self, indices: NDArray[np.int64]) -> Self:
        """The clips at ``indices``, in that order; rows are shared, not copied."""
        return replace(
            self,
            starts=self.starts[indices],
            persons=self.persons[indices],
            frames=self.frames[indices],
            fps=self.fps[indices],
        )


@dataclass(frozen=True, eq=False)
class PersonRows:
    """The persons of N packed clips in one row, P in all.

    Attributes:
        owner: (P) position of the clip, 0 .. N - 1.
        number: (P) which of its clip's persons, from 0.
        starts: (P) first row of the person.
    """

    owner: NDArray[np.int64]
    number: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def find(cls, clips: PackedClips) -> Self:
        """The persons of all clips, clip by clip."""
        owner = np.repeat(np.arange(len(clips)), clips.persons)
        number = np.arange(len(owner)) - (np.cumsum(clips.persons) - clips.persons)[owner]
        return cls(owner, number, clips.starts[owner] + np.multiply(number, clips.frames[owner]))

    def __len__(self) -> int:
        """P."""
        return len(self.owner)

    def spread(
        self, joints: NDArray[np.float32], *, clip_count: int, max_persons: int
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Put persons (P T V 3) into clips: joints (N M T V 3) and presence (N M T).

        Raises:
            ClipError: A clip has more than ``max_persons`` persons.
        """
        crowd = int(self.number.max(initial=0)) + 1
        if crowd > max_persons:
            raise ClipError(f"Expected at most {max_persons} persons, found {crowd}.")
        spread = np.zeros((clip_count, max_persons, *joints.shape[1:]), dtype=np.float32)
        spread[self.owner, self.number] = joints
        present = np.zeros(spread.shape[:3], dtype=np.bool_)
        present[self.owner, self.number] = True
        return spread, present


@dataclass(frozen=True, eq=False)
class Moments:
    """Between which two rows each of T' moments of P persons lies.

    Attributes:
        before: (P T') the row at or before it.
        after: (P T') the one after that; the same at a clip's end.
        share: (P T') how much of the way to the later one it is.
    """

    before: NDArray[np.int64]
    after: NDArray[np.int64]
    share: NDArray[np.float32]

    @classmethod
    def find(cls, clips: PackedClips, persons: PersonRows, times: NDArray[np.float64]) -> Self:
        """Times (N T') are frames of each clip, each within [0, T - 1]."""
        before = np.floor(times).astype(np.int64)
        after = np.minimum(before + 1, clips.frames[:, None] - 1)
        share = (times - before).astype(np.float32)
        starts, owner = persons.starts[:, None], persons.owner
        return cls(starts + before[owner], starts + after[owner], share[owner])


def sample_packed(clips: PackedClips, moments: Moments) -> NDArray[np.float32]:
    """All persons at fractional frame positions, ``sample_frames`` for many clips: (P T' V 3)."""
    rows, share = np.asarray(clips.rows), moments.share[..., None, None]
    sampled = rows.take(moments.before, axis=0)
    late = rows.take(moments.after, axis=0)
    late *= share
    sampled *= 1 - share
    sampled += late
    return sampled
