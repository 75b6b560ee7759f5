"""An exported file is kept under its name only if it says what torch says."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from crossglg.atomic import create_path
from crossglg.checkpoint import PlainCheckpoint
from crossglg.deployed import ExportedRecogniser
from crossglg.errors import CheckpointError
from crossglg.guidance.model import PlainBranch
from crossglg.oneshot.features import describe, prepare_clip
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.stack import stack_clips
from crossglg.sources.clipset import ClipSet

Batch = tuple[NDArray[np.float32], NDArray[np.bool_]]
"""(N M T V 3) and (N M T)."""

_REAL_CLIPS = 64


@dataclass(frozen=True)
class Export:
    """What was written.

    Attributes:
        file: Where.
        precision: Of the weights.
        megabytes: Size of the file.
        difference: The largest distance of pooled features to torch's, as a share of their length.
        clips_compared: Random and real ones together; for int8 real ones that chose no scale.
    """

    file: str
    precision: str
    megabytes: float
    difference: float
    clips_compared: int

    def to_json(self) -> dict[str, Any]:
        """All fields."""
        return asdict(self)


class Described(nn.Module):
    """A branch as a function of two tensors that gives four."""

    def __init__(self, branch: PlainBranch) -> None:
        super().__init__()
        self.branch = branch

    def forward(self, clips: Tensor, present: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """(N M T V C) and (N M T) -> pooled, joints, frames, importance."""
        return describe(self.branch(clips, present), present)


def draw_batch(form: PlainCheckpoint, *, count: int, frames: int) -> Batch:
    """Random joints of a model's form."""
    rng = np.random.default_rng(0)
    shape = (count, form.max_persons, frames, form.layout.joint_count, 3)
    return rng.standard_normal(shape, dtype=np.float32), np.ones(shape[:3], dtype=np.bool_)


def choose_clips(form: PlainCheckpoint, clips: ClipSet | None) -> list[SkeletonClip]:
    """Up to 64 clips from all over a data set, in a model's form; none of no data."""
    if clips is None:
        return []
    some = np.linspace(0, len(clips) - 1, min(len(clips), _REAL_CLIPS)).astype(int)
    return [prepare_clip(clips.clip(int(number)), form) for number in some]


def stack(form: PlainCheckpoint, clips: list[SkeletonClip]) -> list[Batch]:
    """Clips of a model's form as one batch, or no batch of none."""
    return [stack_clips(clips, max_persons=form.max_persons)] if clips else []


def keep_if_agreed(
    form: PlainCheckpoint,
    file: Path,
    *,
    precision: str,
    tolerance: float,
    batches: list[Batch],
    write: Callable[[Path], None],
    read: Callable[[Path], ExportedRecogniser],
) -> Export:
    """Write a file beside its place, compare, and move it there; or leave nothing.

    Raises:
        CheckpointError: It says something else than torch.
    """
    with create_path(file) as part:
        write(part)
        difference = _compare(Described(form.branch.eval()), read(part), batches)
        if not difference < tolerance:
            raise CheckpointError(
                f"{file}: the exported model differs from torch by {difference:.2g} of the "
                f"features' length; expected less than {tolerance}. Nothing was kept."
            )
        megabytes = part.stat().st_size / 1e6
    compared = sum(len(joints) for joints, _ in batches)
    return Export(str(file), precision, megabytes, difference, compared)


@torch.inference_mode()
def _compare(model: nn.Module, exported: ExportedRecogniser, batches: list[Batch]) -> float:
    worst = 0.0
    for joints, present in batches:
        expected = model(torch.from_numpy(joints), torch.from_numpy(present))[0].numpy()
        found = exported.run(joints, present).pooled
        apart = np.linalg.norm(found - expected, axis=1) / np.linalg.norm(expected, axis=1)
        worst = max(worst, float(apart.max()))
    return worst
