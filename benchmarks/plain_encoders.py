"""The encoders as plainly as their equations read, with the weights of ours, for comparison.

In the style of research code: a loop over heads, levels and kinds of edge, separate branches, every
batch norm on its own, an image (B D T V) between all layers.
"""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from crossglg.encoders import SkeletonEncoder
from crossglg.encoders.block import SpaceTimeBlock
from crossglg.encoders.hdgcn import HierarchyConvolution, LevelConvolution, LevelGates
from crossglg.encoders.infogcn import AttentionGraphConvolution
from crossglg.encoders.likeness import LikenessConvolution
from crossglg.encoders.motionbert import DualStreamBlock, Mixing, SelfAttention
from crossglg.encoders.temporal import MultiScaleTemporal


class PlainAttention(nn.Module):
    """InfoGCN, section 3.3, head by head."""

    def __init__(self, fast: AttentionGraphConvolution) -> None:
        super().__init__()
        self.norm_in, self.to_query_key = fast.norm_in, fast.to_query_key
        self.topology, self.mix = fast.topology, fast.mix
        self.norm_out, self.shortcut = fast.norm_out, fast.shortcut

    def forward(self, x: Tensor) -> Tensor:
        """(B D T V) -> (B D' T V)."""
        joints = x.permute(0, 2, 3, 1).contiguous()
        query, key = self.to_query_key(self.norm_in(joints)).chunk(2, dim=-1)
        heads = len(self.mix)
        total: Tensor | int = 0
        for q, k, topology, mix in zip(
            query.chunk(heads, -1), key.chunk(heads, -1), self.topology, self.mix, strict=True
        ):
            attention = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, dim=-1)
            mixed = (attention * topology) @ joints
            total = total + mix(mixed.permute(0, 3, 1, 2).contiguous())
        return torch.relu(self.norm_out(total) + self.shortcut(x))


class PlainTime(nn.Module):
    """The multi-scale convolution of InfoGCN and HD-GCN: four branches, each on its own."""

    def __init__(self, fast: MultiScaleTemporal) -> None:
        super().__init__()
        self.branches, self.rectify = fast.branches, fast.rectify

    def forward(self, x: Tensor) -> Tensor:
        """(B D T V) -> (B D' T/stride V)."""
        moved = torch.cat([branch(x) for branch in self.branches], dim=1)
        return torch.relu(moved) if self.rectify else moved


class PlainHierarchy(nn.Module):
    """HD-GCN, section 3: level by level, and in each kind of edge by kind of edge."""

    def __init__(self, fast: HierarchyConvolution) -> None:
        super().__init__()
        self.levels, self.edges, self.gates = fast.levels, fast.edges, fast.gates
        self.norm_out, self.shortcut = fast.norm_out, fast.shortcut

    def forward(self, x: Tensor) -> Tensor:
        """(B D T V) -> (B D' T V)."""
        heard = [
            _hear_level(level, x, edges)
            for level, edges in zip(self.levels, self.edges, strict=True)
        ]
        levels = torch.stack(heard, dim=2)
        merged = levels.sum(dim=2) if self.gates is None else _gate(self.gates, levels)
        return torch.relu(self.norm_out(merged) + self.shortcut(x))


def _hear_level(level: nn.Module, x: Tensor, edges: Tensor) -> Tensor:
    """One level: (B D T V) and its edges (S V V) -> (B D' T V)."""
    assert isinstance(level, LevelConvolution)
    reduced = level.reduce(x)
    parts = [
        mix(torch.einsum("bdtv,uv->bdtu", reduced, kind))
        for mix, kind in zip(level.mix, edges, strict=True)
    ]
    alike = _hear_alike(level.alike, reduced.mean(dim=2))
    parts.append(alike.unsqueeze(2).expand(-1, -1, x.shape[2], -1))
    return torch.cat(parts, dim=1)


def _hear_alike(layer: LikenessConvolution, places: Tensor) -> Tensor:
    """The EdgeConv on all pairs of near places: (B D P) -> (B D P)."""
    squares = places.square().sum(dim=1)
    apart = squares[:, :, None] + squares[:, None] - 2 * places.transpose(1, 2) @ places
    near = apart.topk(layer.neighbour_count, dim=2, largest=False).indices
    batch, dim, count = places.shape
    who = near.view(batch, 1, -1).expand(-1, dim, -1)
    others = torch.gather(places, 2, who).view(batch, dim, count, -1)
    own = places.unsqueeze(3).expand_as(others)
    return layer.pair(torch.cat([others - own, own], dim=1)).amax(dim=3)


def _gate(gates: LevelGates, levels: Tensor) -> Tensor:
    """(B D L T V) -> (B D T V)."""
    peaks = gates.reduce(levels.max(dim=3).values)
    summaries = torch.einsum("bdlv,lv->bdl", peaks, gates.members)
    shares = torch.sigmoid(gates.expand(_hear_alike(gates.alike, summaries)))
    return (levels * shares[..., None, None]).sum(dim=2)


class PlainMixing(nn.Module):
    """DSTformer's layer with its attention head by head, as MotionBERT, section 3.2, writes it."""

    def __init__(self, fast: Mixing) -> None:
        super().__init__()
        self.norm_attention, self.attention = fast.norm_attention, fast.attention
        self.norm_mlp, self.mlp = fast.norm_mlp, fast.mlp

    def forward(self, tokens: Tensor) -> Tensor:
        """(B R S D) -> (B R S D)."""
        heard = _attend_by_head(self.attention, self.norm_attention(tokens))
        return heard + self.mlp(self.norm_mlp(tokens + heard))


def _attend_by_head(layer: SelfAttention, tokens: Tensor) -> Tensor:
    query, key, value = layer.to_query_key_value(tokens).chunk(3, dim=-1)
    heard = []
    for q, k, v in zip(
        *(part.chunk(layer.heads, dim=-1) for part in (query, key, value)), strict=True
    ):
        likeness = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, dim=-1)
        heard.append(likeness @ v)
    return layer.out(torch.cat(heard, dim=-1))


_PLAIN: dict[type[nn.Module], Callable[..., nn.Module]] = {
    AttentionGraphConvolution: PlainAttention,
    HierarchyConvolution: PlainHierarchy,
    MultiScaleTemporal: PlainTime,
    Mixing: PlainMixing,
}
_KNOWN = {"infogcn", "hdgcn", "motionbert"}


def make_plain(name: str, encoder: SkeletonEncoder) -> SkeletonEncoder | None:
    """A copy with the same weights that computes plainly; None for encoders of our own making."""
    if name not in _KNOWN:
        return None
    plain = copy.deepcopy(encoder)
    for block in plain.blocks:
        assert isinstance(block, SpaceTimeBlock | DualStreamBlock)
        _replace(block)
    return plain


def _replace(module: nn.Module) -> None:
    for name, child in module.named_children():
        if type(child) in _PLAIN:
            setattr(module, name, _PLAIN[type(child)](child))
        else:
            _replace(child)
