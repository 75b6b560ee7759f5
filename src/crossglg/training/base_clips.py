"""The clips a model may learn from: those of the base classes, cleaned and aligned."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from crossglg.errors import ProtocolError
from crossglg.skeleton.cleaning import clean
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.normalize import align
from crossglg.sources.clipset import ClipSet

MOST_PERSONS = 2


@dataclass(frozen=True, eq=False)
class BaseClips:
    """N clips of K base classes.

    Attributes:
        clips: Cleaned and aligned, each with its own number of frames.
        labels: (N) 0 .. K - 1.
        class_names: K names.
        layout: Which joint is which.
        max_persons: The largest number of persons in a clip.
    """

    clips: tuple[SkeletonClip, ...]
    labels: NDArray[np.int64]
    class_names: tuple[str, ...]
    layout: Layout
    max_persons: int

    @classmethod
    def gather(cls, data: ClipSet, base: Sequence[int]) -> Self:
        """Take the clips of the classes ``base`` (labels of ``data``), renumbered from zero.

        Raises:
            ProtocolError: A base class has no clip.
        """
        chosen = data.of_classes(base)
        empty = [data.class_names[k] for k in base if not (chosen.labels == k).any()]
        if empty:
            raise ProtocolError(
                f"Expected clips of every base class in '{data.name}', found none of: "
                f"{', '.join(empty)}."
            )
        clips = tuple(align(clean(clip, max_persons=MOST_PERSONS)) for clip in chosen.clips())
        number = {label: position for position, label in enumerate(base)}
        return cls(
            clips,
            np.array([number[int(label)] for label in chosen.labels], dtype=np.int64),
            tuple(data.class_names[k] for k in base),
            data.layout,
            max(clip.person_count for clip in clips),
        )

    def select(self, indices: NDArray[np.int64]) -> Self:
        """The clips at ``indices``; classes stay as they are."""
        clips = tuple(self.clips[index] for index in indices)
        return replace(self, clips=clips, labels=self.labels[indices])

    def hold_out(self, share: float, *, seed: int) -> tuple[Self, Self]:
        """Split into clips to train on and clips to choose the epoch by, class by class.

        Every class keeps at least one clip for training; a share of 0 holds nothing out.
        """
        rng = np.random.default_rng(seed)
        held: list[int] = []
        for label in range(len(self.class_names)):
            members = rng.permutation(np.flatnonzero(self.labels == label))
            held.extend(members[: min(round(share * len(members)), len(members) - 1)])
        kept = np.setdiff1d(np.arange(len(self.clips)), held)
        return self.select(kept), self.select(np.sort(np.array(held, dtype=np.int64)))
