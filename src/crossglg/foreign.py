"""Take over the weights that the encoders' authors published, as a run folder of ours."""

import pickle
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from crossglg.checkpoint import PlainCheckpoint
from crossglg.encoders.hdgcn_weights import HDGCN, HDGCN_HEAD
from crossglg.encoders.motionbert_weights import motionbert_keys
from crossglg.encoders.weights import INFOGCN, INFOGCN_HEAD, KeyTable, load_translated
from crossglg.errors import CheckpointError, ConfigError, suggest
from crossglg.guidance.build import Head, ModelConfig, build_plain
from crossglg.skeleton import get_layout
from crossglg.sources.ntu import list_ntu_classes

_NTU_COUNTS = (60, 120)
_WRAPPERS = ("state_dict", "model", "model_state_dict", "model_pos", "weights", "net")


@dataclass(frozen=True)
class Published:
    """How one encoder's authors keep their weights.

    Attributes:
        layout: The joints they were trained on.
        frame_count: T.
        keys: Weights -> the table of the encoder's keys.
        head: The kind of classifier that comes with them.
        head_keys: Table of its keys; without one, what is left over is not used.
        class_key: The weight whose first axis counts the classes.
        ignored: First parts of keys of theirs that recognition has no use for.
        options: Of our encoder, to be built as theirs.
    """

    layout: str
    frame_count: int
    keys: Callable[[Mapping[str, Tensor]], KeyTable]
    head: Head
    head_keys: KeyTable = ()
    class_key: str = ""
    ignored: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


def _infogcn_keys(weights: Mapping[str, Tensor]) -> KeyTable:
    return INFOGCN


def _hdgcn_keys(weights: Mapping[str, Tensor]) -> KeyTable:
    return HDGCN


def _motionbert_keys(weights: Mapping[str, Tensor]) -> KeyTable:
    found = (re.search(r"blocks_st\.(\d+)\.", key) for key in weights)
    return motionbert_keys(1 + max((int(match[1]) for match in found if match), default=0))


PUBLISHED: dict[str, Published] = {
    "infogcn": Published("ntu25", 64, _infogcn_keys, "bottleneck", INFOGCN_HEAD, "decoder.weight"),
    "hdgcn": Published("ntu25", 64, _hdgcn_keys, "linear", HDGCN_HEAD, "fc.weight"),
    # Trained on images: x, y and confidence. Its heads lift poses or embed for matching.
    "motionbert": Published(
        *("h36m17", 100, _motionbert_keys, "none"),
        ignored=("head", "backbone.head", "module.head", "module.backbone.head"),
        options={"view": "front"},
    ),
}


def import_weights(
    encoder: str, file: Path, *, options: Mapping[str, Any] | None = None
) -> PlainCheckpoint:
    """Read published weights into a plain branch, strict both ways.

    Args:
        encoder: Name of an encoder with a key table.
        file: ``.pt``, ``.pth``, ``.bin`` or ``.safetensors``. Tensors only are read; a pickle
            that holds anything to run is refused.
        options: Of the encoder, where the file is not the authors' usual model.

    Raises:
        ConfigError: No such encoder.
        CheckpointError: The file cannot be read, or holds more than tensors.
        EncoderError: Weights are missing or have no place; all are listed.
    """
    if encoder not in PUBLISHED:
        raise ConfigError(
            f"No key table for encoder '{encoder}'.{suggest(encoder, PUBLISHED)} "
            f"Known: {', '.join(PUBLISHED)}."
        )
    published = PUBLISHED[encoder]
    weights = read_tensors_only(file)
    names = _name_classes(weights, published, file)
    model = ModelConfig(
        encoder=encoder,
        options={**published.options, **(options or {})},
        guidance="none",
        head=published.head,
    )
    layout = get_layout(published.layout)
    branch = build_plain(model, layout=layout, max_persons=2, class_count=len(names))
    left_over = load_translated(branch.encoder, weights, published.keys(weights))
    rest = {key: weights[key] for key in left_over if not key.startswith(published.ignored)}
    unknown = load_translated(branch.classifier, rest, published.head_keys) if rest else ()
    if unknown:
        raise CheckpointError(
            f"{file.name}: no place for {', '.join(unknown)} in {encoder}; is it another model?"
        )
    return PlainCheckpoint(
        branch.eval(),
        model,
        layout,
        2,
        published.frame_count,
        names,
        {"data": "unknown", "protocol": "unknown", "imported": file.name},
    )


def read_tensors_only(file: Path) -> dict[str, Tensor]:
    """The state dict in a file of weights, without the prefix that parallel training leaves.

    Raises:
        CheckpointError: The file cannot be read, holds code, or no state dict.
    """
    try:
        if file.suffix == ".safetensors":
            record: Any = load_file(file)
        else:
            record = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise CheckpointError(
            f"{file.name}: expected tensors only, found a pickle with other objects in it, which "
            "could run code and is refused. Ask for a state dict, or save one from the authors' "
            "own program."
        ) from error
    except Exception as error:  # torch and safetensors have many ways to say that a file is broken
        raise CheckpointError(f"{file}: expected a file of weights ({error}).") from error
    found = _find_state(record)
    if found is None:
        raise CheckpointError(
            f"{file.name}: expected a state dict, alone or under {', '.join(_WRAPPERS)}."
        )
    is_parallel = all(key.startswith("module.") for key in found)
    return {key.removeprefix("module.") if is_parallel else key: t for key, t in found.items()}


def _find_state(record: Any) -> dict[str, Tensor] | None:
    if not isinstance(record, Mapping):
        return None
    if record and all(isinstance(value, Tensor) for value in record.values()):
        return dict(record)
    inner = (_find_state(record[name]) for name in _WRAPPERS if name in record)
    return next((state for state in inner if state is not None), None)


def _name_classes(
    weights: Mapping[str, Tensor], published: Published, file: Path
) -> tuple[str, ...]:
    if not published.class_key:
        return ()
    if published.class_key not in weights:
        raise CheckpointError(f"{file.name}: expected a weight '{published.class_key}'.")
    count = len(weights[published.class_key])
    if count in _NTU_COUNTS:
        return list_ntu_classes()[:count]
    return tuple(f"class {number}" for number in range(count))
