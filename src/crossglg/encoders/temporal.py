"""Multi-scale temporal convolution: four looks at a joint's course through time, side by side."""

from typing import cast

import torch
from einops import rearrange
from torch import Tensor, nn

from crossglg.encoders.folding import Foldable
from crossglg.encoders.merged import convolve_pointwise, normalise
from crossglg.shapes import DeepFeatures, Features

_KERNEL = 5
_DILATIONS = (1, 2)


class MultiScaleTemporal(Foldable):
    """Two dilated convolutions, a maximum and a plain copy, a quarter of the channels each.

    Source: Liu et al., Disentangling and Unifying Graph Convolutions, CVPR 2020, as reduced by
    Chen et al., ICCV 2021; shared by InfoGCN (section 4) and HD-GCN.

    Args:
        in_dim: Feature width that comes in.
        out_dim: Feature width that goes out, a multiple of four.
        stride: Every how many frames are kept.
        rectify: Whether it ends in a ReLU.
    """

    def __init__(
        self, in_dim: int, out_dim: int, *, stride: int = 1, rectify: bool = False
    ) -> None:
        super().__init__()
        self.stride = stride
        self.rectify = rectify
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
        tokens = rearrange(features, "b d t v -> b t v d")
        reduced = convolve_pointwise(tokens, [look[0] for look in looking])
        reduced = normalise(reduced, [look[1] for look in looking], rectify=True)
        near, far, loud = rearrange(reduced, "b t v d -> b d t v").chunk(len(looking), dim=1)
        if torch.compiler.is_compiling():  # or convolutions copy them, forwards and backwards
            near, far = (x.contiguous(memory_format=torch.channels_last) for x in (near, far))
        one, other = cast(TemporalConvolution, first[3]), cast(TemporalConvolution, second[3])
        looks = [_as_tokens(x) for x in (one.conv(near), other.conv(far), maximum[3](loud))]
        copied = convolve_pointwise(tokens[:, :: self.stride], [copy[0]])
        seen = torch.cat([*looks, copied], dim=-1)
        norms = (one.bn, other.bn, maximum[4], copy[1])
        moved = normalise(seen, norms, rectify=self.rectify)
        return rearrange(moved, "b t v d -> b d t v")

    def folded(self) -> nn.Module:
        """See ``in_use/temporal.py``."""
        from crossglg.encoders.in_use.temporal import FoldedTemporal

        return FoldedTemporal(self)


class TemporalConvolution(Foldable):
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

    def folded(self) -> nn.Module:
        """See ``in_use/temporal.py``."""
        from crossglg.encoders.in_use.temporal import FoldedConvolution

        return FoldedConvolution(self)


def _as_tokens(features: Tensor) -> Tensor:
    return rearrange(features, "b d t v -> b t v d")


def _reduce(in_dim: int, out_dim: int, *, stride: int = 1) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    convolution = nn.Conv2d(in_dim, out_dim, 1, stride=(stride, 1))
    nn.init.kaiming_normal_(convolution.weight, mode="fan_out")
    convolution.bias = nn.Parameter(torch.zeros(out_dim))
    return convolution, nn.BatchNorm2d(out_dim)
