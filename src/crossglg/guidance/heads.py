"""Classifiers over base classes; the guided and the plain branch share one."""

import torch
from torch import nn

from crossglg.shapes import Embedding, Logits


class MLPHead(nn.Module):
    """Two layers, as the paper's shared classifier (its width is our choice: that of the input)."""

    def __init__(self, in_dim: int, class_count: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(in_dim, in_dim), nn.ReLU(), nn.Linear(in_dim, class_count)
        )

    def forward(self, embedding: Embedding) -> Logits:
        """(N D) -> (N K)."""
        logits: Logits = self.layers(embedding)
        return logits


class CosineHead(nn.Module):
    """Cosine to one learned direction per class, as novel classes are compared later.

    Source: Gidaris and Komodakis, Dynamic Few-Shot Visual Learning without Forgetting, CVPR 2018.

    Args:
        in_dim: Width of the embedding.
        class_count: Number of base classes.
        scale: Inverse temperature of the softmax that follows.
    """

    def __init__(self, in_dim: int, class_count: int, *, scale: float = 16.0) -> None:
        super().__init__()
        self.directions = nn.Parameter(torch.randn(class_count, in_dim) / in_dim**0.5)
        self.scale = scale

    def forward(self, embedding: Embedding) -> Logits:
        """(N D) -> (N K)."""
        return self.scale * nn.functional.linear(
            nn.functional.normalize(embedding, dim=-1),
            nn.functional.normalize(self.directions, dim=-1),
        )
