"""``skeleton.chance`` in torch: the same numbers by address, drawn where the model is trained.

A GPU knows no unsigned whole numbers of 64 bits; signed ones wrap around alike, and are shifted to
the right with what comes in from the left masked away.
"""

from math import pi

import torch
from jaxtyping import Float, Int
from torch import Tensor

from crossglg.skeleton.chance import LAST_SHIFT, ROUNDS, STEP

SignedKeys = Int[Tensor, " P"]
"""Keys of ``skeleton.chance`` with their bits read as signed numbers."""


def _signed(bits: int) -> int:
    return bits - 2**64 if bits >= 2**63 else bits


_STEP = _signed(STEP)
_ROUNDS = tuple((shift, _signed(factor)) for shift, factor in ROUNDS)


def draw_normal(keys: SignedKeys, count: int) -> Float[Tensor, "P C"]:
    """(P) keys -> (P count) numbers of mean 0 and deviation 1, to rounding those of NumPy."""
    places = torch.arange((count + 1) // 2, device=keys.device)
    bits = _mix(keys[:, None] + places * _STEP)
    first = (_shift(bits, 40).float() + 0.5) * 2.0**-24
    turn = (bits & 0xFFFFFF).float() * (2 * pi * 2.0**-24)
    length = torch.sqrt(-2 * torch.log(first))
    return torch.cat([length * torch.cos(turn), length * torch.sin(turn)], dim=1)[:, :count]


def _mix(values: Tensor) -> Tensor:
    mixed = values + _STEP
    for shift, factor in _ROUNDS:
        mixed = (mixed ^ _shift(mixed, shift)) * factor
    return mixed ^ _shift(mixed, LAST_SHIFT)


def _shift(values: Tensor, count: int) -> Tensor:
    return (values >> count) & (2 ** (64 - count) - 1)
