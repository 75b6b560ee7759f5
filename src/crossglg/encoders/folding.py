"""A network's form for use: batch norms, fixed after training, melt into the products beside them.

In evaluation mode a batch norm multiplies each channel by a number and adds another. The product
before it can do both at no cost, and a pass over the features is saved. Only modules that are
``Foldable``, such as a ``Row``, are folded: of others nobody knows how their parts are used.
"""

import copy
from abc import ABC, abstractmethod
from typing import TypeVar, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

Module = TypeVar("Module", bound=nn.Module)
Product = nn.Linear | nn.Conv2d
Norm = nn.BatchNorm1d | nn.BatchNorm2d

_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


class Foldable(nn.Module, ABC):
    """A module that knows a quicker form of itself for evaluation."""

    @abstractmethod
    def folded(self) -> nn.Module:
        """The same function in evaluation mode; may change this module and keep parts of it."""


@torch.inference_mode(mode=False)  # or the weights would be of use to nobody outside of it
@torch.no_grad()
def fold(network: Module) -> Module:
    """A network that says the same in evaluation mode, to rounding, sooner; it cannot learn.

    A network without anything ``Foldable`` in it stays the same.

    Args:
        network: Stays as it is. What need not change is shared with it, not copied.
    """
    shared: dict[int, object] = {id(buffer): buffer for buffer in network.buffers()}
    for parameter in network.parameters():
        shared[id(parameter)] = nn.Parameter(parameter.data, requires_grad=False)
    twin = copy.deepcopy(network, shared)
    return cast(Module, _fold(twin.eval())).eval().requires_grad_(False)


def _fold(module: nn.Module) -> nn.Module:
    if isinstance(module, Foldable):
        return module.folded()
    for name, child in module.named_children():
        setattr(module, name, _fold(child))
    return module


class Row(nn.Sequential, Foldable):
    """Layers one after the other; in the form for use, convolutions hold their batch norms.

    It is for those who call it as a whole: folded, it is shorter.
    """

    def folded(self) -> nn.Module:
        """The layers that are left, or the only one."""
        layers: list[nn.Module] = []
        for layer in self:
            if layers and _is_absorbed(layers[-1], layer):
                layers[-1] = absorb(layers[-1], layer)
            else:
                layers.append(_fold(layer))
        return layers[0] if len(layers) == 1 else nn.Sequential(*layers)


def _is_absorbed(product: nn.Module, norm: nn.Module) -> bool:
    """Whether the two surely make one convolution.

    Subclasses may do something of their own, as hooks do, and parametrised layers are subclasses;
    a linear layer works on the last axis, where a batch norm works on the second.
    """
    return (
        type(product) is nn.Conv2d
        and type(norm) is nn.BatchNorm2d
        and norm.affine
        and norm.running_mean is not None
        and not any(layer._forward_hooks or layer._forward_pre_hooks for layer in (product, norm))
    )


def absorb(product: nn.Module, norm: nn.Module) -> Product:
    """A product and the batch norm after it as one product."""
    product = _as_product(product)
    gain, shift = read_affine(norm)
    weight = product.weight * gain.reshape(-1, *[1] * (product.weight.ndim - 1))
    bias = shift if product.bias is None else shift + gain * product.bias
    # Features have the width last in memory; kernels in another order are re-ordered in each call.
    last = torch.channels_last if weight.ndim == 4 else torch.contiguous_format
    one = copy.copy(product)
    one._parameters = {
        "weight": nn.Parameter(weight.contiguous(memory_format=last)),
        "bias": nn.Parameter(bias),
    }
    return one


def read_affine(norm: nn.Module) -> tuple[Float[Tensor, " D"], Float[Tensor, " D"]]:
    """What a batch norm multiplies each channel by in evaluation mode, and what it adds."""
    assert isinstance(norm, _NORMS)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    gain = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
    return gain, norm.bias - norm.running_mean * gain


def put_side_by_side(*products: nn.Module) -> nn.Linear:
    """Linear layers or 1x1 convolutions that read the same features, as one linear layer."""
    layers = [_as_product(product) for product in products]
    return make_linear(
        torch.cat([layer.weight.flatten(1) for layer in layers]),
        torch.cat([cast(Tensor, layer.bias) for layer in layers]),
    )


def make_linear(weight: Float[Tensor, "E D"], bias: Float[Tensor, " E"] | None = None) -> nn.Linear:
    """A linear layer of these numbers."""
    layer = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, device="meta")
    layer.weight = nn.Parameter(weight.contiguous())
    if bias is not None:
        layer.bias = nn.Parameter(bias.contiguous())
    return layer


def becomes_loops() -> bool:
    """Whether code is being made in which all that lies between two products is one loop.

    Not for ONNX, which torch compiles for as well: its runtime calls one operator after the other.
    """
    return torch.compiler.is_compiling() and not torch.onnx.is_in_onnx_export()


def _as_product(module: nn.Module) -> Product:
    assert isinstance(module, Product)
    return module
