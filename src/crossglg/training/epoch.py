"""One pass over the base clips."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import torch
from lightning_fabric import Fabric
from lightning_fabric.wrappers import _FabricModule, _FabricOptimizer
from torch import Tensor

from crossglg.denormals import flush_denormals
from crossglg.guidance.model import CrossGLG
from crossglg.training.batches import BalancedBatches, Batch
from crossglg.training.config import TrainingConfig
from crossglg.training.lessons import Lessons
from crossglg.training.objective import Objective, accuracy
from crossglg.training.optimizer import learning_rate_at

Progress = Callable[[int, int, Mapping[str, float]], None]
"""Called after every step: steps done, steps in all, the epoch's means so far."""


@dataclass(frozen=True)
class EpochRunner:
    """Everything a pass needs; the model inside changes, this does not.

    Attributes:
        fabric: Where and in which precision.
        model: The guided model, set up by ``fabric``.
        optimizer: Likewise.
        sampler: Decides the clips of each batch.
        batches: Loads them.
        objective: Judges them.
        lessons: Texts per class; None for the bare encoder.
        config: Epochs, learning rate, clipping.
    """

    fabric: Fabric
    model: _FabricModule
    optimizer: _FabricOptimizer
    sampler: BalancedBatches
    batches: Iterable[Batch]
    objective: Objective
    lessons: Lessons | None
    config: TrainingConfig

    def run(self, epoch: int, progress: Progress | None) -> dict[str, float]:
        """Train for one epoch and return its mean numbers.

        All randomness hangs on the seed and the epoch, so an epoch that is run again after a
        restart is the same epoch.
        """
        torch.manual_seed(self.config.seed * 100_003 + epoch)
        self.sampler.epoch = epoch
        self.model.train()
        sums: dict[str, float] = defaultdict(float)
        step_count = len(self.sampler)
        for step, batch in enumerate(self.batches, start=1):
            with flush_denormals():
                terms = self.step(batch.to(self.fabric.device), epoch + step / step_count)
            for name, value in terms.items():
                sums[name] += float(value)
            if progress is not None:
                means = {name: value / step for name, value in sums.items()}
                progress(epoch * step_count + step, self.config.epochs * step_count, means)
        numbers = {name: value / step_count for name, value in sums.items()}
        return numbers | {"learning_rate": self.optimizer.param_groups[0]["lr"]}

    def step(self, batch: Batch, epoch: float) -> dict[str, Tensor]:
        """One step of the optimiser; returns the terms of the loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate_at(self.config, epoch)
        texts = keys = None
        if self.lessons is not None:
            texts = self.lessons.joint_texts[batch.labels]
            keys = self.lessons.key_joints[batch.labels]
        output = self.model(batch.clips, batch.present, texts)
        result = self.objective(output, batch, keys)
        self.optimizer.zero_grad()
        self.fabric.backward(result.loss)
        if self.config.clip_norm > 0:
            self.fabric.clip_gradients(self.model, self.optimizer, max_norm=self.config.clip_norm)
        self.optimizer.step()
        return result.terms


@torch.no_grad()
def text_only_accuracy(model: CrossGLG, lessons: Lessons) -> float:
    """How often (percent) the interaction branch names the class when it sees no skeleton.

    High values mean that the branch is solved by its texts; then it teaches the encoder little.
    """
    assert model.interaction is not None
    model.eval()
    joint_count = lessons.joint_texts.shape[1]
    width = model.plain.encoder.feature_dim
    nothing = torch.zeros(
        (len(lessons.joint_texts), joint_count, width), device=lessons.joint_texts.device
    )
    logits = model.plain.classifier(model.interaction(lessons.joint_texts, nothing))
    labels = torch.arange(len(logits), device=logits.device)
    return float(accuracy(logits, labels))
