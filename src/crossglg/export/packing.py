"""Whether this processor multiplies sooner by weights packed ahead, or by weights as they lie.

Torch's compiler packs the frozen weights of linear layers for oneDNN's products. Where MKL's are
the quicker ones, as on a processor without AVX-512, that makes a model slower; so its own products
are timed both ways. The compiler has a switch for it, which holds for the whole process and for
convolutions too; so layers are written in another way instead, which it leaves to MKL.
"""

import copy
import time
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

Module = TypeVar("Module", bound=nn.Module)
Product = Callable[[], Tensor]
Size = tuple[int, int, int]
"""Rows, width that comes in, width that goes out."""

_ROUNDS = 7


@torch.no_grad()
def packing_pays(network: nn.Module, example: tuple[Tensor, ...]) -> bool:
    """Time a network's linear layers both ways, at the sizes that they have for an example.

    Args:
        network: In evaluation mode.
        example: What it is called with.

    Returns:
        True as well where torch has only one of the two ways.
    """
    if not (torch.backends.mkldnn.is_available() and torch.backends.mkl.is_available()):  # type: ignore[no-untyped-call]
        return True
    packed = plain = 0.0
    for size, count in _sizes_of_products(network, example).items():
        seconds = _time_in_turns(*_two_ways(size))
        packed, plain = packed + count * seconds[0], plain + count * seconds[1]
    return packed <= plain


def leave_unpacked(network: Module) -> Module:
    """A copy that says the same and whose weights the compiler leaves as they lie."""
    twin = copy.deepcopy(network)
    for layer in _linear_layers(twin):
        layer.__class__ = _Unpacked
        # The order in which MKL reads them soonest.
        layer.weight = nn.Parameter(layer.weight.mT.contiguous().mT, requires_grad=False)
    return twin


class _Unpacked(nn.Linear):
    """A linear layer as a batch of one product, in which the compiler sees no layer.

    It stays one for all who read its weights without calling it.
    """

    def forward(self, input: Float[Tensor, "... D"]) -> Float[Tensor, "... _"]:
        """(... D) -> (... D')."""
        rows = input.reshape(1, -1, self.in_features)
        out = torch.bmm(rows, self.weight.mT.unsqueeze(0))
        out = out.view(*input.shape[:-1], self.out_features)
        return out if self.bias is None else out + self.bias


def _linear_layers(network: nn.Module) -> list[nn.Linear]:
    """Without layers of a kind of their own, which may compute something else."""
    return [layer for layer in network.modules() if type(layer) is nn.Linear]


def _sizes_of_products(network: nn.Module, example: tuple[Tensor, ...]) -> Counter[Size]:
    sizes: Counter[Size] = Counter()

    def note(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(layer, nn.Linear)
        rows = inputs[0].numel() // layer.in_features
        sizes[rows, layer.in_features, layer.out_features] += 1

    handles = [layer.register_forward_pre_hook(note) for layer in _linear_layers(network)]
    try:
        network(*example)
    finally:
        for handle in handles:
            handle.remove()
    return sizes


def _two_ways(size: Size) -> tuple[Product, Product]:
    """A product by packed weights, as compiled code calls it, and one by weights as they lie."""
    rows, in_dim, out_dim = size
    dice = torch.Generator().manual_seed(0)  # the caller's stay as they were
    features = torch.randn(rows, in_dim, generator=dice)
    weight = torch.randn(out_dim, in_dim, generator=dice)
    bias, lying = torch.randn(out_dim, generator=dice), weight.mT.contiguous()
    packed = torch.ops.mkldnn._reorder_linear_weight(weight, rows)
    linear = torch.ops.mkldnn._linear_pointwise
    return (
        lambda: linear(features, packed, bias, "none", [], ""),
        lambda: torch.mm(features, lying).add_(bias),
    )


def _time_in_turns(*products: Product) -> list[float]:
    """The least seconds that each takes."""
    least = [float("inf")] * len(products)
    for product in products:
        product()
    for _ in range(_ROUNDS):
        for number, product in enumerate(products):
            start = time.perf_counter()
            product()
            least[number] = min(least[number], time.perf_counter() - start)
    return least
