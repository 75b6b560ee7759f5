"""The whole objective of a step: the paper's three terms, and ours if asked for."""

from dataclasses import dataclass

from pytorch_metric_learning.losses import SupConLoss
from torch import Tensor

from crossglg.guidance.losses import LossWeights, calibration_loss, classification_loss
from crossglg.guidance.model import GuidedOutput
from crossglg.shapes import KeyJoints, Labels, Logits
from crossglg.training.batches import Batch

_CONTRAST_TEMPERATURE = 0.1


@dataclass(frozen=True)
class StepResult:
    """The loss of a batch and what it is made of.

    Attributes:
        loss: What is minimised.
        terms: Each term before weighting, and the accuracies of both branches, all detached.
    """

    loss: Tensor
    terms: dict[str, Tensor]


class Objective:
    """L = L_s + w_cal L_calibrate + w_int L_c + w_con L_contrast.

    Args:
        weights: The weights.
    """

    def __init__(self, weights: LossWeights) -> None:
        self.weights = weights
        self.contrast = SupConLoss(temperature=_CONTRAST_TEMPERATURE)

    def __call__(
        self, output: GuidedOutput, batch: Batch, key_joints: KeyJoints | None
    ) -> StepResult:
        """Judge both branches on a batch; ``key_joints`` (N V) are those of the clips' classes."""
        weights, plain, labels = self.weights, output.plain, batch.labels
        smoothing = weights.label_smoothing
        loss = classification_loss(plain.logits.float(), labels, label_smoothing=smoothing)
        terms = {"loss_plain": loss, "accuracy_plain": accuracy(plain.logits, labels)}
        if plain.importance is not None and key_joints is not None:
            calibrate = calibration_loss(
                plain.importance, key_joints, batch.present, over=weights.calibrate_over
            )
            terms["loss_calibrate"] = calibrate
            loss = loss + weights.calibrate * calibrate
        if output.fused_logits is not None:
            interact = classification_loss(
                output.fused_logits.float(), labels, label_smoothing=smoothing
            )
            terms["loss_fused"] = interact
            terms["accuracy_fused"] = accuracy(output.fused_logits, labels)
            loss = loss + weights.interact * interact
        if weights.contrast > 0:
            contrast = self.contrast(plain.embedding.float(), labels)
            terms["loss_contrast"] = contrast
            loss = loss + weights.contrast * contrast
        return StepResult(loss, {"loss": loss.detach()} | {k: v.detach() for k, v in terms.items()})


def accuracy(logits: Logits, labels: Labels) -> Tensor:
    """Share of right answers, in percent."""
    return (logits.argmax(dim=-1) == labels).float().mean() * 100
