"""ST-GCN with its later good practices: fixed bones to begin with, learned links to end with.

Source: Yan et al., Spatial Temporal Graph Convolutional Networks for Skeleton-Based Action
Recognition, AAAI 2018, section 3; links that are learned freely from there and a multi-scale
temporal part follow the description of ST-GCN++ in Duan et al., PYSKL, ACM MM 2022, section 3.
Written from the papers.

    clips (N M T V C) -> what each joint looks like from its ancestors -> batch norm     stem
    block x 10        -> along three kinds of links: itself, inwards, outwards           space
                      -> joint weights, if any                          guidance comes in here
                      -> multi-scale convolution                        time

There is no attention: the same links serve every clip and frame, which is why this is the
fastest encoder here. Deviations: the temporal part is the four-branch one that the other graph
encoders use; absent persons are left out of the averages.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from crossglg.encoders.base import COORDINATES, SkeletonEncoder
from crossglg.encoders.block import SpaceTimeBlock, double_widths, make_shortcut
from crossglg.encoders.graph import bone_links, reach_operator
from crossglg.errors import ConfigError
from crossglg.shapes import Clips, DeepFeatures, Features
from crossglg.skeleton.layout import Layout

_DOUBLING_BLOCKS = (4, 7)
_BLOCK_COUNT = 10


class STGCN(SkeletonEncoder):
    """The encoder of ST-GCN++ without its classifier.

    Args:
        layout: The joints.
        max_persons: The largest M.
        width: Feature width of the first four blocks; doubled after four and after seven.
        reaches: From how many bones up each joint is looked at, as in InfoGCN; several are
            concatenated.

    Raises:
        ConfigError: A reach below one, or a width that is no multiple of four.
    """

    default_n_pre = 5
    operators: Tensor

    def __init__(
        self,
        layout: Layout,
        *,
        max_persons: int = 2,
        width: int = 64,
        reaches: Sequence[int] = (1,),
    ) -> None:
        super().__init__()
        if not reaches or min(reaches) < 1:
            raise ConfigError(f"Expected reaches of at least 1, found {tuple(reaches)}.")
        if width < 1 or width % 4:
            raise ConfigError(f"Expected a width that is a multiple of 4, found {width}.")
        self.layout = layout
        self.max_persons = max_persons
        operators = torch.stack([reach_operator(layout, reach) for reach in reaches])
        self.register_buffer("operators", operators, persistent=False)
        view_dim = COORDINATES * len(reaches)
        self.norm = nn.BatchNorm1d(layout.joint_count * view_dim)
        self.block_dims = double_widths(width, at=_DOUBLING_BLOCKS, block_count=_BLOCK_COUNT)
        self.blocks = nn.ModuleList(
            SpaceTimeBlock(
                LinkConvolution(in_dim, out_dim, links=bone_links(layout)),
                in_dim=in_dim,
                out_dim=out_dim,
                stride=2 if number in _DOUBLING_BLOCKS else 1,
            )
            for number, (in_dim, out_dim) in enumerate(pairwise([view_dim, *self.block_dims]))
        )

    def stem(self, clips: Clips) -> Features:
        """(N M T V C) -> (N*M C*R T V)."""
        views = torch.einsum("ruv,nmtvc->nmturc", self.operators, clips)
        normed = self.norm(rearrange(views, "n m t v r c -> (n m) (v r c) t"))
        features = rearrange(normed, "b (v c) t -> b c t v", v=clips.shape[3])
        return features.contiguous(memory_format=torch.channels_last)


class LinkConvolution(nn.Module):
    """Joints exchange features along links that start as bones and are learned from there."""

    def __init__(self, in_dim: int, out_dim: int, *, links: Float[Tensor, "S V V"]) -> None:
        super().__init__()
        self.links = nn.Parameter(links.clone())
        self.mix = nn.Conv2d(in_dim, len(links) * out_dim, 1)
        self.norm_out = nn.BatchNorm2d(out_dim)
        self.shortcut = make_shortcut(in_dim, out_dim)

    def forward(self, features: Features) -> DeepFeatures:
        """(B D T V) -> (B D' T V)."""
        spoken = rearrange(self.mix(features), "b (s d) t v -> b t (v s) d", s=len(self.links))
        heard = rearrange(self.links, "s u v -> u (v s)").to(spoken.dtype) @ spoken
        heard = rearrange(heard, "b t u d -> b d t u")
        return torch.relu_(self.norm_out(heard) + self.shortcut(features))
