"""The block that graph encoders share, for use."""

from einops import rearrange
from torch import nn

from crossglg.encoders.block import SpaceTimeBlock
from crossglg.encoders.folding import fold
from crossglg.shapes import DeepFeatures, Features, JointWeights


class FoldedBlock(nn.Module):
    """A ``SpaceTimeBlock`` for use: ReLUs and sums in place."""

    def __init__(self, block: SpaceTimeBlock) -> None:
        super().__init__()
        self.space, self.time = fold(block.space), fold(block.time)
        self.shortcut = None if block.shortcut is None else fold(block.shortcut)
        self.rectify = block.rectify

    def forward(
        self, features: Features, joint_weights: JointWeights | None = None
    ) -> DeepFeatures:
        """(B D T V) -> (B D' T/stride V)."""
        mixed = self.space(features)
        if joint_weights is not None:
            mixed.mul_(rearrange(joint_weights, "b v -> b 1 1 v"))
        moved = self.time(mixed)
        moved = moved if self.shortcut is None else moved.add_(self.shortcut(features))
        return moved.relu_() if self.rectify else moved
