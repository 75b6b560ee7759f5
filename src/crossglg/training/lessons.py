"""The texts as tensors, one row per class, for the classes of a run."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor

from crossglg.errors import ConfigError
from crossglg.skeleton.layout import Layout
from crossglg.text import TextGuidance, mirrored_guidance


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
        with_mirrored: bool,
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
        parts = [guidance, mirrored_guidance(guidance, layout)] if with_mirrored else [guidance]
        return cls(
            torch.from_numpy(np.concatenate([part.key_joints for part in parts])),
            torch.from_numpy(np.concatenate([part.joint_texts for part in parts])),
        )

    @property
    def width(self) -> int:
        """W."""
        return self.joint_texts.shape[-1]

    def to(self, device: torch.device) -> "Lessons":
        """The same on another device."""
        return Lessons(self.key_joints.to(device), self.joint_texts.to(device))
