"""CrossGLG: a guided branch for training, a plain branch for use, one classifier for both.

Source: Yan et al., CrossGLG: LLM Guides One-shot Skeleton-based 3D Action Recognition in a
Cross-level Manner, ECCV 2024, section 3::

    clips -> stem -> blocks 1..n_pre -> blocks n_pre+1.. -> joints -> mean -> classifier
                          |                  ^ weights        |               (shared)
                          +-> importance ----+                v                  ^
                                              joint texts -> interaction --------+

The plain branch is the upper line and knows no text: what is deployed cannot hold any.
"""

from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor, nn

from crossglg.encoders.base import SkeletonEncoder
from crossglg.encoders.bottleneck import InformationBottleneck
from crossglg.errors import ConfigError
from crossglg.guidance.importance import JointImportance
from crossglg.guidance.interaction import CrossModalInteraction
from crossglg.guidance.part_contrast import PartTextContrast
from crossglg.shapes import (
    Clips,
    DeepMomentWeights,
    Embedding,
    Features,
    JointFeatures,
    JointTexts,
    JointWeights,
    Logits,
    PartLogits,
    Present,
)


class PlainOutput(NamedTuple):
    """What the plain branch says about N clips of M persons.

    Attributes:
        features: (N*M D T V) after the last block.
        joint_features: (N V D) averaged over persons and frames that exist.
        embedding: (N D) averaged over the joints too.
        importance: k_out (N*M V), None without joint importance.
        logits: (N K) over the base classes.
    """

    features: Features
    joint_features: JointFeatures
    embedding: Embedding
    importance: JointWeights | None
    logits: Logits


class GuidedOutput(NamedTuple):
    """The plain branch's output and what the training-only parts say (None without them).

    Attributes:
        plain: Everything known without text.
        fused_logits: (N K) of the interaction branch.
        part_logits: (P N N) clips against texts, of GAP's contrast.
        code: Where InfoGCN's own head is the classifier: codes (N D) that it draws, and where each
            class's codes shall gather (K D).
    """

    plain: PlainOutput
    fused_logits: Logits | None
    part_logits: PartLogits | None
    code: tuple[Embedding, Float[Tensor, "K D"]] | None


def resolve_n_pre(encoder: SkeletonEncoder, n_pre: int | None) -> int:
    """Number of blocks before the importance; the encoder's own default for None.

    Raises:
        ConfigError: ``n_pre`` leaves no block before or after.
    """
    blocks = len(encoder.blocks)
    chosen = encoder.default_n_pre if n_pre is None else n_pre
    if not 0 < chosen < blocks:
        raise ConfigError(
            f"Expected n_pre between 1 and {blocks - 1} for an encoder of {blocks} blocks, found "
            f"{chosen}."
        )
    return chosen


class PlainBranch(nn.Module):
    """The part that is deployed: encoder, joint importance, classifier of the base classes.

    Args:
        encoder: Any skeleton encoder.
        classifier: (N D) -> (N K).
        importance: Predicts k_out after block ``n_pre``; None for the bare encoder.
        n_pre: Number of blocks before the importance; the encoder's own default if left out.

    Raises:
        ConfigError: ``n_pre`` leaves no block before or after.
    """

    def __init__(
        self,
        encoder: SkeletonEncoder,
        classifier: nn.Module,
        *,
        importance: JointImportance | None = None,
        n_pre: int | None = None,
    ) -> None:
        super().__init__()
        self.n_pre = resolve_n_pre(encoder, n_pre)
        self.encoder = encoder
        self.importance = importance
        self.classifier = classifier

    def forward(self, clips: Clips, present: Present) -> PlainOutput:
        """(N M T V C) and (N M T) -> everything known without text."""
        encoder = self.encoder
        features = encoder.run_blocks(encoder.stem(clips), blocks=range(self.n_pre))
        importance = weights = None
        if self.importance is not None:
            importance = self.importance(features)
            weights = self.importance.joint_weights(importance).to(features.dtype)
        later = range(self.n_pre, len(encoder.blocks))
        features = encoder.run_blocks(features, blocks=later, joint_weights=weights)
        joint_features = encoder.joint_features(features, present)
        embedding = joint_features.mean(dim=1)
        return PlainOutput(
            features, joint_features, embedding, importance, self.classifier(embedding)
        )

    def importance_over_time(self, clips: Clips, *, window: float) -> DeepMomentWeights | None:
        """What the importance says about a window around each moment.

        Args:
            clips: (N M T V C).
            window: Share of the clip that a moment reads; from 2 on each reads all of it.

        Returns:
            (N*M T' V); None without joint importance.
        """
        if self.importance is None:
            return None
        features = self.encoder.run_blocks(self.encoder.stem(clips), blocks=range(self.n_pre))
        reach = int(window * features.shape[2] / 2)
        return self.importance.over_time(features, window=2 * reach + 1)


class CrossGLG(nn.Module):
    """The whole in training: the plain branch and, if given, the interaction beside it.

    Args:
        plain: The branch that is kept.
        interaction: The branch that reads the joints' texts; None switches local-to-global off.
        part_contrast: GAP's way to use the texts, for comparison.
    """

    def __init__(
        self,
        plain: PlainBranch,
        *,
        interaction: CrossModalInteraction | None = None,
        part_contrast: PartTextContrast | None = None,
    ) -> None:
        super().__init__()
        self.plain = plain
        self.interaction = interaction
        self.part_contrast = part_contrast

    def forward(
        self, clips: Clips, present: Present, joint_texts: JointTexts | None = None
    ) -> GuidedOutput:
        """Run both branches.

        Args:
            clips: (N M T V C).
            present: (N M T).
            joint_texts: (N V W) of each clip's own class; without them only the plain branch runs.
        """
        plain = self.plain(clips, present)
        fused_logits = part_logits = None
        if joint_texts is not None and self.interaction is not None:
            fused = self.interaction(joint_texts, plain.joint_features)
            fused_logits = self.plain.classifier(fused)
        if joint_texts is not None and self.part_contrast is not None:
            part_logits = self.part_contrast(joint_texts, plain.joint_features)
        code, head = None, self.plain.classifier
        if isinstance(head, InformationBottleneck):
            code = head.encode(plain.embedding), head.prior
        return GuidedOutput(plain, fused_logits, part_logits, code)
