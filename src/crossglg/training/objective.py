"""The whole objective of a step: the paper's three terms, and those of ours and of rivals."""

from dataclasses import dataclass

import torch
from torch import Tensor

from crossglg.guidance.losses import (
    LossWeights,
    bottleneck_loss,
    calibration_loss,
    classification_loss,
    contrast_loss,
)
from crossglg.guidance.model import GuidedOutput
from crossglg.guidance.part_contrast import part_contrast_loss
from crossglg.shapes import KeyJoints, Labels, Logits
from crossglg.training.batches import Batch
from crossglg.training.episode import episode_loss


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
    """L = L_s + w_cal L_calibrate + w_int L_c, and further terms whose weight is not zero.

    Args:
        weights: The weights.
    """

    def __init__(self, weights: LossWeights) -> None:
        self.weights = weights

    def __call__(
        self, output: GuidedOutput, batch: Batch, key_joints: KeyJoints | None
    ) -> StepResult:
        """Judge a batch; ``key_joints`` (N V) are those of the clips' classes."""
        weights, labels = self.weights, batch.labels
        losses = self._paper_terms(output, batch, key_joints)
        embedding = output.plain.embedding.float()
        if output.part_logits is not None:
            losses["part_contrast"] = part_contrast_loss(output.part_logits.float(), labels)
        if output.code is not None:
            code, prior = output.code
            losses["bottleneck"] = bottleneck_loss(code.float(), prior, labels)
        if weights.contrast > 0:
            losses["contrast"] = contrast_loss(embedding, labels)
        if weights.episode > 0:
            losses["episode"] = episode_loss(embedding, labels)
        factors = {
            "plain": weights.classify,
            "calibrate": weights.calibrate,
            "fused": weights.interact,
            "part_contrast": weights.part_contrast,
            "bottleneck": weights.bottleneck,
            "contrast": weights.contrast,
            "episode": weights.episode,
        }
        loss = torch.stack([factors[name] * value for name, value in losses.items()]).sum()
        terms = {f"loss_{name}": value for name, value in losses.items()}
        terms["accuracy_plain"] = accuracy(output.plain.logits, labels)
        if output.fused_logits is not None:
            terms["accuracy_fused"] = accuracy(output.fused_logits, labels)
        told = {name: term.detach() for name, term in terms.items()}
        return StepResult(loss, {"loss": loss.detach(), **told})

    def _paper_terms(
        self, output: GuidedOutput, batch: Batch, key_joints: KeyJoints | None
    ) -> dict[str, Tensor]:
        weights, plain, labels = self.weights, output.plain, batch.labels
        smoothing = weights.label_smoothing
        losses = {
            "plain": classification_loss(plain.logits.float(), labels, label_smoothing=smoothing)
        }
        if plain.importance is not None and key_joints is not None:
            losses["calibrate"] = calibration_loss(
                plain.importance.float(), key_joints, batch.present, over=weights.calibrate_over
            )
        if output.fused_logits is not None:
            losses["fused"] = classification_loss(
                output.fused_logits.float(), labels, label_smoothing=smoothing
            )
        return losses


def accuracy(logits: Logits, labels: Labels) -> Tensor:
    """Share of right answers, in percent."""
    return (logits.argmax(dim=-1) == labels).float().mean() * 100
