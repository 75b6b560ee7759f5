"""The texts as tensors, one row per class, for the classes of a run."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor

from crossglg.errors import ConfigError
from crossglg.skeleton.layout import Layout
from crossglg.text import TextGuidance, mirrored_guidance
from crossglg.training.twins import Twins


@dataclass(frozen=True)
class Lessons:
    """What the words teach. K classes (mirrored twins included), V joints, W text width.

    Attributes:
        key_joints: k_gt (K V).
        joint_texts: (K V W).
    """

    key_joints: Tensor
    joint_texts: Tensor

    @classmethod
    def prepare(
        cls,
        guidance: TextGuidance,
        *,
        class_names: tuple[str, ...],
        layout: Layout,
        twins: Twins | None,
    ) -> Self:
        """Put the guidance of the base classes into tensors.

        Raises:
            ConfigError: The guidance speaks of other classes, or of another number of joints.
        """
        if guidance.class_names != class_names:
            raise ConfigError(
                f"Expected texts of the base classes {', '.join(class_names)}; found texts of "
                f"{', '.join(guidance.class_names)}."
            )
        keys, texts = guidance.key_joints, guidance.joint_texts
        if twins is not None:
            mirrored = mirrored_guidance(guidance, layout)
            keys = np.concatenate([keys, mirrored.key_joints[twins.fresh]])
            texts = np.concatenate([texts, mirrored.joint_texts[twins.fresh]])
        return cls(torch.from_numpy(keys), torch.from_numpy(texts))

    @property
    def width(self) -> int:
        """W."""
        return self.joint_texts.shape[-1]

    def to(self, device: torch.device) -> "Lessons":
        """The same on another device."""
        return Lessons(self.key_joints.to(device), self.joint_texts.to(device))
