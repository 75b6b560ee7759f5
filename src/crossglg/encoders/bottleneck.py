"""InfoGCN's own head, an information bottleneck.

Source: Chi et al., InfoGCN: Representation Learning for Human Skeleton-based Action Recognition,
CVPR 2022, section 3.2. Written from the paper and from recorded outputs.
"""

import torch
from torch import Tensor, nn

_PRIOR_GAIN = 3.0


class InformationBottleneck(nn.Module):
    """Classify a noisy code of the embedding.

    In training the code is drawn from a normal distribution whose mean and spread the embedding
    decides; in use it is the mean. ``guidance.losses.bottleneck_loss`` draws the codes of each
    class to its row of ``prior``.

    Args:
        in_dim: Width of the embedding.
        class_count: Number of base classes.
        noise_ratio: Share of the spread that is used in training.
    """

    prior: Tensor

    def __init__(self, in_dim: int, class_count: int, *, noise_ratio: float = 0.5) -> None:
        super().__init__()
        self.noise_ratio = noise_ratio
        self.hidden = nn.Linear(in_dim, in_dim)
        self.to_mean = nn.Linear(in_dim, in_dim)
        self.to_log_variance = nn.Linear(in_dim, in_dim)
        self.classify = nn.Linear(in_dim, class_count)
        # Where each class's codes shall gather. With more classes than directions the rows of an
        # orthogonal matrix cannot all be orthogonal; its columns then are.
        prior = nn.init.orthogonal_(torch.empty(class_count, in_dim), gain=_PRIOR_GAIN)
        self.register_buffer("prior", prior, persistent=False)

    def encode(self, embedding: Tensor) -> Tensor:
        """(N D) -> (N D) code."""
        hidden = torch.relu(self.hidden(embedding))
        mean: Tensor = self.to_mean(hidden)
        if not self.training:
            return mean
        spread = torch.exp(0.5 * self.to_log_variance(hidden)).clamp(max=100.0)
        return mean + self.noise_ratio * spread * torch.randn_like(spread)

    def forward(self, embedding: Tensor) -> Tensor:
        """(N D) -> (N K) logits."""
        logits: Tensor = self.classify(self.encode(embedding))
        return logits
