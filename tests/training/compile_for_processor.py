"""Compile a small step in torch's own way and in ours, free of the tests' type checks.

Prints a line of JSON: how far the gradients of ours are from those of a step that is not compiled,
and what slow forms there are in the code of each.
"""

import json
import sys

import torch
from torch import nn
from torch._inductor.utils import run_fw_bw_and_get_code

from crossglg.training.compiling import compile_for_processor

WIDTH = 32


class Block(nn.Module):
    """A product, its norm and a ReLU, of which every second row is kept, as with strides."""

    def __init__(self) -> None:
        super().__init__()
        self.product, self.norm = nn.Linear(WIDTH, WIDTH), nn.BatchNorm1d(WIDTH)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """(R D) -> (R/2 D)."""
        return torch.relu(self.norm(self.product(rows)))[::2]


def build() -> nn.Module:
    """Two blocks and a last product."""
    torch.manual_seed(0)
    return nn.Sequential(Block(), Block(), nn.Linear(WIDTH, 4))


def step(network: nn.Module) -> tuple[torch.Tensor, list[str]]:
    """All gradients after two steps, and the code that was made."""
    torch.manual_seed(1)

    def backward() -> torch.Tensor:
        return network(torch.randn(1600, WIDTH)).square().mean()

    code = run_fw_bw_and_get_code(backward)[1]
    network.zero_grad()
    backward().backward()
    return torch.cat([weights.grad.flatten() for weights in network.parameters()]), code


def slow_forms(code: list[str]) -> list[str]:
    """What of it stands in the code."""
    return [form for form in ("Welford", "bool*") if any(form in part for part in code)]


if __name__ == "__main__":
    expected, _ = step(build())
    _, own = step(torch.compile(build()))
    torch._dynamo.reset()
    found, ours = step(torch.compile(build(), backend=compile_for_processor))
    apart = (found - expected).abs().max() / expected.abs().max()
    report = {"apart": float(apart), "torch's own": slow_forms(own), "ours": slow_forms(ours)}
    json.dump(report, sys.stdout)
