"""The clips a model may learn from: those of the base classes, cleaned and aligned."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ConfigError, ProtocolError
from crossglg.skeleton.cleaning import clean
from crossglg.skeleton.facing import Facing
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.normalize import align_packed
from crossglg.skeleton.packed import PackedClips
from crossglg.sources.clipset import ClipSet
from crossglg.sources.room import make_room

MOST_PERSONS = 2

_CLIPS_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class BaseClips:
    """N clips of K base classes.

    Attributes:
        clips: Cleaned and aligned, each with its own number of frames.
        labels: (N) 0 .. K - 1.
        class_names: K names.
        layout: Which joint is which.
        max_persons: The largest number of persons in a clip.
        facing: Which frames of each said where its body faces.
    """

    clips: PackedClips
    labels: NDArray[np.int64]
    class_names: tuple[str, ...]
    layout: Layout
    max_persons: int
    facing: Facing = "first-frame"

    @classmethod
    def gather(cls, data: ClipSet, base: Sequence[int], *, facing: Facing = "first-frame") -> Self:
        """Take the clips of the classes ``base`` (labels of ``data``), renumbered from zero.

        Raises:
            ProtocolError: A base class has no clip.
            ArchiveError: The clips are too many for memory, and the disk is full.
        """
        chosen = data.of_classes(base)
        empty = [data.class_names[k] for k in base if not (chosen.labels == k).any()]
        if empty:
            raise ProtocolError(
                f"Expected clips of every base class in '{data.name}', found none of: "
                f"{', '.join(empty)}."
            )
        clips = _prepare(chosen, facing)
        number = {label: position for position, label in enumerate(base)}
        return cls(
            clips,
            np.array([number[int(label)] for label in chosen.labels], dtype=np.int64),
            tuple(data.class_names[k] for k in base),
            data.layout,
            int(clips.persons.max()),
            facing,
        )

    def select(self, indices: NDArray[np.int64]) -> Self:
        """The clips at ``indices``; classes stay as they are."""
        return replace(self, clips=self.clips.select(indices), labels=self.labels[indices])

    def hold_out(self, share: float, *, seed: int) -> tuple[Self, Self]:
        """Split into clips to train on and clips to choose the epoch by, class by class.

        Every class keeps at least one clip for training, and one too small for the share keeps
        all; a share of 0 holds nothing out.

        Raises:
            ConfigError: All classes are too small for the share.
        """
        rng = np.random.default_rng(seed)
        held: list[int] = []
        for label in range(len(self.class_names)):
            members = rng.permutation(np.flatnonzero(self.labels == label))
            held.extend(members[: min(round(share * len(members)), len(members) - 1)])
        if share > 0 and not held:
            raise ConfigError(
                f"training.held_out: expected a class of which {share:.3g} is a clip or more, "
                f"found at most {np.bincount(self.labels).max()} clips per class; hold out a "
                "larger share, or 0 to keep the last epoch."
            )
        kept = np.setdiff1d(np.arange(len(self.clips)), held)
        return self.select(kept), self.select(np.sort(np.array(held, dtype=np.int64)))


def _prepare(data: ClipSet, facing: Facing) -> PackedClips:
    """Clean and align all clips, some at a time; those of NTU RGB+D 120 fill 3 GB."""
    most = np.minimum(data.persons, MOST_PERSONS) * data.frames
    rows = make_room((int(most.sum()), data.layout.joint_count, 3), np.float32)
    parts, used = [], 0
    for start in range(0, len(data), _CLIPS_AT_ONCE):
        block = range(start, min(start + _CLIPS_AT_ONCE, len(data)))
        cleaned = [clean(data.clip(index), max_persons=MOST_PERSONS) for index in block]
        part = align_packed(PackedClips.pack(cleaned), facing=facing)
        rows[used : used + len(part.rows)] = part.rows
        parts.append(replace(part, rows=rows, starts=part.starts + used))
        used += len(part.rows)
    return PackedClips.join(parts)
