"""What a trained plain branch says about clips, as arrays to compare."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Protocol, Self

import numpy as np
import torch
from einops import rearrange
from numpy.typing import NDArray
from torch import Tensor

from crossglg.checkpoint import PlainCheckpoint
from crossglg.denormals import flush_denormals
from crossglg.errors import ClipError
from crossglg.guidance.model import PlainBranch, PlainOutput
from crossglg.oneshot.distances import point_joints
from crossglg.oneshot.motion import find_motion, level_energy
from crossglg.oneshot.warping import Sequences
from crossglg.skeleton.cleaning import clean
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.facing import Facing
from crossglg.skeleton.layout import Layout
from crossglg.skeleton.mapping import map_clip
from crossglg.skeleton.normalize import normalize, normalize_together
from crossglg.sources.clipset import ClipSet
from crossglg.sources.room import make_room

PLACES_AT_ONCE = 2**13
"""Joints in frames at once. With more a layer's features leave the processor's caches, and memory
must be fetched anew for it; with fewer, calls count (docs/performance.md, "What helped")."""
_GPU_BATCH = 256
_FEW = 16
"""Clips that are not worth a journey to the GPU."""


@dataclass(frozen=True, eq=False)
class ClipFeatures:
    """Features of N clips. V joints, T frames at the encoder's last stride, D width.

    What is compared without a network goes with them: T' frames of M persons, as put in place.

    Attributes:
        pooled: (N D) averaged over persons, frames and joints.
        joints: (N V D) averaged over persons and frames.
        frames: (N T V D) float16, averaged over persons.
        importance: (N V) k_out, uniform where the model predicts none; each row sums to one.
        motion: (N T' M V 3) float16, how far each joint goes around each frame
            (``oneshot.motion``).
    """

    pooled: NDArray[np.float32]
    joints: NDArray[np.float32]
    frames: NDArray[np.float16]
    importance: NDArray[np.float32]
    motion: NDArray[np.float16]

    def __len__(self) -> int:
        """N."""
        return len(self.pooled)

    @cached_property
    def directions(self) -> NDArray[np.float32]:
        """(V N D) joint by joint, each of length one."""
        return point_joints(self.joints)

    @cached_property
    def movement(self) -> Sequences:
        """(N T' M*V*3) the motion at equal energy, weighted by importance."""
        return Sequences(level_energy(self.motion, self.importance))

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of them, by name."""
        return {name: getattr(self, name) for name in FEATURE_ARRAYS}

    def select(self, indices: NDArray[np.int64]) -> Self:
        """The clips at ``indices``, in that order."""
        return type(self)(**{name: array[indices] for name, array in self.arrays.items()})

    @classmethod
    def concatenate(cls, parts: list[Self]) -> Self:
        """Several groups of clips in one.

        Raises:
            ClipError: There is none.
        """
        if not parts:
            raise ClipError("Expected clips to compute features of, found none.")
        return cls(
            **{name: np.concatenate([p.arrays[name] for p in parts]) for name in FEATURE_ARRAYS}
        )


FEATURE_ARRAYS = tuple(each.name for each in fields(ClipFeatures))
"""Their names; galleries keep them under these, so another one is another format of theirs."""


class ClipForm(Protocol):
    """What a model's clips look like; a checkpoint says so, and an exported file."""

    @property
    def layout(self) -> Layout:
        """The joints."""
        ...

    @property
    def max_persons(self) -> int:
        """M."""
        ...

    @property
    def frame_count(self) -> int:
        """T."""
        ...

    @property
    def facing(self) -> Facing:
        """Which frames say where a body faces."""
        ...


def prepare_clip(clip: SkeletonClip, form: ClipForm) -> SkeletonClip:
    """Bring any clip into the form the model was trained on: layout, persons, place, frames.

    Raises:
        LayoutError: The clip's joints say nothing about a joint of the model.
        ClipError: Nobody is seen.
    """
    cleaned = _clean_clip(clip, form)
    return normalize(cleaned, frame_count=form.frame_count, facing=form.facing)


def _clean_clip(clip: SkeletonClip, form: ClipForm) -> SkeletonClip:
    if clip.layout.joints != form.layout.joints:
        clip = map_clip(clip, form.layout)
    return clean(clip, max_persons=form.max_persons)


@torch.inference_mode()
def extract_features(
    checkpoint: PlainCheckpoint, data: ClipSet, *, batch_size: int | None = None
) -> ClipFeatures:
    """Run the plain branch over all clips of a data set, in order; more than one batch on a GPU.

    The features of frames are many (200 kB for a clip of NTU RGB+D); where they would fill the
    memory they lie in a nameless file on disk.

    Args:
        checkpoint: The trained branch and what its clips must look like.
        data: N clips, of any layout that maps to the model's.
        batch_size: Clips at once; changes memory and time, not the result. By default as many as
            suit the processor, or the GPU.

    Raises:
        LayoutError: The clips' joints say nothing about a joint of the model.
        ClipError: Nobody is seen in a clip.
        ArchiveError: The disk is full.
    """
    whole: ClipFeatures | None = None
    start = 0
    for output, joints, present in _run(checkpoint, data, batch_size):
        part = _as_arrays(output, joints, present)
        whole = whole or _make_room_for(part, len(data))
        stop = start + len(part)
        for name, array in part.arrays.items():
            whole.arrays[name][start:stop] = array
        start = stop
    if whole is None:
        raise ClipError("Expected clips to compute features of, found none.")
    return whole


@torch.inference_mode()
def extract_pooled(
    checkpoint: PlainCheckpoint, data: ClipSet, *, batch_size: int | None = None
) -> NDArray[np.float32]:
    """``extract_features`` without what joints and frames say: (N D) only.

    Raises:
        LayoutError: The clips' joints say nothing about a joint of the model.
        ClipError: Nobody is seen in a clip.
    """
    parts = [output.embedding.cpu().numpy() for output, *_ in _run(checkpoint, data, batch_size)]
    return np.concatenate(parts)


def _run(
    checkpoint: PlainCheckpoint, data: ClipSet, batch_size: int | None
) -> Iterator[tuple[PlainOutput, NDArray[np.float32], NDArray[np.bool_]]]:
    """The branch's output, batch by batch, the joints (N M T V 3) and who is present (N M T)."""
    branch, device = _place(checkpoint.folded, worthwhile=len(data) > (batch_size or _FEW))
    few = count_at_once(
        checkpoint.max_persons, checkpoint.frame_count, checkpoint.layout.joint_count
    )
    batch_size = batch_size or (few if device.type == "cpu" else _GPU_BATCH)
    for start in range(0, len(data), batch_size):
        indices = range(start, min(start + batch_size, len(data)))
        joints, present = normalize_together(
            [_clean_clip(data.clip(index), checkpoint) for index in indices],
            frame_count=checkpoint.frame_count,
            max_persons=checkpoint.max_persons,
            facing=checkpoint.facing,
        )
        with flush_denormals():
            output = branch(
                torch.from_numpy(joints).to(device), torch.from_numpy(present).to(device)
            )
        yield output, joints, present


def count_at_once(persons: int, frames: int, joints: int, *, places: int = PLACES_AT_ONCE) -> int:
    """How many clips of that size a processor embeds soonest when it takes them together."""
    return max(1, places // (persons * frames * joints))


def _place(branch: PlainBranch, *, worthwhile: bool) -> tuple[PlainBranch, torch.device]:
    """The branch where it is computed: a few clips are answered sooner by the processor."""
    if worthwhile and torch.cuda.is_available():
        gpu = torch.device("cuda")
        return copy.deepcopy(branch).to(gpu), gpu
    return branch, next(branch.parameters()).device


def _make_room_for(part: ClipFeatures, count: int) -> ClipFeatures:
    return ClipFeatures(
        **{
            name: make_room((count, *array.shape[1:]), array.dtype)
            for name, array in part.arrays.items()
        }
    )


def describe(output: PlainOutput, present: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What is kept of a branch's output, as tensors: pooled, joints, frames, importance."""
    clip_count = present.shape[0]
    persons = present.any(dim=-1).float()
    share = rearrange(persons / persons.sum(dim=1, keepdim=True).clamp(min=1.0), "n m -> n 1 m")
    _, _, frame_count, joint_count = output.features.shape
    features = rearrange(output.features, "(n m) d t v -> n m (t v d)", n=clip_count)
    frames = rearrange(share @ features, "n 1 (t v d) -> n t v d", t=frame_count, v=joint_count)
    if output.importance is None:
        importance = torch.full_like(frames[:, 0, :, 0], 1.0 / joint_count)
    else:
        importance = rearrange(output.importance, "(n m) v -> n m v", n=clip_count)
        importance = rearrange(share @ importance, "n 1 v -> n v")
    return output.embedding, output.joint_features, frames, importance


def _as_arrays(
    output: PlainOutput, joints: NDArray[np.float32], present: NDArray[np.bool_]
) -> ClipFeatures:
    there = torch.from_numpy(present).to(output.embedding.device)
    pooled, of_joints, frames, importance = describe(output, there)
    return ClipFeatures(
        pooled.cpu().numpy(),
        of_joints.cpu().numpy(),
        frames.to(torch.float16).cpu().numpy(),
        importance.cpu().numpy(),
        find_motion(joints, present).astype(np.float16),
    )
