"""HD-GCN's levels of the hierarchy, for use."""

from typing import cast

import torch
from einops import rearrange, repeat
from jaxtyping import Float
from torch import Tensor, nn

from crossglg.encoders.folding import absorb, fold, put_side_by_side, read_affine
from crossglg.encoders.hdgcn import HierarchyConvolution, LevelConvolution
from crossglg.encoders.likeness import FoldedLikeness
from crossglg.shapes import DeepFeatures, Features


class FoldedHierarchy(nn.Module):
    """A ``HierarchyConvolution`` for use: batch norms in its products, weights in place."""

    def __init__(self, layer: HierarchyConvolution) -> None:
        super().__init__()
        levels = [cast(LevelConvolution, level) for level in layer.levels]
        reduces = [absorb(level.reduce[0], level.reduce[1]) for level in levels]
        mixes = [absorb(*cast(nn.Sequential, mix)) for level in levels for mix in level.mix]
        self.level_count, self.subset_count = layer.edges.shape[:2]
        self.reduce = put_side_by_side(*reduces)
        mix = put_side_by_side(*mixes)
        self.mix = nn.Parameter(rearrange(mix.weight, "(l sw) w -> l sw w", l=len(levels)))
        self.mix_bias = nn.Parameter(mix.bias.view(len(levels), -1, 1))
        self.edges = nn.Parameter(layer.edges.flatten(0, 1).mT.contiguous())
        self.alike = FoldedLikeness([level.alike for level in levels])
        self.gates = None if layer.gates is None else fold(layer.gates)
        gain, shift = read_affine(layer.norm_out)
        self.gain, self.shift = (nn.Parameter(x.view(-1, 1, 1, 1)) for x in (gain, shift))
        self.shortcut: nn.Linear | None = None
        if not isinstance(layer.shortcut, nn.Identity):
            self.shortcut = put_side_by_side(absorb(*cast(nn.Sequential, layer.shortcut)))

    def forward(self, features: Features) -> DeepFeatures:
        """(B D T V) -> (B D' T V)."""
        persons, frames, joints = features.shape[0], *features.shape[2:]
        rows = rearrange(features, "b d t v -> d (b t v)")
        reduced = torch.relu_(_multiply(rows, self.reduce))
        reduced = reduced.view(self.level_count, -1, rows.shape[1])
        mixed = torch.bmm(self.mix, reduced).view(len(self.edges), -1, joints)
        heard = torch.bmm(mixed, self.edges)
        # In two steps, each of which torch's exporter can follow for any number of persons.
        heard = heard.view(
            self.level_count, self.subset_count, -1, persons, frames, joints
        ).flatten(1, 2)
        courses = reduced.view(*reduced.shape[:2], persons, frames, joints)
        merged = self._merge(heard, self.alike(courses.mean(dim=3)))
        merged = torch.addcmul(self.shift, merged, self.gain).view(-1, rows.shape[1])
        # A sum of two orders in memory takes longer than a copy and a sum.
        passed = rows.contiguous() if self.shortcut is None else _multiply(rows, self.shortcut)
        merged.add_(passed)
        return torch.relu_(merged).view(-1, persons, frames, joints).transpose(0, 1)

    def _merge(
        self, moving: Float[Tensor, "L SW B T V"], alike: Float[Tensor, "L W B V"]
    ) -> Float[Tensor, "D B T V"]:
        """``merge_levels``; the bias of what moves, left out of it so far, comes in by the way."""
        shares = self._weigh(moving, alike)
        own, rest = torch.split(shares, [moving.shape[1], alike.shape[1]], dim=1)
        bias = rearrange((own * self.mix_bias).sum(dim=0), "d b -> d b 1 1")
        own = rearrange(own, "l d b -> l d b 1 1")
        merged = torch.addcmul(bias.expand(moving.shape[1:]), moving[0], own[0])
        for level, share in zip(moving[1:], own[1:], strict=True):
            merged.addcmul_(level, share)
        still = torch.einsum("lwbv,lwb->wbv", alike, rest)
        return torch.cat([merged, repeat(still, "w b v -> w b t v", t=moving.shape[3])])

    def _weigh(
        self, moving: Float[Tensor, "L SW B T V"], alike: Float[Tensor, "L W B V"]
    ) -> Float[Tensor, "L D B"]:
        """How much each channel of each level counts."""
        if self.gates is None:
            channels = moving.shape[1] + alike.shape[1]
            return moving.new_ones(len(moving), channels, moving.shape[2])
        peaks = torch.cat([_find_peaks(moving) + self.mix_bias.unsqueeze(3), alike], dim=1)
        return rearrange(self.gates(rearrange(peaks, "l d b v -> b d l v")), "b d l -> l d b")


def _find_peaks(moving: Float[Tensor, "L D B T V"]) -> Float[Tensor, "L D B V"]:
    """The largest over time: the halves against each other, then their halves.

    Whole rows of frames are compared at once, where torch's own maximum goes joint by joint.
    """
    if torch.compiler.is_compiling():  # generated code does, and knows no number of frames
        return moving.amax(dim=3)
    while (count := moving.shape[3]) > 1:
        half = (count + 1) // 2
        moving = torch.maximum(moving[..., :half, :], moving[..., count - half :, :])
    return moving[..., 0, :]


def _multiply(rows: Float[Tensor, "D M"], product: nn.Linear) -> Float[Tensor, "E M"]:
    """A linear layer where the width comes first."""
    return torch.addmm(product.bias.unsqueeze(1), product.weight, rows)
