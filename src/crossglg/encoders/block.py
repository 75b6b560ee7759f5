"""The block that graph encoders share: joints exchange features, then each moves on in time."""

from collections.abc import Sequence

import torch
from einops import rearrange
from torch import nn

from crossglg.encoders.folding import Foldable, Row
from crossglg.encoders.temporal import MultiScaleTemporal, TemporalConvolution
from crossglg.shapes import DeepFeatures, Features, JointWeights


def double_widths(width: int, *, at: Sequence[int], block_count: int) -> tuple[int, ...]:
    """The feature width of every block, doubled from each of the blocks numbered ``at`` on."""
    return tuple(width * 2 ** sum(n >= number for number in at) for n in range(block_count))


def make_shortcut(in_dim: int, out_dim: int) -> nn.Module:
    """What is added to what joints hear: their own features, brought to the new width."""
    if in_dim == out_dim:
        return nn.Identity()
    return Row(nn.Conv2d(in_dim, out_dim, 1), nn.BatchNorm2d(out_dim))


class SpaceTimeBlock(Foldable):
    """Space, then time, with a shortcut around both.

    Args:
        space: (B D T V) -> (B D' T V).
        in_dim: D.
        out_dim: D'.
        stride: Every how many frames are kept.
        rectify_time: Whether the temporal part ends in a ReLU of its own, before the shortcut.
        rectified: Whether nothing that comes in is below zero, as behind another such block.
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
        rectified: bool = False,
        has_shortcut: bool = True,
    ) -> None:
        super().__init__()
        self.space = space
        self.time = MultiScaleTemporal(out_dim, out_dim, stride=stride, rectify=rectify_time)
        self.shortcut: nn.Module | None = None
        unchanged = in_dim == out_dim and stride == 1
        # A sum of what is nowhere below zero needs no ReLU, forwards or backwards.
        self.rectify = not (has_shortcut and unchanged and rectify_time and rectified)
        if has_shortcut:
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
        moved = moved if self.shortcut is None else moved + self.shortcut(features)
        return torch.relu(moved) if self.rectify else moved

    def folded(self) -> nn.Module:
        """See ``in_use/block.py``."""
        from crossglg.encoders.in_use.block import FoldedBlock

        return FoldedBlock(self)
