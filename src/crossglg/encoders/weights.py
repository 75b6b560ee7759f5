"""Key tables: the names of the authors' weights -> ours, strict both ways."""

import re
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from crossglg.errors import EncoderError

KeyTable = tuple[tuple[str, str], ...]
"""(pattern of the authors' key, our key as a replacement), tried in order."""

INFOGCN: KeyTable = (
    (r"pos_embedding", r"position"),
    (r"data_bn\.(.+)", r"norm.\1"),
    (r"to_joint_embedding\.(.+)", r"embed.\1"),
    (r"l(\d+)\.agcn\.shared_topology", r"blocks.<\1>.space.topology"),
    (r"l(\d+)\.agcn\.conv_d\.(.+)", r"blocks.<\1>.space.mix.\2"),
    (r"l(\d+)\.agcn\.bn\.(.+)", r"blocks.<\1>.space.norm_out.\2"),
    (r"l(\d+)\.agcn\.down\.(.+)", r"blocks.<\1>.space.shortcut.\2"),
    (r"l(\d+)\.agcn\.attn\.to_qk\.(.+)", r"blocks.<\1>.space.to_query_key.\2"),
    (r"l(\d+)\.agcn\.attn\.ln\.(.+)", r"blocks.<\1>.space.norm_in.\2"),
    (r"l(\d+)\.tcn\.(.+)", r"blocks.<\1>.time.\2"),
    (r"l(\d+)\.residual\.(.+)", r"blocks.<\1>.shortcut.\2"),
)
"""InfoGCN's encoder; blocks count from one there and from zero here."""

INFOGCN_HEAD: KeyTable = (
    (r"fc\.(.+)", r"hidden.\1"),
    (r"fc_mu\.(.+)", r"to_mean.\1"),
    (r"fc_logvar\.(.+)", r"to_log_variance.\1"),
    (r"decoder\.(.+)", r"classify.\1"),
)
"""InfoGCN's information-bottleneck head."""


def translate_key(key: str, table: KeyTable) -> str | None:
    """Our name for the authors' key, None where the table has no word for it."""
    for pattern, ours in table:
        match = re.fullmatch(pattern, key)
        if match:
            return re.sub(r"<(\d+)>", lambda n: str(int(n[1]) - 1), match.expand(ours))
    return None


def load_translated(
    module: nn.Module, weights: Mapping[str, Tensor], table: KeyTable
) -> tuple[str, ...]:
    """Load the authors' weights into a module of ours.

    Returns:
        Their keys that the table has no word for, such as another part's.

    Raises:
        EncoderError: A weight is missing, has no place, has another shape, or is given under two
            names with different values; all are listed.
    """
    translated = {key: translate_key(key, table) for key in weights}
    expected = module.state_dict()
    fitted = [
        (our, _without_idle_axes(weights[their], expected.get(our)))
        for their, our in translated.items()
        if our is not None
    ]
    ours = dict(fitted)
    contradictory = sorted(
        {our for our, it in fitted if it is not ours[our] and not torch.equal(it, ours[our])}
    )
    missing = sorted(expected.keys() - ours.keys())
    unexpected = sorted(ours.keys() - expected.keys())
    misshapen = [
        f"{key} {tuple(ours[key].shape)} instead of {tuple(expected[key].shape)}"
        for key in sorted(expected.keys() & ours.keys())
        if ours[key].shape != expected[key].shape
    ]
    problems = [
        f"{what}: {', '.join(names)}"
        for what, names in (
            ("missing", missing),
            ("without a place", unexpected),
            ("of another shape", misshapen),
            ("given twice, differently", contradictory),
        )
        if names
    ]
    if problems:
        raise EncoderError(
            f"These weights do not fit {type(module).__name__} ({'; '.join(problems)})."
        )
    module.load_state_dict(ours)
    return tuple(their for their, our in translated.items() if our is None)


def _without_idle_axes(weight: Tensor, expected: Tensor | None) -> Tensor:
    """A bias that is kept ready to be added to features, (1 D 1 1), is a bias (D)."""
    squeezed = weight.squeeze()
    fits = expected is not None and squeezed.shape == expected.shape
    return squeezed if fits else weight
