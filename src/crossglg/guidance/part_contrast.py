"""GAP's way to teach with words: pull each body part's feature to the text about that part.

Source: Xiang et al., Generative Action Description Prompts for Skeleton-based Action Recognition,
ICCV 2023, section 3.3. Training only, on any encoder. Where GAP asks a language model for one
sentence per body part, the texts of the part's joints are averaged here, so that both methods
are taught by the same words.
"""

from math import log

import torch
from einops import einsum
from torch import Tensor, nn

from crossglg.shapes import JointFeatures, JointTexts, Labels, PartLogits
from crossglg.skeleton.layout import Layout

_TEMPERATURE = 0.1  # GAP starts here and learns it


class PartTextContrast(nn.Module):
    """Compares every clip of a batch with the texts of every clip of it, part by part.

    Args:
        layout: Says which joint belongs to which body part.
        text_dim: Width W of the text vectors.
        feature_dim: Width D of the joints' features.
    """

    members: Tensor

    def __init__(self, layout: Layout, *, text_dim: int, feature_dim: int) -> None:
        super().__init__()
        parts = layout.parts.values()
        members = torch.tensor([[float(j in part) for j in layout.joints] for part in parts])
        self.register_buffer("members", members / members.sum(1, keepdim=True), persistent=False)
        self.project = nn.ModuleList(nn.Linear(feature_dim, text_dim) for _ in parts)
        self.log_scale = nn.Parameter(torch.tensor(log(1 / _TEMPERATURE)))

    def forward(self, joint_texts: JointTexts, joint_features: JointFeatures) -> PartLogits:
        """(N V W) and (N V D) -> (P N N): for each part, clips against texts."""
        texts = einsum(self.members, joint_texts, "p v, n v w -> p n w")
        features = einsum(self.members, joint_features, "p v, n v d -> p n d")
        spoken = torch.stack(
            [project(part) for project, part in zip(self.project, features, strict=True)]
        )
        texts, spoken = (nn.functional.normalize(each, dim=-1) for each in (texts, spoken))
        return self.log_scale.exp() * einsum(spoken, texts, "p n w, p m w -> p n m")


def part_contrast_loss(logits: PartLogits, labels: Labels) -> Tensor:
    """Mean over parts and both directions of KL(same class || softmax of likeness).

    Several clips of a batch are of one class: each of them is a right answer.
    """
    same = (labels[:, None] == labels[None, :]).to(logits.dtype)
    target = (same / same.sum(dim=1, keepdim=True)).expand_as(logits)
    directions = (logits, logits.transpose(1, 2))
    losses = [
        nn.functional.kl_div(each.log_softmax(dim=-1), target, reduction="none").sum(-1).mean()
        for each in directions
    ]
    return torch.stack(losses).mean()
