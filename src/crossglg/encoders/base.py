"""The contract between a skeleton encoder and everything that uses one.

An encoder is a stem, a row of blocks, and two averages::

    clips (N M T V C) -> stem -> (N*M D T V) -> blocks -> joint_features (N V D)
                                                       -> pool           (N D)

Guidance works *between* the blocks: joint importance is read after some block, and every later
block multiplies it in after its spatial mixing, before its temporal part. An encoder does not
know who makes the weights. Every encoder is final: it inherits from this class and from nothing
else, and overrides nothing that is implemented here.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from einops import rearrange, reduce
from torch import Tensor, nn

from crossglg.shapes import (
    Clips,
    DeepFeatures,
    Embedding,
    Features,
    JointFeatures,
    JointWeights,
    Present,
)
from crossglg.skeleton.layout import Layout

COORDINATES = 3
"""C of the clips that encoders take."""


class SkeletonEncoder(nn.Module, ABC):
    """Turns clips into features per joint.

    Attributes:
        layout: The joints the encoder was built for.
        max_persons: The largest M it takes.
        blocks: Modules called ``(features, joint_weights=None)``, (N*M D T V) -> (N*M D' T' V);
            joint weights (N*M V) have mean one over the joints, and all-one weights change
            nothing, bit for bit.
        block_dims: Feature width D after each block.
        default_n_pre: After how many blocks the method reads joint importance.
    """

    layout: Layout
    max_persons: int
    blocks: nn.ModuleList
    block_dims: tuple[int, ...]
    default_n_pre: int

    @abstractmethod
    def stem(self, clips: Clips) -> DeepFeatures:
        """Embed every joint of every frame, or of short patches: (N M T V C) -> (N*M D T' V).

        Joints come centred, facing -z, in torso lengths (``skeleton.normalize``). An absent
        person comes as zeros and is left out of the averages later.
        """

    @property
    def feature_dim(self) -> int:
        """D of the embedding."""
        return self.block_dims[-1]

    def run_blocks(
        self,
        features: Features,
        *,
        blocks: Sequence[int],
        joint_weights: JointWeights | None = None,
    ) -> DeepFeatures:
        """Send features through the blocks of these numbers."""
        for number in blocks:
            features = self.blocks[number](features, joint_weights)
        return features

    def joint_features(self, features: DeepFeatures, present: Present) -> JointFeatures:
        """(N*M D T V) -> (N V D): averages over the persons and frames that exist."""
        shares = rearrange(_presence_at(features, present), "n m t -> n 1 (m t)")
        moments = rearrange(features, "(n m) d t v -> n (m t) (v d)", n=present.shape[0])
        return rearrange(shares @ moments, "n 1 (v d) -> n v d", v=features.shape[3])

    def pool(self, features: DeepFeatures, present: Present) -> Embedding:
        """(N*M D T V) -> (N D): the average of the joint features over the joints."""
        return reduce(self.joint_features(features, present), "n v d -> n d", "mean")

    def forward(self, clips: Clips, present: Present | None = None) -> Embedding:
        """Embed clips without guidance.

        Args:
            clips: (N M T V C).
            present: (N M T) whether a person exists in a frame; everybody everywhere if left out.
        """
        features = self.run_blocks(self.stem(clips), blocks=range(len(self.blocks)))
        return self.pool(features, everybody(clips) if present is None else present)


def everybody(clips: Clips) -> Present:
    """(N M T) all True."""
    return torch.ones(clips.shape[:3], dtype=torch.bool, device=clips.device)


def _presence_at(features: DeepFeatures, present: Present) -> Tensor:
    """(N M T') weights that sum to one over persons and frames, at the features' frame rate."""
    frame_count = features.shape[2]
    frames = torch.arange(frame_count, device=present.device) * present.shape[2] // frame_count
    weights = present[:, :, frames].to(features.dtype)
    return weights / weights.sum(dim=(1, 2), keepdim=True).clamp(min=1.0)
