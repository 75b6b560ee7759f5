"""The block that graph encoders share: joints exchange features, then each moves on in time."""

import torch
from einops import rearrange
from torch import nn

from crossglg.encoders.temporal import MultiScaleTemporal, TemporalConvolution
from crossglg.shapes import DeepFeatures, Features, JointWeights


class SpaceTimeBlock(nn.Module):
    """Space, then time, with a shortcut around both.

    Args:
        space: (B D T V) -> (B D' T V).
        in_dim: D.
        out_dim: D'.
        stride: Every how many frames are kept.
        rectify_time: Whether the temporal part ends in a ReLU of its own, before the shortcut.
        has_shortcut: Whether there is something to add; not where bare coordinates come in.
    """

    def __init__(
        self,
        space: nn.Module,
        *,
        in_dim: int,
        out_dim: int,
        stride: int,
        rectify_time: bool = False,
        has_shortcut: bool = True,
    ) -> None:
        super().__init__()
        self.space = space
        self.time = MultiScaleTemporal(out_dim, out_dim, stride=stride)
        self.rectify_time = rectify_time
        self.shortcut: nn.Module | None = None
        if has_shortcut:
            unchanged = in_dim == out_dim and stride == 1
            self.shortcut = (
                nn.Identity()
                if unchanged
                else TemporalConvolution(in_dim, out_dim, kernel=1, stride=stride)
            )

    def forward(
        self, features: Features, joint_weights: JointWeights | None = None
    ) -> DeepFeatures:
        """(B D T V) -> (B D' T/stride V)."""
        mixed = self.space(features)
        if joint_weights is not None:  # here the guidance comes in
            mixed = mixed * rearrange(joint_weights, "b v -> b 1 1 v")
        moved = self.time(mixed)
        moved = torch.relu(moved) if self.rectify_time else moved
        return torch.relu(moved if self.shortcut is None else moved + self.shortcut(features))
