"""Weights on disk: safetensors with a JSON header, written whole or not at all; never a pickle."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from crossglg.atomic import create_file, write_text
from crossglg.encoders.folding import fold
from crossglg.errors import CheckpointError
from crossglg.forks import use_one_thread_after_fork
from crossglg.guidance.build import ModelConfig, build_plain
from crossglg.guidance.interaction import InteractionConfig
from crossglg.guidance.model import PlainBranch
from crossglg.memory import keep_freed_memory
from crossglg.skeleton.facing import Facing, read_facing
from crossglg.skeleton.layout import Layout

RUN_FILE = "run.json"
"""What a run was begun with, in its folder."""

PLAIN_FILE = "plain.safetensors"
"""The plain branch of a run, in its folder."""

_FORMAT = 1
_HEADER = "crossglg"


def write_tensors(path: Path, tensors: Mapping[str, Tensor], header: Mapping[str, Any]) -> None:
    """Write tensors and a JSON header into one file, atomically.

    Raises:
        OSError: There is no room for it, or it cannot be written there.
    """
    owned = {key: value.detach().cpu().contiguous().clone() for key, value in tensors.items()}
    metadata = {_HEADER: json.dumps({"format": _FORMAT, **header})}
    with create_file(path) as stream:
        stream.write(save(owned, metadata))


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read what ``write_tensors`` wrote.

    Raises:
        CheckpointError: The file is missing, damaged, foreign, or of another format version.
    """
    try:
        with safe_open(path, framework="pt") as file:
            header = json.loads((file.metadata() or {}).get(_HEADER, "null"))
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, ValueError) as error:
        raise CheckpointError(f"{path}: expected a crossglg checkpoint ({error}).") from error
    if header is None or header.get("format") != _FORMAT:
        found = "no crossglg header" if header is None else f"version {header.get('format')}"
        raise CheckpointError(f"{path}: expected a checkpoint of version {_FORMAT}, found {found}.")
    return tensors, header


def write_json(path: Path, record: Mapping[str, Any]) -> None:
    """Write a JSON file atomically."""
    write_text(path, json.dumps(record, indent=1) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        CheckpointError: The file is missing or damaged.
    """
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path}: expected a JSON file ({error}).") from error
    return record


def as_read(record: Mapping[str, Any]) -> dict[str, Any]:
    """As ``read_json`` gives it back: tuples are lists."""
    read: dict[str, Any] = json.loads(json.dumps(record))
    return read


@dataclass(frozen=True)
class PlainCheckpoint:
    """A plain branch and all that is needed to use it.

    Attributes:
        branch: The network, in evaluation mode, as it was trained; not to be trained further.
        model: Its architecture.
        layout: Its joints.
        max_persons: M that it takes.
        frame_count: T that clips are resampled to.
        class_names: The base classes it was trained on, mirrored twins included.
        provenance: Where the weights come from: data, protocol, recipe, seed, epoch.
        facing: Which frames of a clip say where its body faces.
    """

    branch: PlainBranch
    model: ModelConfig
    layout: Layout
    max_persons: int
    frame_count: int
    class_names: tuple[str, ...]
    provenance: Mapping[str, Any]
    facing: Facing = "first-frame"

    def __post_init__(self) -> None:
        use_one_thread_after_fork()

    @cached_property
    def folded(self) -> PlainBranch:
        """The branch in its form for use: the same answers, sooner. Made once, from its weights."""
        keep_freed_memory()
        return fold(self.branch)

    def save(self, path: Path, *, dtype: torch.dtype = torch.float32) -> None:
        """Write to ``path``, atomically; in half precision for shipping, at half the size."""
        header = {
            "model": asdict(self.model),
            "layout": self.layout.to_json(),
            "max_persons": self.max_persons,
            "frame_count": self.frame_count,
            "facing": self.facing,
            "class_names": list(self.class_names),
            "provenance": dict(self.provenance),
        }
        state = self.branch.state_dict()
        tensors = {k: v.to(dtype) if v.is_floating_point() else v for k, v in state.items()}
        write_tensors(path, tensors, header)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what ``save`` wrote.

        Raises:
            CheckpointError: As ``read_tensors``, or the weights do not fit the architecture.
        """
        tensors, header = read_tensors(path)
        try:
            described = dict(header["model"])
            model = ModelConfig(
                **{**described, "interaction": InteractionConfig(**described["interaction"])}
            )
            layout = Layout.from_json(header["layout"])
            branch = build_plain(
                model,
                layout=layout,
                max_persons=header["max_persons"],
                class_count=len(header["class_names"]),
            )
            branch.load_state_dict(tensors)
            facing = read_facing(header)
        except CheckpointError as error:
            raise CheckpointError(f"{path}: {error}") from error
        except (KeyError, TypeError, RuntimeError) as error:
            raise CheckpointError(
                f"{path}: the weights do not fit the model that the file describes ({error})."
            ) from error
        return cls(
            branch.eval(),
            model,
            layout,
            header["max_persons"],
            header["frame_count"],
            tuple(header["class_names"]),
            header["provenance"],
            facing,
        )
