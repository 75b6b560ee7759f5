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
    nothing but are prototypes for others. Nothing depends on how many classes there are, so that a
    GPU is never waited for.
    """
    unit = nn.functional.normalize(embedding, dim=-1)
    mates = labels[:, None] == labels  # (N N), itself among them
    count = mates.sum(dim=-1)
    sums = mates.to(unit.dtype) @ unit  # (N D)
    likeness = unit @ nn.functional.normalize(sums, dim=-1).T
    own = (nn.functional.normalize(sums - unit, dim=-1) * unit).sum(dim=-1)
    logits = torch.where(mates, own[:, None], likeness) / _TEMPERATURE
    # Every clip stands for its class, so each counts as one of so many.
    surprise = (logits - count.to(logits.dtype).log()).logsumexp(dim=-1) - own / _TEMPERATURE
    asks = count > 1
    return (surprise * asks).sum() / asks.sum().clamp(min=1)
