"""Several layers that stand side by side, computed as one: fewer and larger products.

The layers keep their own weights, so that a state dict reads like the papers' figures. Their
weights are put side by side for the moment of the computation only, which costs next to nothing.
Features come as tokens (B T V D): a 1x1 convolution is then a plain product of matrices.
"""

from collections.abc import Iterable, Iterator

import torch
from jaxtyping import Float
from torch import Tensor, nn

Tokens = Float[Tensor, "B T V _"]
Rows = Float[Tensor, "_ M"]


def convolve_pointwise(tokens: Tokens, layers: Iterable[nn.Module]) -> Tokens:
    """The outputs, one after the other, of 1x1 convolutions that read the same features."""
    weights, biases = zip(*_weights_of(layers), strict=True)
    return nn.functional.linear(tokens, torch.cat(weights).flatten(1), torch.cat(biases))


def sum_pointwise(tokens: Tokens, layers: Iterable[nn.Module]) -> Tokens:
    """The sum of 1x1 convolutions, each of its own share of the width."""
    weights, biases = zip(*_weights_of(layers), strict=True)
    return nn.functional.linear(tokens, torch.cat(weights, dim=1).flatten(1), sum(biases))


def normalise(
    tokens: Tokens,
    norms: Iterable[nn.Module],
    *,
    plus: Tokens | None = None,
    rectify: bool = False,
) -> Tokens:
    """Batch norms, each of its own share of the width, in this order.

    Then what is to be added, then the ReLU: in place, which costs nothing while these are rows; on
    a view of them autograd would copy. For a processor's code features keep their axes, which the
    stages of its sums go by (``training/compiling.py``).
    """
    if torch.compiler.is_compiling() and not tokens.is_cuda:
        moved = _normalise(tokens.movedim(-1, 1), list(norms)).movedim(1, -1)
        moved = moved if plus is None else moved + plus
        return torch.relu(moved) if rectify else moved
    rows = _normalise(tokens.flatten(0, 2), list(norms))
    rows = rows if plus is None else rows + plus.flatten(0, 2)
    rows = rows.relu_() if rectify else rows
    return rows.view(tokens.shape)


def convolve_rows(rows: Rows, layers: Iterable[nn.Module]) -> Rows:
    """``convolve_pointwise`` where the width comes first."""
    weights, biases = zip(*_weights_of(layers), strict=True)
    return torch.addmm(torch.cat(biases).unsqueeze(1), torch.cat(weights).flatten(1), rows)


def normalise_rows(rows: Rows, norms: Iterable[nn.Module]) -> Rows:
    """``normalise`` where the width comes first."""
    return _normalise(rows.unsqueeze(0), list(norms)).squeeze(0)


def _normalise(features: Tensor, layers: list[nn.Module]) -> Tensor:
    """(N D) or (N D M) -> the same shape."""
    first = layers[0]
    assert isinstance(first, nn.BatchNorm2d)
    means = [layer.get_buffer("running_mean") for layer in layers]
    variances = [layer.get_buffer("running_var") for layer in layers]
    mean, variance = torch.cat(means), torch.cat(variances)
    weights, biases = (torch.cat(parts) for parts in zip(*_weights_of(layers), strict=True))
    normalised = nn.functional.batch_norm(
        *(features, mean, variance, weights, biases),
        training=first.training,
        momentum=first.momentum or 0.0,
        eps=first.eps,
    )
    if first.training:
        _share_out(mean, means)
        _share_out(variance, variances)
        for layer in layers:
            layer.get_buffer("num_batches_tracked").add_(1)
    return normalised


def _weights_of(layers: Iterable[nn.Module]) -> Iterator[tuple[Tensor, Tensor]]:
    for layer in layers:
        assert isinstance(layer, (nn.Conv2d, nn.BatchNorm2d))
        assert layer.bias is not None
        yield layer.weight, layer.bias


@torch.no_grad()
def _share_out(joined: Tensor, parts: list[Tensor]) -> None:
    for part, share in zip(parts, torch.split(joined, [len(part) for part in parts]), strict=True):
        part.copy_(share)
