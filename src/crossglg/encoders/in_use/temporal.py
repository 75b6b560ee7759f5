"""Convolutions along time, for use."""

from typing import cast

import torch
from einops import rearrange
from torch import Tensor, nn

from crossglg.encoders.folding import (
    absorb,
    becomes_loops,
    make_linear,
    put_side_by_side,
    read_affine,
)
from crossglg.encoders.temporal import MultiScaleTemporal, TemporalConvolution
from crossglg.shapes import DeepFeatures, Features


class FoldedTemporal(nn.Module):
    """A ``MultiScaleTemporal`` for use: one product, two convolutions, one maximum."""

    floor: Tensor

    def __init__(self, layer: MultiScaleTemporal) -> None:
        super().__init__()
        first, second, maximum, copy = (cast(nn.Sequential, branch) for branch in layer.branches)
        looking = (first, second, maximum)
        self.reduce = put_side_by_side(
            *(absorb(look[0], look[1]) for look in looking), absorb(copy[0], copy[1])
        )
        # What is looked at has a ReLU behind its product, the copy has none.
        floor = torch.tensor([0.0, 0.0, 0.0, -torch.inf])
        floor = floor.repeat_interleave(self.reduce.out_features // len(floor))
        self.register_buffer("floor", floor)
        self.near = FoldedConvolution(cast(TemporalConvolution, first[3]))
        self.far = FoldedConvolution(cast(TemporalConvolution, second[3]))
        gain, shift = read_affine(maximum[4])
        self.gain, self.shift = nn.Parameter(gain), nn.Parameter(shift)
        self.stride, self.rectify = layer.stride, layer.rectify

    def forward(self, features: Features) -> DeepFeatures:
        """(B D T V) -> (B D' T/stride V)."""
        tokens = features.permute(0, 2, 3, 1)
        reduced = self.reduce(tokens).clamp_min_(self.floor)
        near, far, loud, copy = reduced.chunk(4, dim=-1)
        looks = (
            self.near(near.permute(0, 3, 1, 2)).permute(0, 2, 3, 1),
            self.far(far.permute(0, 3, 1, 2)).permute(0, 2, 3, 1),
            torch.addcmul(self.shift, _find_loudest(loud, stride=self.stride), self.gain),
            copy[:, :: self.stride],
        )
        moved = torch.cat(looks, dim=-1).permute(0, 3, 1, 2)
        return moved.relu_() if self.rectify else moved


class FoldedConvolution(nn.Module):
    """A ``TemporalConvolution`` for use; in generated code one product.

    Each frame is laid beside those that its kernel reaches, in the loop that makes them; a product
    of such rows takes a single clip half as long as a call of the convolution.
    """

    def __init__(self, layer: TemporalConvolution) -> None:
        super().__init__()
        convolution = cast(nn.Conv2d, absorb(layer.conv, layer.bn))
        self.convolution = convolution
        taps = rearrange(convolution.weight, "e d k 1 -> e (k d)")
        self.product = make_linear(taps, cast(Tensor, convolution.bias))

    def forward(self, features: Features) -> DeepFeatures:
        """(B D T V) -> (B D' T/stride V)."""
        if not becomes_loops():
            convolved: Tensor = self.convolution(features)
            return convolved
        kernel, stride = self.convolution.kernel_size[0], self.convolution.stride[0]
        dilation, padding = self.convolution.dilation[0], int(self.convolution.padding[0])
        tokens, count = features.permute(0, 2, 3, 1), features.shape[2]
        padded = nn.functional.pad(tokens, (0, 0, 0, 0, padding, padding))
        starts = range(0, kernel * dilation, dilation)
        reached = [padded[:, start : start + count : stride] for start in starts]
        return self.product(torch.cat(reached, dim=-1)).permute(0, 3, 1, 2)


def _find_loudest(tokens: Tensor, *, stride: int) -> Tensor:
    """(B T V D), none below zero -> the largest of each frame and the two beside it.

    Pooling layers also note where it was, which takes them several times as long.
    """
    count = tokens.shape[1]
    padded = nn.functional.pad(tokens, (0, 0, 0, 0, 1, 1))
    before, here, after = (padded[:, shift : shift + count : stride] for shift in range(3))
    return torch.maximum(torch.maximum(before, here), after)
