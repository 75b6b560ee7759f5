"""Multi-scale temporal convolution: four looks at a joint's course through time, side by side."""

from typing import cast

import torch
from torch import Tensor, nn

from crossglg.encoders.merged import convolve_pointwise, normalise
from crossglg.shapes import DeepFeatures, Features

_KERNEL = 5
_DILATIONS = (1, 2)


class MultiScaleTemporal(nn.Module):
    """Two dilated convolutions, a maximum and a plain copy, a quarter of the channels each.

    Source: Liu et al., Disentangling and Unifying Graph Convolutions, CVPR 2020, as reduced by
    Chen et al., ICCV 2021; shared by InfoGCN (section 4) and HD-GCN.

    Args:
        in_dim: Feature width that comes in.
        out_dim: Feature width that goes out, a multiple of four.
        stride: Every how many frames are kept.
    """

    def __init__(self, in_dim: int, out_dim: int, *, stride: int = 1) -> None:
        super().__init__()
        width = out_dim // (len(_DILATIONS) + 2)
        convolutions = [
            nn.Sequential(
                *_reduce(in_dim, width),
                nn.ReLU(),
                TemporalConvolution(width, width, kernel=_KERNEL, stride=stride, dilation=dilation),
            )
            for dilation in _DILATIONS
        ]
        maximum = nn.Sequential(
            *_reduce(in_dim, width),
            nn.ReLU(),
            nn.MaxPool2d((3, 1), stride=(stride, 1), padding=(1, 0)),
            nn.BatchNorm2d(width),
        )
        copy = nn.Sequential(*_reduce(in_dim, width, stride=stride))
        self.branches = nn.ModuleList([*convolutions, maximum, copy])

    def forward(self, features: Features) -> DeepFeatures:
        """(B D T V) -> (B D' T/stride V)."""
        first, second, maximum, copy = (cast(nn.Sequential, branch) for branch in self.branches)
        looking = (first, second, maximum)
        reduced = convolve_pointwise(features, [look[0] for look in looking])
        reduced = torch.relu(normalise(reduced, [look[1] for look in looking]))
        near, far, loud = reduced.chunk(len(looking), dim=1)
        one, other = cast(TemporalConvolution, first[3]), cast(TemporalConvolution, second[3])
        seen = (one.conv(near), other.conv(far), maximum[3](loud), copy[0](features))
        return normalise(torch.cat(seen, dim=1), (one.bn, other.bn, maximum[4], copy[1]))


class TemporalConvolution(nn.Module):
    """A convolution along time and its batch norm; frames beyond the ends count as zero."""

    def __init__(
        self, in_dim: int, out_dim: int, *, kernel: int, stride: int = 1, dilation: int = 1
    ) -> None:
        super().__init__()
        padding = (kernel + (kernel - 1) * (dilation - 1) - 1) // 2
        self.conv = nn.Conv2d(
            in_dim,
            out_dim,
            (kernel, 1),
            stride=(stride, 1),
            padding=(padding, 0),
            dilation=(dilation, 1),
        )
        self.bn = nn.BatchNorm2d(out_dim)
        # The authors' gain; with ReLU and batch norm around, only the first steps depend on it.
        nn.init.kaiming_normal_(self.conv.weight, mode="fan_out")
        self.conv.bias = nn.Parameter(torch.zeros(out_dim))

    def forward(self, features: Features) -> DeepFeatures:
        """(B D T V) -> (B D' T/stride V)."""
        normalised: Tensor = self.bn(self.conv(features))
        return normalised


def _reduce(in_dim: int, out_dim: int, *, stride: int = 1) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    convolution = nn.Conv2d(in_dim, out_dim, 1, stride=(stride, 1))
    nn.init.kaiming_normal_(convolution.weight, mode="fan_out")
    convolution.bias = nn.Parameter(torch.zeros(out_dim))
    return convolution, nn.BatchNorm2d(out_dim)
