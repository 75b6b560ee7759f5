"""PatchGCN's block, for use."""

import torch
from einops import rearrange
from torch import Tensor, nn

from crossglg.encoders.folding import absorb, fold
from crossglg.encoders.patchgcn import PatchBlock
from crossglg.shapes import DeepFeatures, Features, JointWeights


class FoldedPatchBlock(nn.Module):
    """A ``PatchBlock`` for use: batch norms in its products, and as few steps as there can be.

    For a single clip the products take less time than a framework does to get from one to the
    next.
    """

    links: Tensor

    def __init__(self, block: PatchBlock) -> None:
        super().__init__()
        self.register_buffer("links", rearrange(block.links, "s u v -> 1 (u s) v").contiguous())
        self.mix = absorb(block.mix, block.norm_space)
        self.time = absorb(block.time, block.norm_time)
        self.shortcut = fold(block.shortcut)

    def forward(
        self, features: Features, joint_weights: JointWeights | None = None
    ) -> DeepFeatures:
        """(B D T V) -> (B D' T/stride V)."""
        batch, width, frame_count, joint_count = features.shape
        frames = features.permute(0, 2, 3, 1).reshape(-1, joint_count, width)
        heard = self.links @ frames
        mixed = torch.relu_(self.mix(heard.view(-1, self.mix.weight.shape[1])))
        mixed = mixed.view(batch, frame_count, joint_count, -1).permute(0, 3, 1, 2)
        if joint_weights is not None:
            mixed = mixed * joint_weights[:, None, None]
        return torch.relu_(self.time(mixed).add_(self.shortcut(features)))
