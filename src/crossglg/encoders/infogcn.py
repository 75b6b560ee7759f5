"""InfoGCN: graph convolutions whose edges are made by attention among the joints of a frame.

Source: Chi et al., InfoGCN: Representation Learning for Human Skeleton-based Action Recognition,
CVPR 2022, sections 3.3 and 3.4; its head is in ``bottleneck.py``. Written from the paper and from
recorded outputs; the authors' repository has no licence and nothing of it is used.

    clips (N M T V C) -> what each joint looks like from its ancestors, for every reach
                      -> joint embedding + position -> batch norm          stem
    block x 9         -> attention among joints, one topology per head     space
                      -> joint weights, if any                             guidance comes in here
                      -> multi-scale convolution                           time

Deviations: absent persons are left out of the averages (the authors average their zeros in); the
views of several reaches may enter together, as joints and bones side by side.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

import torch
from einops import rearrange
from torch import Tensor, nn

from crossglg.encoders.base import COORDINATES, SkeletonEncoder
from crossglg.encoders.block import SpaceTimeBlock, double_widths, make_shortcut
from crossglg.encoders.folding import Foldable
from crossglg.encoders.graph import reach_operator
from crossglg.encoders.merged import convolve_pointwise, normalise, sum_pointwise
from crossglg.errors import ConfigError
from crossglg.shapes import Clips, DeepFeatures, Features
from crossglg.skeleton.layout import Layout

_HEADS = 3
_DOUBLING_BLOCKS = (3, 6)
_BLOCK_COUNT = 9
_TENSOR_CORE_WIDTH = 8


class InfoGCN(SkeletonEncoder):
    """The encoder of InfoGCN without its head.

    Args:
        layout: The joints.
        max_persons: The largest M.
        width: Feature width of the first three blocks; doubled after three and after six.
        reaches: From how many bones up each joint is looked at: 1 is the bone vector, anything
            beyond the tree's depth the joint itself. Several are concatenated.

    Raises:
        ConfigError: A reach below one, which would make the input zero; or a width that is no
            multiple of eight.
    """

    default_n_pre = 5

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
            raise ConfigError(
                f"Expected reaches of at least 1, found {tuple(reaches)}: reach 0 is I - I, an "
                "input of zeros."
            )
        if width < 1 or width % 8:
            raise ConfigError(f"Expected a width that is a multiple of 8, found {width}.")
        self.layout = layout
        self.max_persons = max_persons
        operators = torch.stack([reach_operator(layout, reach) for reach in reaches])
        self.register_buffer("operators", operators, persistent=False)
        self.embed = nn.Linear(COORDINATES * len(reaches), width)
        self.position = nn.Parameter(torch.randn(1, layout.joint_count, width))
        self.norm = nn.BatchNorm1d(max_persons * layout.joint_count * width)
        self.block_dims = double_widths(width, at=_DOUBLING_BLOCKS, block_count=_BLOCK_COUNT)
        self.blocks = nn.ModuleList(
            SpaceTimeBlock(
                AttentionGraphConvolution(in_dim, out_dim, joint_count=layout.joint_count),
                in_dim=in_dim,
                out_dim=out_dim,
                stride=2 if number in _DOUBLING_BLOCKS else 1,
                rectify_time=True,
                rectified=number > 0,
            )
            for number, (in_dim, out_dim) in enumerate(pairwise([width, *self.block_dims]))
        )

    def stem(self, clips: Clips) -> Features:
        """(N M T V C) -> (N*M D T V)."""
        person_count = clips.shape[1]
        views = torch.einsum("ruv,nmtvc->nmturc", self.operators, clips)
        joints = self.embed(rearrange(views, "n m t v r c -> n m t v (r c)")) + self.position
        joints = nn.functional.pad(joints, (0, 0, 0, 0, 0, 0, 0, self.max_persons - person_count))
        rows = self.norm(rearrange(joints, "n m t v d -> (n t) (m v d)"))
        joints = rearrange(
            *(rows, "(n t) (m v d) -> n m d t v"),
            n=clips.shape[0],
            m=self.max_persons,
            v=clips.shape[3],
        )
        features = rearrange(joints[:, :person_count], "n m d t v -> (n m) d t v")
        return features.contiguous(memory_format=torch.channels_last)


class AttentionGraphConvolution(Foldable):
    """Joints of one frame exchange features along self-attention times a learned topology."""

    own_share: Tensor

    def __init__(self, in_dim: int, out_dim: int, *, joint_count: int) -> None:
        super().__init__()
        self.query_width = in_dim // 8
        self.norm_in = nn.LayerNorm(in_dim)
        self.to_query_key = nn.Linear(in_dim, 2 * self.query_width * _HEADS)
        own_share = torch.eye(_HEADS).repeat_interleave(self.query_width, dim=1)
        self.register_buffer("own_share", own_share / sqrt(self.query_width), persistent=False)
        self.topology = nn.Parameter(torch.eye(joint_count).repeat(_HEADS, 1, 1))
        self.mix = nn.ModuleList(nn.Conv2d(in_dim, out_dim, 1) for _ in range(_HEADS))
        self.norm_out = nn.BatchNorm2d(out_dim)
        self.shortcut = make_shortcut(in_dim, out_dim)
        self._initialise()

    def _initialise(self) -> None:
        """As the authors: wide queries, and a spatial part that starts as nothing but a copy."""
        nn.init.normal_(self.to_query_key.weight, 0.0, 1.0)
        nn.init.constant_(self.norm_out.weight, 1e-6)
        for convolution in self.mix:
            assert isinstance(convolution, nn.Conv2d)
            nn.init.kaiming_normal_(convolution.weight, mode="fan_out")

    def forward(self, features: Features) -> DeepFeatures:
        """(B D T V) -> (B D' T V)."""
        joints = rearrange(features, "b d t v -> b t v d")
        heard = self.attend(joints) @ _make_room(joints)
        heard = rearrange(heard, "b t (v h) d -> b t v (h d)", h=_HEADS)
        mixed = sum_pointwise(heard, self.mix)
        passed = self._pass_by(joints)
        joints = normalise(mixed, [self.norm_out], plus=passed, rectify=True)
        return rearrange(joints, "b t v d -> b d t v")

    def _pass_by(self, joints: Tensor) -> Tensor:
        """(B T V D) -> (B T V D'): the shortcut."""
        if isinstance(self.shortcut, nn.Identity):
            return joints
        product, norm = self.shortcut.children()
        return normalise(convolve_pointwise(joints, [product]), [norm])

    def folded(self) -> nn.Module:
        """See ``in_use/infogcn.py``."""
        from crossglg.encoders.in_use.infogcn import FoldedAttention

        return FoldedAttention(self)

    def attend(self, joints: Tensor) -> Tensor:
        """(B T V D) -> (B T V*H U): how much each joint listens, per head, to each other one.

        U is V and the room that ``_make_room`` makes, to which nobody listens.
        """
        query, key = self.to_query_key(self.norm_in(joints)).chunk(2, dim=-1)
        # Each head's query with zeros where the other heads' are: one product serves all heads.
        query = rearrange(query, "b t v w -> b t v 1 w") * self.own_share.to(query.dtype)
        scores = rearrange(query, "b t v h w -> b t (v h) w") @ _make_room(key).mT
        topology: Tensor = rearrange(self.topology, "h v u -> (v h) u")
        joint_count, room = topology.shape[1], scores.shape[-1] - topology.shape[1]
        if room:
            silent = torch.arange(joint_count + room, device=scores.device) >= joint_count
            scores = scores.masked_fill(silent, -torch.inf)
            topology = nn.functional.pad(topology, (0, room))
        attention = torch.softmax(scores, dim=-1, dtype=topology.dtype)
        return (attention * topology).to(joints.dtype)


def _make_room(joints: Tensor) -> Tensor:
    """(B T V W) -> (B T U W): on a GPU with joints of zeros, up to a multiple of eight.

    Its tensor cores read sixteen bytes at once, and 25 joints in a row are 50 in bfloat16.
    """
    room = -joints.shape[2] % _TENSOR_CORE_WIDTH if joints.is_cuda else 0
    return nn.functional.pad(joints, (0, 0, 0, room)) if room else joints
