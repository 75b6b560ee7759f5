"""PatchGCN: whole-width graph convolutions over short patches of frames, made to be fast.

Source: ours. From ST-GCN (Yan et al., AAAI 2018) come links along the bones, from MLP-Mixer and
its kin the patches. Many small branches, as in InfoGCN and HD-GCN, keep a processor waiting for
memory; here every step is one matrix product over all channels, and time is halved before the
first of them.

    clips (N M T V C) -> joints, bones, and how both move -> batch norm -> patches       stem
    block x 6         -> along bones and free links, one linear map                      space
                      -> joint weights, if any                            guidance comes in here
                      -> one convolution over five patches                               time

Free links start from chance and are learned, as the bones are. Absent persons are left out of the
averages.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from einops import rearrange
from torch import Tensor, nn

from crossglg.encoders.base import COORDINATES, SkeletonEncoder
from crossglg.encoders.folding import Foldable, Row
from crossglg.encoders.graph import bone_links, reach_operator
from crossglg.errors import ConfigError
from crossglg.shapes import Clips, DeepFeatures, Features, JointWeights
from crossglg.skeleton.layout import Layout

_STREAMS = ("bone", "joint", "bone_motion", "joint_motion")
"""In the order in which weights on disk take them."""

_BONE, _JOINT = 1, 25  # reaches: the bone vector; beyond any tree's depth, the joint itself
_SPAN = 2  # movement is the way from two frames before to two frames after
_PATCH, _PATCH_STRIDE = 4, 2
_KERNEL = 5
_BLOCKS_PER_STAGE = 3


class PatchGCN(SkeletonEncoder):
    """Three blocks, then three of twice the width at half the frame rate.

    Args:
        layout: The joints.
        max_persons: The largest M.
        width: Feature width of the first three blocks.
        free_links: How many sets of links between all joints are learned beside the bones.
        streams: What is seen of a clip; by default all there is.

    Raises:
        ConfigError: A width below one, a negative number of links, or streams that are none.
    """

    default_n_pre = 3
    operators: Tensor

    def __init__(
        self,
        layout: Layout,
        *,
        max_persons: int = 2,
        width: int = 64,
        free_links: int = 2,
        streams: Sequence[str] = _STREAMS,
    ) -> None:
        super().__init__()
        if width < 1 or free_links < 0:
            raise ConfigError(
                "Expected a width of at least 1 and no negative number of free links, found "
                f"{width} and {free_links}."
            )
        if not streams or not set(streams) <= set(_STREAMS):
            raise ConfigError(
                f"Expected some of the streams {', '.join(_STREAMS)}, found: {', '.join(streams)}."
            )
        self.layout = layout
        self.max_persons = max_persons
        self.streams = [place for place, name in enumerate(_STREAMS) if name in streams]
        views = [reach_operator(layout, reach) for reach in (_BONE, _JOINT)]
        self.register_buffer("operators", torch.stack(views), persistent=False)
        view_dim = len(self.streams) * COORDINATES
        self.norm = nn.BatchNorm1d(layout.joint_count * view_dim)
        self.patch = nn.Conv2d(
            view_dim, width, (_PATCH, 1), stride=(_PATCH_STRIDE, 1), padding=(1, 0)
        )
        self.position = nn.Parameter(0.02 * torch.randn(1, width, 1, layout.joint_count))
        dims = [width] * _BLOCKS_PER_STAGE + [2 * width] * _BLOCKS_PER_STAGE
        self.block_dims = tuple(dims)
        self.blocks = nn.ModuleList(
            PatchBlock(
                in_dim,
                out_dim,
                links=_start_links(layout, free_links),
                stride=2 if number == _BLOCKS_PER_STAGE else 1,
            )
            for number, (in_dim, out_dim) in enumerate(pairwise([width, *dims]))
        )

    def stem(self, clips: Clips) -> DeepFeatures:
        """(N M T V C) -> (N*M D T/2 V)."""
        batch, frame_count, joint_count = clips.shape[0] * clips.shape[1], *clips.shape[2:4]
        views = torch.einsum("ruv,nmtvc->nmturc", self.operators, clips)
        frames = torch.arange(frame_count, device=clips.device)
        after, before = (frames + _SPAN).clamp(max=frame_count - 1), (frames - _SPAN).clamp(min=0)
        moved = views[:, :, after] - views[:, :, before]
        seen = rearrange([views, moved], "k n m t v r c -> (n m t) v (k r) c")
        if len(self.streams) < len(_STREAMS):
            seen = seen[:, :, self.streams]
        joints = self.norm(rearrange(seen, "b v s c -> b (v s c)"))
        joints = rearrange(joints, "(b t) (v d) -> b d t v", b=batch, v=joint_count)
        return torch.relu_(self.patch(joints) + self.position)


class PatchBlock(Foldable):
    """Joints exchange features along their links, then each looks at its neighbours in time."""

    def __init__(self, in_dim: int, out_dim: int, *, links: Tensor, stride: int) -> None:
        super().__init__()
        self.links = nn.Parameter(links)
        self.mix: nn.Module = nn.Linear(len(links) * in_dim, out_dim, bias=False)
        self.norm_space: nn.Module = nn.BatchNorm2d(out_dim)
        self.time: nn.Module = nn.Conv2d(
            out_dim,
            out_dim,
            (_KERNEL, 1),
            stride=(stride, 1),
            padding=(_KERNEL // 2, 0),
            bias=False,
        )
        self.norm_time: nn.Module = nn.BatchNorm2d(out_dim)
        self.shortcut: nn.Module = nn.Identity()
        if in_dim != out_dim or stride != 1:
            self.shortcut = Row(
                nn.Conv2d(in_dim, out_dim, 1, stride=(stride, 1), bias=False),
                nn.BatchNorm2d(out_dim),
            )

    def forward(
        self, features: Features, joint_weights: JointWeights | None = None
    ) -> DeepFeatures:
        """(B D T V) -> (B D' T/stride V)."""
        batch, _, frame_count, _ = features.shape
        # The width lies last in memory throughout: what looks like a re-ordering moves nothing.
        frames = rearrange(features, "b d t v -> (b t) v d")
        # One product per frame, all links at once; the frames share the links without a copy.
        links = rearrange(self.links, "s u v -> (u s) v").expand(frames.shape[0], -1, -1)
        heard = rearrange(links @ frames, "f (u s) d -> f u (s d)", s=len(self.links))
        mixed = rearrange(self.mix(heard), "(b t) v d -> b d t v", b=batch, t=frame_count)
        mixed = torch.relu_(self.norm_space(mixed))
        if joint_weights is not None:  # here the guidance comes in
            mixed = mixed * rearrange(joint_weights, "b v -> b 1 1 v")
        return torch.relu_(self.norm_time(self.time(mixed)) + self.shortcut(features))

    def folded(self) -> nn.Module:
        """See ``in_use/patchgcn.py``."""
        from crossglg.encoders.in_use.patchgcn import FoldedPatchBlock

        return FoldedPatchBlock(self)


def _start_links(layout: Layout, free_links: int) -> Tensor:
    """(3 + F, V, V): itself, its parent, its children; and links of chance."""
    joint_count = layout.joint_count
    free = 0.5 * torch.randn(free_links, joint_count, joint_count) / joint_count**0.5
    return torch.cat([bone_links(layout), free])
