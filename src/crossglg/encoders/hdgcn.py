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

import torch
from einops import rearrange, repeat
from jaxtyping import Float, Int
from torch import Tensor, nn

from crossglg.encoders.base import SkeletonEncoder
from crossglg.encoders.block import SpaceTimeBlock
from crossglg.errors import ConfigError
from crossglg.shapes import Clips, DeepFeatures, Features
from crossglg.skeleton.layout import Layout

_COORDINATES = 3
_DOUBLING_BLOCKS = (4, 7)
_BLOCK_COUNT = 10
_MAX_RINGS = 7
_SUBSETS = 3  # a joint itself, outwards, inwards
_ALIKE_JOINTS = 5
_ALIKE_LEVELS = 3
_FINGERS = ("hand_tip", "thumb", "index", "pinky")

Rings = Float[Tensor, "R V"]


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
        if width % 4:
            raise ConfigError(f"Expected a width that is a multiple of 4, found {width}.")
        self.layout = layout
        self.max_persons = max_persons
        around = layout.root if centre is None else centre
        rings = ring_matrix(layout, rings_around(layout, around))
        self.norm = nn.BatchNorm1d(max_persons * layout.joint_count * _COORDINATES)
        dims = [width * 2 ** sum(n >= d for d in _DOUBLING_BLOCKS) for n in range(_BLOCK_COUNT)]
        self.block_dims = tuple(dims)
        self.blocks = nn.ModuleList(
            # The first block sees bare coordinates: it has no shortcut, and does not weigh levels.
            SpaceTimeBlock(
                HierarchyConvolution(in_dim, out_dim, rings=rings, gated=number > 0),
                in_dim=in_dim,
                out_dim=out_dim,
                stride=2 if number in _DOUBLING_BLOCKS else 1,
                has_shortcut=number > 0,
            )
            for number, (in_dim, out_dim) in enumerate(pairwise([_COORDINATES, *dims]))
        )

    def stem(self, clips: Clips) -> Features:
        """(N M T V C) -> (N*M C T V)."""
        person_count, joint_count = clips.shape[1], clips.shape[3]
        joints = nn.functional.pad(clips, (0, 0, 0, 0, 0, 0, 0, self.max_persons - person_count))
        joints = self.norm(rearrange(joints, "n m t v c -> n (m v c) t"))
        joints = rearrange(joints, "n (m v c) t -> n m c t v", m=self.max_persons, v=joint_count)
        return rearrange(joints[:, :person_count], "n m c t v -> (n m) c t v")


class HierarchyConvolution(nn.Module):
    """Joints exchange features within every level of the hierarchy; the levels are added up."""

    def __init__(self, in_dim: int, out_dim: int, *, rings: Rings, gated: bool) -> None:
        super().__init__()
        self.edges = nn.Parameter(level_edges(rings))
        self.levels = nn.ModuleList(
            LevelConvolution(in_dim, out_dim, joint_count=rings.shape[1])
            for _ in range(len(rings) - 1)
        )
        self.gates = LevelGates(out_dim, rings=rings) if gated else None
        self.norm_out = nn.BatchNorm2d(out_dim)
        self.shortcut: nn.Module = (
            nn.Identity()
            if in_dim == out_dim
            else nn.Sequential(nn.Conv2d(in_dim, out_dim, 1), nn.BatchNorm2d(out_dim))
        )
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
        convolved = zip(self.levels, self.edges, strict=True)
        levels = torch.stack([level(features, edges) for level, edges in convolved], dim=2)
        merged = levels.sum(dim=2) if self.gates is None else self.gates(levels)
        return torch.relu(self.norm_out(merged) + self.shortcut(features))


class LevelConvolution(nn.Module):
    """One level: a quarter of the channels for each kind of edge, a quarter for likeness."""

    def __init__(self, in_dim: int, out_dim: int, *, joint_count: int) -> None:
        super().__init__()
        width = out_dim // (_SUBSETS + 1)
        self.reduce = nn.Sequential(nn.Conv2d(in_dim, width, 1), nn.BatchNorm2d(width), nn.ReLU())
        self.mix = nn.ModuleList(
            nn.Sequential(nn.Conv2d(width, width, 1), nn.BatchNorm2d(width))
            for _ in range(_SUBSETS)
        )
        self.alike = LikenessConvolution(width, neighbour_count=min(_ALIKE_JOINTS, joint_count))

    def forward(self, features: Features, edges: Float[Tensor, "S V V"]) -> DeepFeatures:
        """(B D T V) and edges (S V V) -> (B D' T V)."""
        reduced = self.reduce(features)
        parts = [mix(reduced @ subset.T) for mix, subset in zip(self.mix, edges, strict=True)]
        # Who is like whom is a matter of the whole clip, as in the authors' model.
        alike = self.alike(reduced.mean(dim=2))
        return torch.cat([*parts, repeat(alike, "b d v -> b d t v", t=features.shape[2])], dim=1)


class LikenessConvolution(nn.Module):
    """Each place hears the loudest of the places whose features are nearest to its own.

    Places (P) are joints or levels. Source: the EdgeConv of Wang et al., Dynamic Graph CNN for
    Learning on Point Clouds, ACM Transactions on Graphics 2019.
    """

    def __init__(self, dim: int, *, neighbour_count: int) -> None:
        super().__init__()
        self.neighbour_count = neighbour_count
        self.pair = nn.Sequential(
            nn.Conv2d(2 * dim, dim, 1, bias=False), nn.BatchNorm2d(dim), nn.LeakyReLU(0.2)
        )

    def forward(self, places: Float[Tensor, "B D P"]) -> Float[Tensor, "B D P"]:
        """(B D P) -> (B D P)."""
        own = rearrange(places, "b d p -> b d p 1")
        near = torch.take_along_dim(
            rearrange(places, "b d p -> b d 1 p"),
            rearrange(self.nearest(places), "b p k -> b 1 p k"),
            dim=3,
        )
        pairs = torch.cat([near - own, own.expand_as(near)], dim=1)
        return self.pair(pairs).max(dim=3).values

    def nearest(self, places: Float[Tensor, "B D P"]) -> Int[Tensor, "B P K"]:
        """The numbers of each place's nearest places, itself among them."""
        # |a - b|^2 = |a|^2 - 2ab + |b|^2, and |a|^2 is the same for all that a compares.
        closeness = 2 * places.transpose(1, 2) @ places - places.square().sum(1, keepdim=True)
        return closeness.topk(self.neighbour_count, dim=2).indices


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
        self.reduce = nn.Sequential(nn.Conv2d(dim, width, 1), nn.BatchNorm2d(width), nn.ReLU())
        self.alike = LikenessConvolution(width, neighbour_count=min(_ALIKE_LEVELS, len(members)))
        self.expand = nn.Conv1d(width, dim, 1)

    def forward(self, levels: Float[Tensor, "B D L T V"]) -> Features:
        """(B D L T V) -> (B D T V), the gated sum of the levels."""
        peaks = self.reduce(levels.max(dim=3).values)
        summaries = torch.einsum("bdlv,lv->bdl", peaks, self.members)
        gates = torch.sigmoid(self.expand(self.alike(summaries)))
        return torch.einsum("bdltv,bdl->bdtv", levels, gates)


def rings_around(layout: Layout, centre: str) -> tuple[frozenset[str], ...]:
    """The joints by their number of bones from the centre, the centre's own ring first.

    There are at most seven rings, as in the authors' tables; the last takes whatever lies beyond.

    Raises:
        LayoutError: The layout has no joint called ``centre``.
    """
    layout.index(centre)
    bones = [frozenset((child, _holder(layout, child))) for child, _ in layout.bones]
    rings = [frozenset((centre,))]
    outside = frozenset(layout.joints) - rings[0]
    while outside and len(rings) < _MAX_RINGS - 1:
        touched = {joint for bone in bones if bone & rings[-1] for joint in bone}
        rings.append(outside & touched)
        outside -= touched
    return (*rings, outside) if outside else tuple(rings)


def _holder(layout: Layout, joint: str) -> str:
    """The joint a joint hangs on; all fingers hang on the hand, where layouts chain them."""
    ancestors = layout.path_to_root(joint)[1:]
    if joint.endswith(_FINGERS):
        return next((a for a in ancestors if not a.endswith(_FINGERS)), layout.root)
    return ancestors[0]


def ring_matrix(layout: Layout, rings: tuple[frozenset[str], ...]) -> Rings:
    """(R V) one where the joint lies on the ring, else zero."""
    return torch.tensor([[float(joint in ring) for joint in layout.joints] for ring in rings])


def level_edges(rings: Rings) -> Float[Tensor, "L S V V"]:
    """(L S V V) what joint u hears from joint v: itself, outwards, inwards.

    What a joint says is shared out among all that hear it, so that each column sums to one.
    """
    inner, outer = rings[:-1], rings[1:]
    itself = torch.diag_embed(inner + outer)
    outwards = torch.einsum("lu,lv->luv", outer / outer.sum(dim=1, keepdim=True), inner)
    inwards = torch.einsum("lu,lv->luv", inner / inner.sum(dim=1, keepdim=True), outer)
    return torch.stack([itself, outwards, inwards], dim=1)
