"""The terms of the objective, one function each: L = L_s + 0.5 L_calibrate + 0.2 L_c."""

from dataclasses import dataclass, fields
from math import inf
from typing import Literal

import torch
from einops import rearrange
from torch import Tensor, nn

from crossglg.errors import check_ranges
from crossglg.shapes import Embedding, JointWeights, KeyJoints, Labels, Logits, Present

Reduction = Literal["sum", "mean"]

_CONTRAST_TEMPERATURE = 0.1
_MARGINAL_SHARE = 1e-3  # InfoGCN: 1e-4 beside 0.1


@dataclass(frozen=True, kw_only=True)
class LossWeights:
    """How much each term counts.

    Attributes:
        classify: Weight of the plain branch's cross-entropy.
        calibrate: Weight of the calibration of joint importance (the paper's 0.5).
        interact: Weight of the interaction branch's cross-entropy (the paper's 0.2).
        contrast: Weight of a supervised contrastive term on the embedding (ours; 0 is the paper).
        episode: Weight of a prototypical term on the embedding (a rival; 0 is the paper).
        part_contrast: Weight of GAP's term where guidance is ``gap`` (GAP's 0.8).
        bottleneck: Weight of the pull of codes to their class's prior, where the head is
            InfoGCN's own (InfoGCN's 0.1).
        label_smoothing: Of both cross-entropies (InfoGCN's 0.1).
        calibrate_over: Whether squared errors are summed or averaged over the joints. The paper
            says MSE; averaged over 25 joints that is below 0.01 from the start and teaches
            nothing beside a cross-entropy of 4.6, hence the sum.
    """

    classify: float = 1.0
    calibrate: float = 0.5
    interact: float = 0.2
    contrast: float = 0.0
    episode: float = 0.0
    part_contrast: float = 0.8
    bottleneck: float = 0.1
    label_smoothing: float = 0.1
    calibrate_over: Reduction = "sum"

    def __post_init__(self) -> None:
        weights = {field.name: (0, inf) for field in fields(self)}
        del weights["calibrate_over"]
        check_ranges(self, {**weights, "label_smoothing": (0, 1)}, where="loss")


def classification_loss(logits: Logits, labels: Labels, *, label_smoothing: float) -> Tensor:
    """L_s and L_c: cross-entropy over the base classes."""
    return nn.functional.cross_entropy(logits, labels, label_smoothing=label_smoothing)


def calibration_loss(
    importance: JointWeights, key_joints: KeyJoints, present: Present, *, over: Reduction = "sum"
) -> Tensor:
    """L_calibrate: squared distance of k_out (N*M V) from k_gt (N V), over persons that exist.

    Args:
        importance: k_out, a distribution per person.
        key_joints: k_gt, a distribution per clip.
        present: (N M T); a person seen in no frame is left out.
        over: Sum or mean over the joints.
    """
    predicted = rearrange(importance, "(n m) v -> n m v", n=len(key_joints))
    errors = (predicted - rearrange(key_joints, "n v -> n 1 v")).square()
    per_person = errors.sum(dim=-1) if over == "sum" else errors.mean(dim=-1)
    exists = present.any(dim=-1).to(per_person.dtype)
    return (per_person * exists).sum() / exists.sum().clamp(min=1.0)


def contrast_loss(embedding: Embedding, labels: Labels) -> Tensor:
    """How surely each clip (N D) picks those of its class from all others, by cosine.

    Source: Khosla et al., Supervised Contrastive Learning, NeurIPS 2020, L_out. Clips that are
    alone in their class pick nothing. Nothing hangs on how many there are, so that a GPU is never
    waited for.
    """
    unit = nn.functional.normalize(embedding, dim=-1)
    itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    likeness = unit @ unit.T / _CONTRAST_TEMPERATURE
    likeness = likeness.masked_fill(itself, torch.finfo(likeness.dtype).min)
    surprise = likeness.logsumexp(dim=-1, keepdim=True) - likeness
    mates = (labels[:, None] == labels) & ~itself
    count = mates.sum(dim=-1)
    losses = surprise.where(mates, 0.0).sum(dim=-1) / count.clamp(min=1)
    return losses.sum() / (count > 0).sum().clamp(min=1)


def bottleneck_loss(code: Embedding, prior: Tensor, labels: Labels) -> Tensor:
    """InfoGCN's marginal terms: codes of a class gather at its prior, all codes around zero.

    Source: InfoGCN, section 3.2: squared distance of the mean code of each class in the batch
    from its row of ``prior`` (K D), and the length of the mean of all codes, which counts a
    thousandth of that. As above, a GPU is not waited for.
    """
    member = nn.functional.one_hot(labels, len(prior)).to(code.dtype)
    count = member.sum(dim=0)
    means = (member / count.clamp(min=1)).T @ code
    errors = (means - prior.to(code.dtype)).square().mean(dim=1)
    seen = (count > 0).to(code.dtype)
    conditional = (errors * seen).sum() / seen.sum()
    return conditional + _MARGINAL_SHARE * code.mean(dim=0).norm()
