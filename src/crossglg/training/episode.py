"""Prototypical training: every batch is an episode of one-shot recognition.

Source: Snell et al., Prototypical Networks for Few-shot Learning, NeurIPS 2017, with cosines for
distances, since exemplars are compared by them later.
"""

import torch
from torch import Tensor, nn

from crossglg.shapes import Embedding, Labels

_TEMPERATURE = 0.1


def episode_loss(embedding: Embedding, labels: Labels) -> Tensor:
    """Cross-entropy of each clip against the prototypes that the other clips of the batch make.

    A clip is left out of its own class's prototype; clips that are alone in their class ask
    nothing but are prototypes for others.
    """
    unit = nn.functional.normalize(embedding, dim=-1)
    classes, position = torch.unique(labels, return_inverse=True)
    member = nn.functional.one_hot(position, len(classes)).to(unit.dtype)  # (N K)
    count = member.sum(dim=0)
    sums = member.T @ unit  # (K D)
    likeness = nn.functional.normalize(sums, dim=-1) @ unit.T  # (K N)
    others = nn.functional.normalize(sums[position] - unit, dim=-1)
    own = (others * unit).sum(dim=-1)
    logits = torch.where(member.bool(), own[:, None], likeness.T) / _TEMPERATURE
    asks = count[position] > 1
    losses = nn.functional.cross_entropy(logits, position, reduction="none")
    return (losses * asks).sum() / asks.sum().clamp(min=1)
