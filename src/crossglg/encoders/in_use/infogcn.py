"""InfoGCN's attention among joints, for use."""

from math import sqrt
from typing import cast

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from crossglg.encoders.folding import absorb, becomes_loops, fold, make_linear, put_side_by_side
from crossglg.encoders.infogcn import AttentionGraphConvolution
from crossglg.shapes import DeepFeatures, Features


class FoldedAttention(nn.Module):
    """An ``AttentionGraphConvolution`` for use: batch norms in its products, sums in place."""

    topology: Tensor
    own_share: Tensor
    query_shift: Tensor

    def __init__(self, layer: AttentionGraphConvolution) -> None:
        super().__init__()
        self.norm_in, self.to_query_key = layer.norm_in, layer.to_query_key
        self.head_count = len(layer.topology)
        self.register_buffer("own_share", layer.own_share)
        topology = rearrange(layer.topology, "h v u -> (v h) u").contiguous()
        self.register_buffer("topology", topology)
        self._move_norm_behind_product()
        heads = [cast(nn.Conv2d, head) for head in layer.mix]
        weight = torch.cat([head.weight for head in heads], dim=1).flatten(1)
        bias = torch.stack([cast(Tensor, head.bias) for head in heads]).sum(dim=0)
        self.mix = absorb(make_linear(weight, bias), layer.norm_out)
        self.shortcut: nn.Module = nn.Identity()
        if not isinstance(layer.shortcut, nn.Identity):
            self.shortcut = put_side_by_side(fold(layer.shortcut))

    def _move_norm_behind_product(self) -> None:
        """For generated code: what is left of the norm is a number for each joint."""
        weight = self.to_query_key.weight * self.norm_in.weight
        weight = weight - weight.mean(dim=1, keepdim=True)  # takes each joint's mean away
        shift = self.to_query_key.weight @ self.norm_in.bias + self.to_query_key.bias
        self.to_unscaled = make_linear(weight)
        self.register_buffer("query_shift", shift.chunk(2)[0])

    def forward(self, features: Features) -> DeepFeatures:
        """(B D T V) -> (B D' T V)."""
        tokens = features.permute(0, 2, 3, 1)
        frames = tokens.reshape(-1, *tokens.shape[2:])
        attend = self._attend_in_loops if becomes_loops() else self._attend
        heard = torch.bmm(attend(frames).to(frames.dtype), frames)
        mixed = self.mix(heard.view(*tokens.shape[:3], -1)).add_(self.shortcut(tokens))
        return torch.relu_(mixed).permute(0, 3, 1, 2)

    def _attend(self, frames: Float[Tensor, "F V D"]) -> Float[Tensor, "F VH V"]:
        """How much each joint listens, per head, to each other one."""
        query, key = self.to_query_key(self.norm_in(frames)).chunk(2, dim=-1)
        query = (query.unsqueeze(2) * self.own_share.to(query.dtype)).flatten(1, 2)
        attention = torch.softmax(torch.bmm(query, key.mT), dim=-1, dtype=self.topology.dtype)
        return attention.mul_(self.topology)

    def _attend_in_loops(self, frames: Float[Tensor, "F V D"]) -> Float[Tensor, "F VH V"]:
        """The same, head by head: generated code re-orders them in a loop that runs anyway.

        What is added to the keys is the same for all that a joint listens to, and left out.
        """
        joint_count = frames.shape[1]
        scale = torch.rsqrt(frames.var(-1, correction=0, keepdim=True) + self.norm_in.eps)
        query, key = self.to_unscaled(frames).chunk(2, dim=-1)
        query = (query * scale + self.query_shift) / sqrt(query.shape[-1] // self.head_count)
        query, key = (
            rearrange(each, "f v (h w) -> (f h) v w", h=self.head_count).contiguous()
            for each in (query, key * scale)
        )
        scores = torch.bmm(query, key.mT).view(-1, self.head_count, joint_count, joint_count)
        attention = torch.softmax(scores, dim=-1, dtype=self.topology.dtype)
        attention = rearrange(attention, "f h v u -> f v h u")
        topology = self.topology.view(joint_count, self.head_count, joint_count)
        return (attention * topology).flatten(1, 2)
