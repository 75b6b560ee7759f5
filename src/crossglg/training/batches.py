"""From base clips to batches: varied, balanced over classes, the same for the same seed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from crossglg.skeleton.augment import Augmentation, augment, mirror
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.stack import stack_clips
from crossglg.training.base_clips import BaseClips


class Draw(NamedTuple):
    """One clip of one batch: which, in which epoch, at which place of that epoch."""

    clip: int
    epoch: int
    place: int


@dataclass(frozen=True)
class Batch:
    """What one training step sees. Letters as in ``shapes``.

    Attributes:
        clips: (N M T V 3).
        present: (N M T).
        labels: (N) among the base classes, mirrored ones after the others.
    """

    clips: Tensor
    present: Tensor
    labels: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same on another device."""
        return Batch(self.clips.to(device), self.present.to(device), self.labels.to(device))


class TrainingClips(Dataset[tuple[SkeletonClip, int]]):
    """Base clips that come out varied.

    Args:
        base: Aligned clips of the base classes.
        with_mirrored: Whether every clip is there a second time, mirrored, as class
            ``label + K``.
        strength: How strongly clips are varied.
        frame_count: T.
        seed: Together with epoch and place it decides everything random.
    """

    def __init__(
        self,
        base: BaseClips,
        *,
        with_mirrored: bool,
        strength: Augmentation,
        frame_count: int,
        seed: int,
    ) -> None:
        self.clips, self.labels = list(base.clips), base.labels
        if with_mirrored:
            self.clips += [mirror(clip) for clip in base.clips]
            self.labels = np.concatenate([base.labels, base.labels + len(base.class_names)])
        self.strength = strength
        self.frame_count = frame_count
        self.seed = seed

    def __len__(self) -> int:
        """Number of clips, mirrored ones included."""
        return len(self.clips)

    def __getitem__(self, draw: Draw) -> tuple[SkeletonClip, int]:
        """One varied clip and its label."""
        rng = np.random.default_rng((self.seed, draw.epoch, draw.place))
        clip = augment(
            self.clips[draw.clip], rng, strength=self.strength, frame_count=self.frame_count
        )
        return clip, int(self.labels[draw.clip])


@dataclass(frozen=True)
class Collate:
    """Puts clips into one batch."""

    max_persons: int

    def __call__(self, samples: list[tuple[SkeletonClip, int]]) -> Batch:
        """Stack N samples."""
        joints, present = stack_clips([clip for clip, _ in samples], max_persons=self.max_persons)
        return Batch(
            torch.from_numpy(joints),
            torch.from_numpy(present),
            torch.tensor([label for _, label in samples]),
        )


@dataclass
class BalancedBatches(Sampler[list[Draw]]):
    """Every class equally often, a few clips of it at a time; one epoch is one clip count.

    Classes are run through in a new random order again and again; each turn takes the next
    ``clips_per_class`` clips of the class in a random order of its own, so that over the epochs
    no clip is forgotten.

    Attributes:
        labels: (N) class of every clip.
        batch_size: Clips per batch.
        clips_per_class: Clips of one class side by side.
        seed: Together with the epoch it decides the order.
        epoch: Set before each pass.
    """

    labels: NDArray[np.int64]
    batch_size: int
    clips_per_class: int
    seed: int
    epoch: int = field(default=0)

    def __len__(self) -> int:
        """Batches per epoch; the last clips that fill no batch are left for another epoch."""
        return max(1, len(self.labels) // self.batch_size)

    def __iter__(self) -> Iterator[list[Draw]]:
        """Batches of draws."""
        rng = np.random.default_rng((self.seed, self.epoch))
        classes = np.unique(self.labels)
        queues = {int(k): _shuffle_forever(np.flatnonzero(self.labels == k), rng) for k in classes}
        order = _shuffle_forever(classes, rng)
        turns = (next(queues[int(k)]) for k in order for _ in range(self.clips_per_class))
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            places = range(start, start + self.batch_size)
            yield [Draw(int(next(turns)), self.epoch, place) for place in places]


def _shuffle_forever(items: NDArray[np.int64], rng: np.random.Generator) -> Iterator[np.int64]:
    while True:
        yield from rng.permutation(items)
