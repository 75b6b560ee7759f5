"""HD-GCN: graph convolutions between the rings of joints around the body's centre.

Source: Lee et al., Hierarchically Decomposed Graph Convolutional Networks for Skeleton-Based
Action Recognition, ICCV 2023, section 3; what the paper leaves open follows the authors' published
model (github.com/Jho-Yonsei/HD-GCN, MIT licence). Written anew, checked against its outputs.

    clips (N M T V C) -> batch norm                                                  stem
    block x 10        -> in each level: along edges there and back, and by likeness  space
                      -> sum of the levels, gated by what they say
                      -> joint weights, if any                          guidance comes in here
                      -> multi-scale convolution                        time

A ring holds the joints equally many bones from the centre. Two rings side by side are a level:
every joint of one is linked with every joint of the other, bone or no bone, so that hand meets
foot. Letters of this file: R rings, L = R - 1 levels.

Deviations: absent persons are left out of the averages (the authors average their zeros in); the
rings come from the bones of any layout, where the authors list joint numbers.
"""

from itertools import pairwise
from typing import cast

import torch
from einops import rearrange, repeat
from jaxtyping import Float
from torch import Tensor, nn

from crossglg.encoders.base import COORDINATES, SkeletonEncoder
from crossglg.encoders.block import SpaceTimeBlock, double_widths, make_shortcut
from crossglg.encoders.folding import Foldable, Row
from crossglg.encoders.likeness import LikenessConvolution, hear_alike
from crossglg.encoders.merged import convolve_rows, normalise_rows
from crossglg.encoders.rings import Rings, level_edges, ring_matrix, rings_around
from crossglg.errors import ConfigError
from crossglg.shapes import Clips, DeepFeatures, Features
from crossglg.skeleton.layout import Layout

_DOUBLING_BLOCKS = (4, 7)
_BLOCK_COUNT = 10
_SUBSETS = 3  # a joint itself, outwards, inwards
_ALIKE_JOINTS = 5
_ALIKE_LEVELS = 3


class HDGCN(SkeletonEncoder):
    """The encoder of HD-GCN without its classifier.

    Args:
        layout: The joints.
        max_persons: The largest M.
        width: Feature width of the first four blocks; doubled after four and after seven.
        centre: The joint the rings lie around, by name; the layout's root if left out. The
            authors train one model each around ``pelvis``, ``spine`` and ``chest`` (their centres
            of mass 1, 2 and 21) and add up the scores.

    Raises:
        ConfigError: A width that is no multiple of four.
        LayoutError: The layout has no joint called ``centre``.
    """

    default_n_pre = 5

    def __init__(
        self,
        layout: Layout,
        *,
        max_persons: int = 2,
        width: int = 64,
        centre: str | None = None,
    ) -> None:
        super().__init__()
        if width < 1 or width % 4:
            raise ConfigError(f"Expected a width that is a multiple of 4, found {width}.")
        self.layout = layout
        self.max_persons = max_persons
        around = layout.root if centre is None else centre
        rings = ring_matrix(layout, rings_around(layout, around))
        self.norm = nn.BatchNorm1d(max_persons * layout.joint_count * COORDINATES)
        self.block_dims = double_widths(width, at=_DOUBLING_BLOCKS, block_count=_BLOCK_COUNT)
        self.blocks = nn.ModuleList(
            # The first block sees bare coordinates: it has no shortcut, and does not weigh levels.
            SpaceTimeBlock(
                HierarchyConvolution(in_dim, out_dim, rings=rings, gated=number > 0),
                in_dim=in_dim,
                out_dim=out_dim,
                stride=2 if number in _DOUBLING_BLOCKS else 1,
                has_shortcut=number > 0,
            )
            for number, (in_dim, out_dim) in enumerate(pairwise([COORDINATES, *self.block_dims]))
        )

    def stem(self, clips: Clips) -> Features:
        """(N M T V C) -> (N*M C T V)."""
        person_count, joint_count = clips.shape[1], clips.shape[3]
        joints = nn.functional.pad(clips, (0, 0, 0, 0, 0, 0, 0, self.max_persons - person_count))
        joints = self.norm(rearrange(joints, "n m t v c -> n (m v c) t"))
        joints = rearrange(joints, "n (m v c) t -> n m c t v", m=self.max_persons, v=joint_count)
        return rearrange(joints[:, :person_count], "n m c t v -> (n m) c t v")


class HierarchyConvolution(Foldable):
    """Joints exchange features within every level of the hierarchy; the levels are added up.

    All levels are computed together, with the width first (D B T V) so that every product and every
    batch norm finds its numbers side by side. Letters: S kinds of edge, W = D' / (S + 1).
    """

    def __init__(self, in_dim: int, out_dim: int, *, rings: Rings, gated: bool) -> None:
        super().__init__()
        self.edges = nn.Parameter(level_edges(rings))
        self.levels = nn.ModuleList(
            LevelConvolution(in_dim, out_dim, joint_count=rings.shape[1])
            for _ in range(len(rings) - 1)
        )
        self.gates = LevelGates(out_dim, rings=rings) if gated else None
        self.norm_out = nn.BatchNorm2d(out_dim)
        self.shortcut = make_shortcut(in_dim, out_dim)
        self._initialise()

    def _initialise(self) -> None:
        """As the authors: a spatial part that starts as nothing but a copy."""
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        nn.init.constant_(self.norm_out.weight, 1e-6)

    def forward(self, features: Features) -> DeepFeatures:
        """(B D T V) -> (B D' T V)."""
        persons, frames, joints = features.shape[0], *features.shape[2:]
        rows = rearrange(features, "b d t v -> d (b t v)")
        levels = [cast(LevelConvolution, level) for level in self.levels]
        reduced = convolve_rows(rows, [level.reduce[0] for level in levels])
        reduced = torch.relu(normalise_rows(reduced, [level.reduce[1] for level in levels]))
        moving = self._along_edges(reduced, levels)
        moving = rearrange(
            *(moving, "(l d) (b t v) -> l d b t v"), l=len(levels), b=persons, t=frames, v=joints
        )
        # Who is like whom is a matter of the whole clip, as in the authors' model.
        courses = rearrange(
            reduced, "(l w) (b t v) -> l w b t v", l=len(levels), b=persons, v=joints
        )
        alike = hear_alike(courses.mean(dim=3), [level.alike for level in levels])
        merged = merge_levels(moving, alike, self.gates)
        merged = normalise_rows(merged.flatten(1), [self.norm_out])
        merged = torch.relu(merged + self._pass_by(rows))
        return rearrange(merged, "d (b t v) -> b d t v", b=persons, t=frames, v=joints)

    def _along_edges(
        self, reduced: Float[Tensor, "LW M"], levels: "list[LevelConvolution]"
    ) -> Float[Tensor, "LSW M"]:
        """What joints hear along each kind of edge; mixed before they hear, which is the same."""
        mixes = [cast(nn.Sequential, mix) for level in levels for mix in level.mix]
        weights = [cast(nn.Conv2d, mix[0]).weight.flatten(1) for mix in mixes]
        by_level = rearrange(torch.cat(weights), "(l sw) w -> l sw w", l=len(levels))
        mixed = torch.bmm(by_level, rearrange(reduced, "(l w) m -> l w m", l=len(levels)))
        edges = self.edges.flatten(0, 1)
        heard = mixed.view(len(edges), -1, edges.shape[-1]) @ edges.mT
        biases = torch.stack([cast(Tensor, cast(nn.Conv2d, mix[0]).bias) for mix in mixes])
        rows = heard.view(biases.numel(), -1) + biases.view(-1, 1)
        return normalise_rows(rows, [mix[1] for mix in mixes])

    def _pass_by(self, rows: Float[Tensor, "D M"]) -> Float[Tensor, "E M"]:
        """What is added to what joints hear."""
        if isinstance(self.shortcut, nn.Identity):
            return rows
        product, norm = self.shortcut.children()
        return normalise_rows(convolve_rows(rows, [product]), [norm])

    def folded(self) -> nn.Module:
        """See ``in_use/hdgcn.py``."""
        from crossglg.encoders.in_use.hdgcn import FoldedHierarchy

        return FoldedHierarchy(self)


class LevelConvolution(nn.Module):
    """Weights of a level: a quarter of the channels for each kind of edge, one for likeness."""

    def __init__(self, in_dim: int, out_dim: int, *, joint_count: int) -> None:
        super().__init__()
        width = out_dim // (_SUBSETS + 1)
        self.reduce = nn.Sequential(nn.Conv2d(in_dim, width, 1), nn.BatchNorm2d(width), nn.ReLU())
        self.mix = nn.ModuleList(
            nn.Sequential(nn.Conv2d(width, width, 1), nn.BatchNorm2d(width))
            for _ in range(_SUBSETS)
        )
        self.alike = LikenessConvolution(width, neighbour_count=min(_ALIKE_JOINTS, joint_count))


class LevelGates(nn.Module):
    """Attention-guided hierarchy aggregation: how much each channel of each level counts."""

    members: Tensor

    def __init__(self, dim: int, *, rings: Rings) -> None:
        super().__init__()
        width = dim // 4
        members = rings[:-1] + rings[1:]
        self.register_buffer(
            "members", members / members.sum(dim=1, keepdim=True), persistent=False
        )
        self.reduce = Row(nn.Conv2d(dim, width, 1), nn.BatchNorm2d(width), nn.ReLU())
        self.alike = LikenessConvolution(width, neighbour_count=min(_ALIKE_LEVELS, len(members)))
        self.expand = nn.Conv1d(width, dim, 1)

    def forward(self, peaks: Float[Tensor, "B D L V"]) -> Float[Tensor, "B D L"]:
        """Each joint's largest values over time (B D L V) -> shares of the levels (B D L)."""
        summaries = torch.einsum("bdlv,lv->dbl", self.reduce(peaks), self.members)
        (heard,) = self.alike(summaries.unsqueeze(0))
        return torch.sigmoid(self.expand(heard.transpose(0, 1)))


def merge_levels(
    moving: Float[Tensor, "L SW B T V"], alike: Float[Tensor, "L W B V"], gates: nn.Module | None
) -> Float[Tensor, "D B T V"]:
    """The sum of the levels, gated by what they say; what is alike is so at all times."""
    if gates is None:
        still, merged = alike.sum(dim=0), moving.sum(dim=0)
    else:
        peaks = torch.cat([moving.max(dim=3).values, alike], dim=1)
        shares = rearrange(gates(rearrange(peaks, "l d b v -> b d l v")), "b d l -> d b l")
        own, rest = shares.split([moving.shape[1], alike.shape[1]])
        merged = (moving * rearrange(own, "d b l -> l d b 1 1")).sum(dim=0)
        still = torch.einsum("lwbv,wbl->wbv", alike, rest)
    return torch.cat([merged, repeat(still, "w b v -> w b t v", t=moving.shape[3])])
