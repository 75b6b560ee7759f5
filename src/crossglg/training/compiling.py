"""How training steps are compiled: soon, and on a processor in forms that are quick there.

torch.compile writes good loops, and two kinds of slow ones (torch 2.13). Where the width is last
in memory, as in tokens, it adds up rows one strip of channels at a time, from the first row to the
last: each strip is a walk through all of the memory. And it stores what a ReLU let through as
booleans, which processors with AVX-512 then pack and unpack one at a time. Here sums of rows, and
the moments of batch norms, are taken in stages, each of as many rows as the fastest cache holds; a
ReLU's gradient asks the features themselves. Both say the same as torch's own, to rounding.

Before it writes anything torch traces the step, and by itself einops as well, letter by letter of
each pattern, half of the tracing or more. Here a rearrangement is traced as the one call it is.
"""

from collections.abc import Callable, Sequence
from typing import Any, cast

import einops
import torch
import torch._functorch.config
from jaxtyping import Float
from torch import Tensor, nn

Form = Callable[..., Any]
Rows = Float[Tensor, "*R D"]
Channels = Float[Tensor, " D"]

_NUMBERS_AT_ONCE = 2**13  # 32 kB
_FEWEST_ROWS = 4
_WIDE = (torch.float32, torch.float64)


def compile_in_place(
    module: nn.Module, device: torch.device, *, dynamic: bool | None = None
) -> None:
    """Have a module compiled when it is first called.

    Args:
        module: Keeps its class and the names of its weights.
        device: Where it will be called.
        dynamic: Whether sizes stay open; None opens those that change.
    """
    keep_rearrangements_whole()
    module.compile(dynamic=dynamic, **compile_arguments(device))


def keep_rearrangements_whole() -> None:
    """What torch.compile traces from now on calls einops, and does not look into it."""
    for operation in (einops.rearrange, einops.reduce, einops.repeat, einops.einsum):
        torch.compiler.allow_in_graph(operation)  # type: ignore[no-untyped-call]


def compile_arguments(device: torch.device) -> dict[str, Any]:
    """What torch.compile is told where a step is computed.

    A GPU is told of a step in one piece, not by kernels ("triton.cudagraphs": torch's mode
    "reduce-overhead"). Layouts stay as they are: wherever there are convolutions, torch otherwise
    keeps all that a backward pass needs with the second axis innermost. That suits features
    (B D T V); tokens (B T V D) are written and read across the grain.
    """
    if device.type == "cpu":
        return {"backend": compile_for_processor}
    return {"options": {"triton.cudagraphs": device.type == "cuda", "layout_optimization": False}}


def compile_for_processor(graph: torch.fx.GraphModule, inputs: Sequence[Tensor]) -> Form:
    """A backend for torch.compile: its own, Inductor, with the forms of this module."""
    from torch._inductor.compile_fx import compile_fx
    from torch._inductor.decomposition import select_decomp_table

    own = select_decomp_table()
    forms = {operator: _or_else(form, own.get(operator)) for operator, form in _FORMS.items()}
    # Torch does not tell by the forms which of the graphs that it keeps on disk is meant.
    with torch._functorch.config.patch(enable_autograd_cache=False):
        compiled = compile_fx(
            graph,
            inputs,
            config_patches={"layout_optimization": False},
            decompositions={**own, **forms},
        )
    return cast(Form, compiled)


def sum_leading(
    features: Tensor,
    dim: Sequence[int] | None,
    keepdim: bool = False,
    *,
    dtype: torch.dtype | None = None,
) -> Tensor:
    """``torch.sum`` over leading axes."""
    axes = sorted(axis % features.ndim for axis in dim or ())
    kept = features.shape[len(axes) :]
    if (
        dtype is not None
        or axes != list(range(len(axes)))
        or not axes
        or not kept
        or not features.is_floating_point()
        or not features.is_contiguous()
    ):
        return NotImplemented
    rows = features.flatten(len(axes))
    if _count_in_group(rows.flatten(0, -2)) == 1:
        return NotImplemented
    wide = rows if rows.dtype in _WIDE else rows.float()
    shape = [*[1] * len(axes), *kept] if keepdim else kept
    return _add_up(wide).to(features.dtype).view(shape)


def rectified_gradient(gradient: Tensor, rectified: Tensor, threshold: float) -> Tensor:
    """A ReLU's gradient: what it let through is above zero, the rest is not."""
    return gradient * rectified.clamp(min=0).sign() if threshold == 0 else NotImplemented


def normalise(
    features: Tensor,
    weight: Channels | None,
    bias: Channels | None,
    mean: Channels | None,
    variance: Channels | None,
    training: bool,
    momentum: float,
    eps: float,
) -> tuple[Tensor, ...]:
    """A batch norm: features, what their gradient asks for, and the new running moments."""
    rows = _as_rows(features)
    if not training or rows is None or not _are_wide(weight, bias, mean, variance):
        return NotImplemented
    assert weight is not None
    assert bias is not None
    assert mean is not None
    assert variance is not None
    rows = rows.to(weight.dtype)
    here, spread = _moments(rows)
    scale = torch.rsqrt(spread + eps)
    normalised = (rows - here) * (scale * weight) + bias
    count = rows[..., 0].numel()
    unbiased = spread * (count / max(count - 1, 1))
    return (
        _as_features(normalised, features),
        here,
        scale,
        mean + momentum * (here - mean),
        variance + momentum * (unbiased - variance),
    )


def normalised_gradient(
    gradient: Tensor,
    features: Tensor,
    weight: Channels | None,
    _mean: Channels | None,
    _variance: Channels | None,
    here: Channels | None,
    scale: Channels | None,
    training: bool,
    _eps: float,
    asked: Sequence[bool],
) -> tuple[Tensor | None, ...]:
    """A batch norm's gradient: for features, weight and bias, where asked."""
    rows, gradients = _as_rows(features), _as_rows(gradient)
    if not training or rows is None or gradients is None or not _are_wide(weight, here, scale):
        return NotImplemented
    assert weight is not None
    assert here is not None
    assert scale is not None
    gradients = gradients.to(weight.dtype)
    centred = rows.to(weight.dtype) - here
    to_bias = _add_up(gradients)
    to_weight = _add_up(gradients * centred) * scale
    count = rows[..., 0].numel()
    shares = to_bias / count, scale * to_weight / count
    to_rows = (scale * weight) * (gradients - shares[0] - centred * shares[1])
    given = (_as_features(to_rows, features), to_weight, to_bias)
    return tuple(part if wanted else None for part, wanted in zip(given, asked, strict=True))


_FORMS: dict[Any, Form] = {
    torch.ops.aten.sum.dim_IntList: sum_leading,
    torch.ops.aten.threshold_backward.default: rectified_gradient,
    torch.ops.aten._native_batch_norm_legit_functional.default: normalise,
    torch.ops.aten.native_batch_norm_backward.default: normalised_gradient,
}


def _or_else(form: Form, own: Form | None) -> Form:
    """A form of ours; where it does not apply torch's own, if it has any."""

    def decompose(*given: Any, **named: Any) -> Any:
        result = form(*given, **named)
        return own(*given, **named) if result is NotImplemented and own is not None else result

    return decompose


def _are_wide(*channels: Channels | None) -> bool:
    return all(each is not None and each.dtype in _WIDE for each in channels)


def _as_rows(features: Tensor) -> Rows | None:
    """(B D ...) -> (B ... D), without a copy; None where the width does not come last in memory."""
    last = features.movedim(1, -1)
    return last if last.is_contiguous() else None


def _as_features(rows: Rows, like: Tensor) -> Tensor:
    return rows.movedim(-1, 1).to(like.dtype)


def _moments(rows: Rows) -> tuple[Channels, Channels]:
    """Mean and variance of each channel: of groups of rows, then of the groups' moments.

    Source: Chan, Golub, LeVeque, Updating formulae and a pairwise algorithm for computing sample
    variances, 1979.
    """
    groups = _group(rows)
    means = groups.mean(dim=-2)
    spreads = (groups - means.unsqueeze(-2)).square().mean(dim=-2)
    count = means[..., 0].numel()
    mean = _add_up(means) / count
    return mean, _add_up(spreads + (means - mean).square()) / count


def _add_up(rows: Rows) -> Channels:
    while rows.ndim > 1:
        rows = _group(rows).sum(dim=-2)
    return rows


def _group(rows: Rows) -> Float[Tensor, "*G R D"]:
    """Groups as they lie, where there are several axes: indices need no division then."""
    if rows.ndim > 2 and rows.shape[-2] <= _most_rows(rows):
        return rows
    flat = rows.flatten(0, -2)
    count = _count_in_group(flat)
    return flat if count == 1 else flat.view(-1, count, flat.shape[1])


def _count_in_group(rows: Float[Tensor, "R D"]) -> int:
    """How many rows the fastest cache holds, and all of them are a multiple of.

    One where they are few anyway.
    """
    most = _most_rows(rows)
    if len(rows) <= most:
        return 1
    return max(count for count in range(1, most + 1) if len(rows) % count == 0)


def _most_rows(rows: Rows) -> int:
    return max(_FEWEST_ROWS, _NUMBERS_AT_ONCE // rows.shape[-1])
