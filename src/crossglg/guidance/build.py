"""From a description of a model to the model: which encoder, which guidance, which head."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, Literal

from torch import nn

from crossglg.encoders import InformationBottleneck, create_encoder
from crossglg.errors import ConfigError, check_ranges
from crossglg.guidance.heads import CosineHead, MLPHead
from crossglg.guidance.importance import JointImportance, Reweighting
from crossglg.guidance.interaction import CrossModalInteraction, InteractionConfig
from crossglg.guidance.model import CrossGLG, PlainBranch, resolve_n_pre
from crossglg.guidance.part_contrast import PartTextContrast
from crossglg.skeleton.layout import Layout

Guidance = Literal["crossglg", "none", "g2l", "l2g", "gap"]
Head = Literal["mlp", "cosine", "linear", "bottleneck", "none"]


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Everything that decides a model's architecture, apart from the data it is for.

    Attributes:
        encoder: Name of a registered encoder.
        options: That encoder's own options.
        guidance: Both halves of the method, one of them, the bare encoder, or GAP for comparison.
        n_pre: After how many blocks joint importance is read; None for the encoder's default.
        importance_hidden: Hidden width of the importance; None for the width of the features.
        reweighting: How importance scales features.
        head: The shared classifier; ``bottleneck`` is InfoGCN's own, ``none`` is for weights that
            come without one and are not trained further.
        interaction: The training-only branch.
    """

    encoder: str = "infogcn"
    options: Mapping[str, Any] = field(default_factory=dict)
    guidance: Guidance = "crossglg"
    n_pre: int | None = None
    importance_hidden: int | None = None
    reweighting: Reweighting = "scaled"
    head: Head = "mlp"
    interaction: InteractionConfig = field(default_factory=InteractionConfig)

    def __post_init__(self) -> None:
        check_ranges(self, {"importance_hidden": (1, inf)}, where="model")
        for option, value in self.options.items():
            try:
                json.dumps(value)
            except (TypeError, ValueError) as error:
                raise ConfigError(
                    f"model.options.{option}: expected numbers, texts and lists of them, which can "
                    f"be saved beside the weights, found {value!r}."
                ) from error

    @property
    def global_to_local(self) -> bool:
        """Whether joint importance is predicted and used."""
        return self.guidance in ("crossglg", "g2l")

    @property
    def local_to_global(self) -> bool:
        """Whether the interaction branch is trained."""
        return self.guidance in ("crossglg", "l2g")

    @property
    def needs_texts(self) -> bool:
        """Whether training needs words."""
        return self.guidance != "none"


def build_plain(
    config: ModelConfig, *, layout: Layout, max_persons: int, class_count: int
) -> PlainBranch:
    """The branch that is kept, with fresh weights.

    Raises:
        ConfigError: No such encoder or option, or ``n_pre`` leaves no block before or after.
    """
    encoder = create_encoder(
        config.encoder, layout=layout, max_persons=max_persons, options=dict(config.options)
    )
    n_pre = resolve_n_pre(encoder, config.n_pre)
    importance = None
    if config.global_to_local:
        importance = JointImportance(
            encoder.block_dims[n_pre - 1],
            hidden_dim=config.importance_hidden,
            reweighting=config.reweighting,
        )
    classifier = _build_head(config.head, encoder.feature_dim, class_count)
    return PlainBranch(encoder, classifier, importance=importance, n_pre=n_pre)


def build_crossglg(config: ModelConfig, plain: PlainBranch, *, text_dim: int) -> CrossGLG:
    """The whole in training, around a plain branch."""
    interaction = part_contrast = None
    feature_dim = plain.encoder.feature_dim
    if config.local_to_global:
        interaction = CrossModalInteraction(text_dim, feature_dim, config=config.interaction)
    if config.guidance == "gap":
        part_contrast = PartTextContrast(
            plain.encoder.layout, text_dim=text_dim, feature_dim=feature_dim
        )
    return CrossGLG(plain, interaction=interaction, part_contrast=part_contrast)


def _build_head(head: Head, in_dim: int, class_count: int) -> nn.Module:
    if head == "mlp":
        return MLPHead(in_dim, class_count)
    if head == "cosine":
        return CosineHead(in_dim, class_count)
    if head == "bottleneck":
        return InformationBottleneck(in_dim, class_count)
    if head == "none":
        return nn.Identity()
    return nn.Linear(in_dim, class_count)
