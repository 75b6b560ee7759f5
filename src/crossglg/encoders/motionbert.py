"""MotionBERT's DSTformer: two transformers, space first and time first, that vote joint by joint.

Source: Zhu et al., MotionBERT: A Unified Perspective on Learning Human Motion Representations,
ICCV 2023, section 3.2. The authors' code (Walter0807/MotionBERT, Apache-2.0) was read for what the
paper leaves open and for the numbers of the sizes; none of it is copied.

    clips (N M T V C) -> joint embedding + place in the body + place in time    stem
    block x depth     -> space, then time |
                      -> time, then space | a vote per joint and frame          both streams
    the last block    -> norm, linear, tanh                                     representation

Space lets the joints of one frame attend to each other, time the frames of one joint. Joint
weights scale what space writes onto the residual road, never the road itself: every later layer
norm would undo a scaled road for that joint, and over the blocks the scales would multiply.

Deviations: absent persons are left out of the averages (the authors average them in); dropout,
zero in their encoder, is left out; the layer that lifts poses to 3-D in pre-training is not
part of the encoder, since recognition never runs it.
"""

from collections.abc import Mapping
from typing import Literal, TypedDict

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from crossglg.encoders.base import COORDINATES, SkeletonEncoder
from crossglg.errors import ConfigError, suggest
from crossglg.shapes import Clips, Features, JointFeatures, JointWeights
from crossglg.skeleton.layout import Layout

Tokens = Float[Tensor, "B T V D"]
View = Literal["as_given", "front"]

_INITIAL_STD = 0.02


class Size(TypedDict):
    """The numbers that make a DSTformer.

    Attributes:
        width: D inside the blocks.
        out_dim: D after the last block, the representation.
        depth: Number of blocks, at least two.
        heads: Attention heads; they divide the width.
        mlp_ratio: Width inside the perceptrons, in widths.
        max_frames: The longest clip.
        norm_eps: Added to variances by every layer norm. It is no detail: embedded joints have
            variances near 1e-3, and 1e-6 for 1e-5 moves a representation by up to 2.5e-3.
    """

    width: int
    out_dim: int
    depth: int
    heads: int
    mlp_ratio: int
    max_frames: int
    norm_eps: float


SIZES: Mapping[str, Size] = {
    "full": Size(
        width=512, out_dim=512, depth=5, heads=8, mlp_ratio=2, max_frames=243, norm_eps=1e-6
    ),
    "lite": Size(
        width=256, out_dim=512, depth=5, heads=8, mlp_ratio=4, max_frames=243, norm_eps=1e-6
    ),
    "small": Size(
        width=64, out_dim=64, depth=3, heads=4, mlp_ratio=2, max_frames=64, norm_eps=1e-5
    ),
}
"""The authors' model for actions, their lighter one, and ours for CPUs (with torch's norm_eps)."""


class MotionBERT(SkeletonEncoder):
    """The encoder of MotionBERT without its heads.

    Args:
        layout: The joints; the published weights are for ``h36m17``.
        max_persons: The largest M; persons never meet inside the encoder.
        size: A name in ``SIZES``, or the numbers themselves.
        view: ``as_given`` takes the three numbers of a joint as they come: x, y, z, or, from
            images, x, y and confidence. ``front`` shows the body that faces -z as a picture does
            (x to the right and y down as seen by the viewer) with full confidence, which is what
            weights trained on images expect.

    Raises:
        ConfigError: No such size or view, or numbers that make no DSTformer.
    """

    def __init__(
        self,
        layout: Layout,
        *,
        max_persons: int = 2,
        size: str | Size = "full",
        view: View = "as_given",
    ) -> None:
        super().__init__()
        numbers = _checked(size)
        if view not in ("as_given", "front"):
            raise ConfigError(f"Expected view 'as_given' or 'front', found '{view}'.")
        width, depth = numbers["width"], numbers["depth"]
        self.layout = layout
        self.max_persons = max_persons
        self.view = view
        self.block_dims = (*[width] * (depth - 1), numbers["out_dim"])
        # InfoGCN's five of nine blocks, as near as other depths come.
        self.default_n_pre = (depth + 1) // 2
        self.embed = nn.Linear(COORDINATES, width)
        self.joint_position = nn.Parameter(torch.empty(1, layout.joint_count, width))
        self.frame_position = nn.Parameter(torch.empty(1, numbers["max_frames"], 1, width))
        self.blocks = nn.ModuleList(
            DualStreamBlock(numbers, is_last=number == depth - 1) for number in range(depth)
        )
        self._initialise()

    def _initialise(self) -> None:
        """As the authors: everything small, and both streams with the same say."""
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=_INITIAL_STD)
                nn.init.zeros_(module.bias)
        for block in self.blocks:
            assert isinstance(block, DualStreamBlock)
            nn.init.zeros_(block.vote.weight)
        nn.init.trunc_normal_(self.joint_position, std=_INITIAL_STD)
        nn.init.trunc_normal_(self.frame_position, std=_INITIAL_STD)

    def stem(self, clips: Clips) -> Features:
        """(N M T V C) -> (N*M D T V).

        Raises:
            ConfigError: More frames than this size has places for.
        """
        frame_count, max_frames = clips.shape[2], self.frame_position.shape[1]
        if frame_count > max_frames:
            raise ConfigError(
                f"Expected clips of at most {max_frames} frames, found {frame_count}. Resample "
                "them to fewer frames, or choose a size with more max_frames."
            )
        seen = _front_view(clips) if self.view == "front" else clips
        joints = self.embed(seen) + self.joint_position + self.frame_position[:, :frame_count]
        return rearrange(joints, "n m t v d -> (n m) d t v")


class DualStreamBlock(nn.Module):
    """Space then time beside time then space; per joint and frame a vote between the two.

    Args:
        size: The encoder's numbers.
        is_last: Whether the representation is made here.
    """

    def __init__(self, size: Size, *, is_last: bool) -> None:
        super().__init__()
        width = size["width"]
        self.space_first = Stream(size, is_space_first=True)
        self.time_first = Stream(size, is_space_first=False)
        self.vote = nn.Linear(2 * width, 2)
        self.finish: nn.Module = nn.Identity()
        if is_last:
            self.finish = nn.Sequential(
                nn.LayerNorm(width, eps=size["norm_eps"]),
                nn.Linear(width, size["out_dim"]),
                nn.Tanh(),
            )

    def forward(self, features: Features, joint_weights: JointWeights | None = None) -> Tensor:
        """(B D T V) -> (B D' T V)."""
        tokens = rearrange(features, "b d t v -> b t v d")
        scale = None if joint_weights is None else rearrange(joint_weights, "b v -> b 1 v 1")
        one = self.space_first(tokens, scale)
        other = self.time_first(tokens, scale)
        shares = self.vote(torch.cat([one, other], dim=-1)).softmax(dim=-1)
        agreed = one * shares[..., :1] + other * shares[..., 1:]
        return rearrange(self.finish(agreed), "b t v d -> b d t v")


class Stream(nn.Module):
    """One order of space and time, each added to what was there."""

    def __init__(self, size: Size, *, is_space_first: bool) -> None:
        super().__init__()
        self.is_space_first = is_space_first
        self.space = Mixing(size)
        self.time = Mixing(size)

    def forward(self, tokens: Tokens, scale: Float[Tensor, "B 1 V 1"] | None) -> Tokens:
        """(B T V D) and joint weights -> (B T V D)."""
        if self.is_space_first:
            return self._along_time(self._along_space(tokens, scale))
        return self._along_space(self._along_time(tokens), scale)

    def _along_space(self, tokens: Tensor, scale: Tensor | None) -> Tensor:
        change: Tensor = self.space(tokens)
        return tokens + (change if scale is None else change * scale)

    def _along_time(self, tokens: Tensor) -> Tensor:
        change: Tensor = self.time(tokens.transpose(1, 2))
        return tokens + change.transpose(1, 2)


class Mixing(nn.Module):
    """What a transformer layer adds to its tokens: attention along one axis, then a perceptron."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        width, hidden = size["width"], size["mlp_ratio"] * size["width"]
        self.norm_attention = nn.LayerNorm(width, eps=size["norm_eps"])
        self.attention = SelfAttention(width, heads=size["heads"])
        self.norm_mlp = nn.LayerNorm(width, eps=size["norm_eps"])
        self.mlp = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))

    def forward(self, tokens: Float[Tensor, "B R S D"]) -> Float[Tensor, "B R S D"]:
        """(B R S D) -> the change of every token; S is the axis along which tokens attend."""
        heard = self.attention(self.norm_attention(tokens))
        return heard + self.mlp(self.norm_mlp(tokens + heard))


class SelfAttention(nn.Module):
    """Multi-head self-attention along the last axis but one, alike in every row."""

    def __init__(self, width: int, *, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, tokens: Float[Tensor, "B R S D"]) -> Float[Tensor, "B R S D"]:
        """(B R S D) -> (B R S D)."""
        joined = rearrange(
            self.to_query_key_value(tokens),
            "b r s (three h d) -> (b r) s three h d",
            three=3,
            h=self.heads,
        )
        heard = _attend(*(part.transpose(1, 2) for part in joined.unbind(dim=2)))
        return self.out(rearrange(heard, "(b r) h s d -> b r s (h d)", r=tokens.shape[1]))


def _attend(
    query: Float[Tensor, "B H S D"], key: Float[Tensor, "B H S D"], value: Float[Tensor, "B H S D"]
) -> Float[Tensor, "B H S D"]:
    """Each of S tokens hears the others."""
    if query.dtype == torch.bfloat16 and query.device.type == "cpu" and torch.is_grad_enabled():
        # On CPUs, torch's fused attention goes backwards in bfloat16 ten times slower than this.
        likeness = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5
        return likeness.softmax(-1, dtype=torch.float32).to(value.dtype) @ value
    return nn.functional.scaled_dot_product_attention(query, key, value)


class JointwiseEmbedding(nn.Module):
    """MotionBERT's head for one-shot recognition: all joints side by side on a unit sphere.

    The authors compare exemplars in this space. It takes ``joint_features``, not the embedding
    averaged over joints that a classifier of the guidance gets. Their dropout is left out.

    Args:
        joint_count: V.
        in_dim: D of the joint features.
        out_dim: E of the embedding.
    """

    def __init__(self, joint_count: int, in_dim: int, *, out_dim: int = 2048) -> None:
        super().__init__()
        self.project = nn.Linear(joint_count * in_dim, out_dim)

    def forward(self, joint_features: JointFeatures) -> Float[Tensor, "N E"]:
        """(N V D) -> (N E), each of length one."""
        side_by_side = rearrange(joint_features, "n v d -> n (v d)")
        return nn.functional.normalize(self.project(side_by_side), dim=-1)


def _front_view(clips: Clips) -> Clips:
    """What a viewer sees of bodies that face -z, y up: their right hand, at +x, to the left."""
    across, up, _ = clips.unbind(dim=-1)
    return torch.stack([-across, -up, torch.ones_like(up)], dim=-1)


def _checked(size: str | Size) -> Size:
    if isinstance(size, str):
        if size not in SIZES:
            raise ConfigError(
                f"MotionBERT has no size '{size}'.{suggest(size, SIZES)} Known: {', '.join(SIZES)}."
            )
        return SIZES[size]
    if size.keys() != Size.__annotations__.keys():
        raise ConfigError(
            f"Expected a size of {', '.join(Size.__annotations__)}, found {', '.join(size)}."
        )
    if size["depth"] < 2 or size["width"] % size["heads"]:
        raise ConfigError(
            "Expected a depth of at least 2, so that some block is left to guide, and a width that "
            f"is a multiple of the heads, found depth {size['depth']}, width {size['width']} and "
            f"{size['heads']} heads."
        )
    return size
