"""One pass over the base clips."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from crossglg.denormals import flush_denormals
from crossglg.errors import DivergenceError
from crossglg.guidance.model import CrossGLG
from crossglg.training.batches import BalancedBatches, Batch
from crossglg.training.config import TrainingConfig
from crossglg.training.lessons import Lessons
from crossglg.training.means import Means
from crossglg.training.objective import accuracy
from crossglg.training.optimizer import learning_rate_at

if TYPE_CHECKING:
    from lightning_fabric import Fabric
    from lightning_fabric.wrappers import _FabricModule, _FabricOptimizer

StepProgress = Callable[[int, int, Mapping[str, float]], None]
"""Called after every step: steps done, steps in all, the epoch's means so far.

To read a mean is to wait for the device; whoever shows them should not do so at every step.
"""


@dataclass(frozen=True)
class EpochRunner:
    """Everything a pass needs; the model inside changes, this does not.

    Attributes:
        fabric: Where and in which precision.
        model: The guided model with what judges it, set up by ``fabric``.
        optimizer: Likewise.
        sampler: Decides the clips of each batch.
        batches: Loads them.
        config: Epochs, learning rate, clipping.
    """

    fabric: "Fabric"
    model: "_FabricModule"
    optimizer: "_FabricOptimizer"
    sampler: BalancedBatches
    batches: Iterable[Batch]
    config: TrainingConfig

    def run(self, epoch: int, progress: StepProgress | None) -> dict[str, float]:
        """Train for one epoch and return its mean numbers.

        All randomness depends on the seed and the epoch, so an epoch that is run again after a
        restart is the same epoch.

        Raises:
            DivergenceError: The numbers are finite no more.
        """
        torch.manual_seed(self.config.seed * 100_003 + epoch)
        # A number is drawn and dropped, as the loader once did here, so that older runs repeat bit
        # for bit.
        torch.empty((), dtype=torch.int64).random_()
        self.sampler.epoch = epoch
        self.model.train()
        means = Means()
        step_count = len(self.sampler)
        for step, batch in enumerate(self.batches, start=1):
            with flush_denormals():
                means.add(self.step(batch.to(self.fabric.device), epoch + step / step_count))
            if progress is not None:
                progress(epoch * step_count + step, self.config.epochs * step_count, means)
        numbers = dict(means)
        if not all(isfinite(value) for value in numbers.values()):
            raise DivergenceError(
                f"Training diverged in epoch {epoch}: {_describe(numbers)}. Start a run with a "
                f"training.learning_rate below {self.config.learning_rate:g}, or a longer "
                "training.warmup_epochs."
            )
        return numbers | {"learning_rate": self.optimizer.param_groups[0]["lr"]}

    def step(self, batch: Batch, epoch: float) -> dict[str, Tensor]:
        """One step of the optimiser; returns the terms of the loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate_at(self.config, epoch)
        loss, terms = self.model(batch.clips, batch.present, batch.labels)
        self.optimizer.zero_grad()
        self.fabric.backward(loss)
        if self.config.clip_norm > 0:
            norm = self.fabric.clip_gradients(
                *(self.model, self.optimizer),
                max_norm=self.config.clip_norm,
                error_if_nonfinite=False,  # to look at it here would be to wait for the device
            )
            assert norm is not None
            terms = terms | {"gradient_norm": norm.detach()}
        self.optimizer.step()
        return terms


def _describe(numbers: Mapping[str, float]) -> str:
    wrong = [f"{name} is {value}" for name, value in numbers.items() if not isfinite(value)]
    return ", ".join(wrong)


@torch.no_grad()
def text_only_accuracy(model: CrossGLG, lessons: Lessons) -> float:
    """How often (percent) the interaction branch names the class when it sees no skeleton.

    High values mean that the branch is solved by its texts; then it teaches the encoder little.
    """
    assert model.interaction is not None
    model.eval()
    lessons = lessons.to(next(model.parameters()).device)
    joint_count = lessons.joint_texts.shape[1]
    width = model.plain.encoder.feature_dim
    nothing = torch.zeros(
        (len(lessons.joint_texts), joint_count, width), device=lessons.joint_texts.device
    )
    logits = model.plain.classifier(model.interaction(lessons.joint_texts, nothing))
    labels = torch.arange(len(logits), device=logits.device)
    return float(accuracy(logits, labels))
