"""From base clips to batches: varied, balanced over classes, the same for the same seed."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from crossglg.skeleton.augment import Augmentation
from crossglg.skeleton.augment_packed import throw, vary_packed
from crossglg.skeleton.chance import Keys, make_keys
from crossglg.skeleton.packed import PackedClips
from crossglg.training.base_clips import BaseClips
from crossglg.training.twins import Twins


@dataclass(frozen=True, eq=False)
class Draws:
    """The clips of one batch: which, in which epoch, at which places of that epoch.

    Attributes:
        clips: (N) index of each clip; mirrored ones after the others.
        epoch: From 0.
        places: (N) places within the epoch, from 0.
    """

    clips: NDArray[np.int64]
    epoch: int
    places: NDArray[np.int64]


@dataclass(frozen=True)
class Batch:
    """What one training step sees. Letters as in ``shapes``.

    Attributes:
        clips: (N M T V 3).
        present: (N M T).
        labels: (N) among the base classes and their twins.
    """

    clips: Tensor
    present: Tensor
    labels: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same on another device; pinned ones are sent along without waiting."""
        return Batch(*(part.to(device, non_blocking=True) for part in self._parts))

    def pin_memory(self) -> "Batch":
        """The same where a GPU reads by itself."""
        return Batch(*(part.pin_memory() for part in self._parts))

    def split(self, count: int) -> Iterator["Batch"]:
        """``count`` clips at a time."""
        shares = (torch.split(part, count) for part in self._parts)
        return (Batch(*parts) for parts in zip(*shares, strict=True))

    @property
    def _parts(self) -> tuple[Tensor, Tensor, Tensor]:
        return self.clips, self.present, self.labels


class TrainingClips(Dataset[Batch]):
    """Base clips that come out varied, a batch at a time.

    How a clip is varied depends on the seed, the epoch and its place alone: not on the clips beside
    it, nor on the process that prepares it.

    Args:
        base: Aligned clips of the base classes.
        twins: What mirrored clips are labelled; None leaves them out.
        strength: How strongly clips are varied.
        frame_count: T.
        seed: Together with epoch and place it decides everything random.
    """

    def __init__(
        self,
        base: BaseClips,
        *,
        twins: Twins | None,
        strength: Augmentation,
        frame_count: int,
        seed: int,
    ) -> None:
        self.base, self.labels = base, base.labels
        self._sources = np.arange(len(base.labels))
        if twins is not None:
            labels = twins.labels[base.labels]
            mirrored = np.flatnonzero(labels >= 0)
            self.labels = np.concatenate([base.labels, labels[mirrored]])
            self._sources = np.concatenate([self._sources, mirrored])
        self.strength = strength
        self.frame_count = frame_count
        self.seed = seed

    def __len__(self) -> int:
        """Number of clips, mirrored ones included."""
        return len(self.labels)

    def __getitem__(self, draws: Draws) -> Batch:
        """N varied clips and their labels."""
        clips, keys, mirrored = self.find(draws)
        joints, present = vary_packed(
            clips,
            throw(clips, keys, strength=self.strength, frame_count=self.frame_count),
            mirrored=mirrored,
            strength=self.strength,
            max_persons=self.base.max_persons,
        )
        return Batch(
            torch.from_numpy(joints),
            torch.from_numpy(present),
            torch.from_numpy(self.labels[draws.clips]),
        )

    def find(self, draws: Draws) -> tuple[PackedClips, Keys, NDArray[np.bool_]]:
        """(N) the drawn clips, the keys of their dice, and which come mirrored."""
        keys = make_keys(self.seed, draws.epoch, draws.places)
        clips = self.base.clips.select(self._sources[draws.clips])
        return clips, keys, draws.clips >= len(self.base.clips)


@dataclass
class BalancedBatches(Sampler[Draws]):
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

    def __iter__(self) -> Iterator[Draws]:
        """Batches of draws."""
        order = self._arrange(len(self) * self.batch_size)
        for start in range(0, len(order), self.batch_size):
            places = np.arange(start, start + self.batch_size)
            yield Draws(order[places], self.epoch, places)

    def _arrange(self, count: int) -> NDArray[np.int64]:
        """The clips of ``count`` places of an epoch."""
        rng = np.random.default_rng((self.seed, self.epoch))
        turns = _shuffle(np.unique(self.labels), -(-count // self.clips_per_class), rng)
        label_at = np.repeat(turns, self.clips_per_class)[:count]
        order = np.empty(count, dtype=np.int64)
        for label in np.unique(label_at):
            places = np.flatnonzero(label_at == label)
            order[places] = _shuffle(np.flatnonzero(self.labels == label), len(places), rng)
        return order


def _shuffle(items: NDArray[np.int64], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """(count) items: all of them in a random order, then all in another, and so on."""
    rounds = -(-count // len(items))
    return rng.permuted(np.tile(items, (rounds, 1)), axis=1).reshape(-1)[:count]
