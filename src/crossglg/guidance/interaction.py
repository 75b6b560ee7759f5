"""Local to global: joints and the texts about them are woven into one representation.

Source: CrossGLG section 3 (cross-modal interaction), training only. In each of M blocks::

    text   <- text + self-attention among the joints' texts
    looked <- cross-attention: texts ask, the skeleton's joints answer
    text   <- fuse(text, looked), then MLP

and the mean over the joints goes to the classifier that the skeleton branch uses too.

The branch is told the text of the right class, so it could name the class without looking at the
skeleton; then nothing reaches the encoder (method page, 1.7). Two things stand against it:
``text_dropout`` hides all texts of a clip in training, and fusion ``skeleton`` drops the text's
own path, so that words only choose where to look and never what is seen.
"""

from dataclasses import dataclass
from math import inf
from typing import Literal

import torch
from einops import reduce
from torch import Tensor, nn

from crossglg.errors import ConfigError, check_ranges
from crossglg.shapes import Embedding, JointFeatures, JointTexts

Fusion = Literal["sum", "skeleton"]

_RANGES = {
    "blocks": (1, inf),
    "heads": (1, inf),
    "expansion": (1, inf),
    "dropout": (0, 1),
    "text_dropout": (0, 1),
}


@dataclass(frozen=True, kw_only=True)
class InteractionConfig:
    """The paper gives none of these numbers.

    Attributes:
        blocks: M, how many interaction blocks follow one another.
        heads: Attention heads.
        expansion: Width of the MLP's hidden layer, as a multiple of the feature width.
        dropout: Inside attention and MLP.
        text_dropout: Probability that a clip's texts are all replaced by a learned blank.
        fusion: ``sum`` adds text and looked-up skeleton as the paper does; ``skeleton`` keeps the
            latter only.
    """

    blocks: int = 2
    heads: int = 4
    expansion: int = 2
    dropout: float = 0.1
    text_dropout: float = 0.5
    fusion: Fusion = "sum"

    def __post_init__(self) -> None:
        check_ranges(self, _RANGES, where="model.interaction")


class CrossModalInteraction(nn.Module):
    """Makes one representation of a clip's joints and the texts about these joints.

    Args:
        text_dim: Width W of the text vectors.
        feature_dim: Width D of the joints' features and of the result.
        config: Everything else.

    Raises:
        ConfigError: The heads cannot share D evenly.
    """

    def __init__(self, text_dim: int, feature_dim: int, *, config: InteractionConfig) -> None:
        super().__init__()
        if feature_dim % config.heads:
            raise ConfigError(
                f"model.interaction.heads: expected a divisor of {feature_dim}, the width of the "
                f"encoder's features, found {config.heads}; choose other heads or another width."
            )
        self.text_dropout = config.text_dropout
        self.project_text = nn.Sequential(nn.LayerNorm(text_dim), nn.Linear(text_dim, feature_dim))
        self.project_joints = nn.Linear(feature_dim, feature_dim)
        self.blank = nn.Parameter(torch.zeros(feature_dim))
        self.blocks = nn.ModuleList(
            InteractionBlock(feature_dim, config=config) for _ in range(config.blocks)
        )

    def forward(self, joint_texts: JointTexts, joint_features: JointFeatures) -> Embedding:
        """Weave (N V W) and (N V D) into (N D).

        Args:
            joint_texts: One text vector per joint, of the clip's own class.
            joint_features: The skeleton's joints after the last block.
        """
        text = self.hide_some(self.project_text(joint_texts))
        joints = self.project_joints(joint_features)
        for block in self.blocks:
            text = block(text, joints)
        return reduce(text, "n v d -> n d", "mean")

    def hide_some(self, text: Tensor) -> Tensor:
        """Replace all texts (N V D) of some clips by the blank, in training."""
        if not self.training or self.text_dropout == 0:
            return text
        hidden = torch.rand(len(text), 1, 1, device=text.device) < self.text_dropout
        return torch.where(hidden, self.blank.to(text.dtype), text)


class InteractionBlock(nn.Module):
    """Texts look at each other, then at the skeleton; what both say is fused."""

    def __init__(self, dim: int, *, config: InteractionConfig) -> None:
        super().__init__()
        self.fusion: Fusion = config.fusion
        self.norm_text = nn.LayerNorm(dim)
        self.among_texts = nn.MultiheadAttention(
            dim, config.heads, dropout=config.dropout, batch_first=True
        )
        self.norm_query = nn.LayerNorm(dim)
        self.norm_joints = nn.LayerNorm(dim)
        self.text_to_skeleton = nn.MultiheadAttention(
            dim, config.heads, dropout=config.dropout, batch_first=True
        )
        self.mlp = nn.Sequential(
            nn.LayerNorm(dim),
            nn.Linear(dim, config.expansion * dim),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.expansion * dim, dim),
        )

    def forward(self, text: JointFeatures, joints: JointFeatures) -> JointFeatures:
        """(N V D) texts and (N V D) joints -> (N V D), the next block's texts."""
        normed = self.norm_text(text)
        text = text + self.among_texts(normed, normed, normed, need_weights=False)[0]
        seen = self.norm_joints(joints)
        looked = self.text_to_skeleton(self.norm_query(text), seen, seen, need_weights=False)[0]
        fused = looked if self.fusion == "skeleton" else text + looked
        return fused + self.mlp(fused)
