"""The optimiser and the course of its learning rate."""

from math import cos, pi

import torch
from torch import nn

from crossglg.training.config import TrainingConfig

_MOMENTUM = 0.9
_STEP_FACTOR = 0.1


def build_optimizer(model: nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    """SGD or AdamW; norms, biases and other vectors do not decay."""
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim <= 1]
    groups = [
        {"params": matrices, "weight_decay": config.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    if config.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=config.learning_rate)
    return torch.optim.SGD(groups, lr=config.learning_rate, momentum=_MOMENTUM, nesterov=True)


def learning_rate_at(config: TrainingConfig, epoch: float) -> float:
    """The learning rate at a point of the run, such as 3.5 epochs."""
    if epoch < config.warmup_epochs:
        return config.learning_rate * epoch / config.warmup_epochs
    if config.schedule == "steps":
        passed = sum(epoch >= step for step in config.step_epochs)
        return config.learning_rate * _STEP_FACTOR**passed
    progress = (epoch - config.warmup_epochs) / max(1, config.epochs - config.warmup_epochs)
    return config.learning_rate * (1 + cos(pi * min(progress, 1.0))) / 2
