"""The folder of a run: what it is, how far it is, and how it goes on after a kill."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor

from crossglg.checkpoint import (
    RUN_FILE,
    as_read,
    read_json,
    read_tensors,
    write_json,
    write_tensors,
)
from crossglg.errors import CheckpointError, ConfigError
from crossglg.guidance.model import CrossGLG
from crossglg.training.claim import claim, holds_anything
from crossglg.training.config import Recipe, bring_up_to_date
from crossglg.training.digests import DIGESTS

STATE_FILE = "state.safetensors"


@contextmanager
def open_run(out: Path, recipe: Recipe, provenance: Mapping[str, Any]) -> Iterator[None]:
    """Start a run in ``out``, or go on with the same run there; no other process does meanwhile.

    Raises:
        ConfigError: ``out`` holds another run, one that learned from other clips or texts, or
            one of a version with other settings; or another process is training there.
    """
    described = as_read({"recipe": recipe.to_json(), "provenance": dict(provenance)})
    path = out / RUN_FILE
    if not path.exists() and holds_anything(out):
        raise ConfigError(f"{out}: expected a new or empty folder, or a run to go on with.")
    with claim(out):
        if not path.exists():
            write_json(path, described)
        elif differing := _differences(_read_described(path, provenance), described):
            found = ", ".join(map(_explain, differing))
            raise ConfigError(
                f"{out} holds a run with other settings ({found}); give another --out, or delete "
                "it."
            )
        yield


def _read_described(path: Path, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """What a run says of itself.

    Settings that came after it are at their defaults, and digests as in ``provenance``.
    """
    described = read_json(path)
    if "recipe" in described:
        described["recipe"] = bring_up_to_date(described["recipe"])
    if "provenance" in described:
        given = {key: provenance[key] for key in DIGESTS if key in provenance}
        described["provenance"] = given | described["provenance"]
    return described


def _explain(path: str) -> str:
    words = DIGESTS.get(path.rpartition(".")[2])
    return path if words is None else f"{path}: {words}"


def _differences(one: Any, other: Any, path: str = "") -> list[str]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        names = sorted(one.keys() | other.keys())
        return [
            found
            for name in names
            for found in _differences(one.get(name), other.get(name), f"{path}.{name}".strip("."))
        ]
    return [] if one == other else [path]


@dataclass(frozen=True)
class RunState:
    """How far a run is.

    Attributes:
        next_epoch: The epoch to run next.
        best_epoch: The epoch whose plain branch is kept.
        best_score: Its accuracy on held-out base clips; -1 where none are held out.
    """

    next_epoch: int = 0
    best_epoch: int = -1
    best_score: float = -1.0

    @property
    def is_best(self) -> bool:
        """Whether the epoch just finished is the one to keep."""
        return self.best_epoch == self.next_epoch - 1

    def after_epoch(self, held_out_accuracy: float | None) -> Self:
        """The state after one more epoch; without held-out clips the latest epoch is the best."""
        done = replace(self, next_epoch=self.next_epoch + 1)
        if held_out_accuracy is None:
            return replace(done, best_epoch=self.next_epoch)
        if held_out_accuracy >= self.best_score:
            return replace(done, best_epoch=self.next_epoch, best_score=held_out_accuracy)
        return done

    def save(self, out: Path, model: CrossGLG, optimizer: torch.optim.Optimizer) -> None:
        """Write state, model and optimiser into one file, atomically."""
        tensors = {f"model.{key}": value for key, value in model.state_dict().items()}
        tensors |= {f"optimizer.{k}": v for k, v in _flatten_optimizer(optimizer).items()}
        header = {
            "next_epoch": self.next_epoch,
            "best_epoch": self.best_epoch,
            "best_score": self.best_score,
        }
        write_tensors(out / STATE_FILE, tensors, header)

    @classmethod
    def restore_or_start(cls, out: Path, model: CrossGLG, optimizer: torch.optim.Optimizer) -> Self:
        """Load the last finished epoch into ``model`` and ``optimizer``, or start at zero.

        Raises:
            CheckpointError: The state is damaged or belongs to another model.
        """
        path = out / STATE_FILE
        if not path.exists():
            return cls()
        tensors, header = read_tensors(path)
        parts: dict[str, dict[str, Tensor]] = {"model": {}, "optimizer": {}}
        for key, value in tensors.items():
            part, name = key.split(".", 1)
            parts[part][name] = value
        try:
            model.load_state_dict(parts["model"])
            _restore_optimizer(optimizer, parts["optimizer"])
        except (RuntimeError, ValueError) as error:
            raise CheckpointError(
                f"{path}: the state belongs to another model ({error})."
            ) from error
        return cls(header["next_epoch"], header["best_epoch"], header["best_score"])


def _flatten_optimizer(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """An optimiser's tensors as ``{number of the parameter}.{name}``."""
    return {
        f"{number}.{name}": torch.as_tensor(value)
        for number, state in optimizer.state_dict()["state"].items()
        for name, value in state.items()
        if value is not None
    }


def _restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Put tensors of ``_flatten_optimizer`` back."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        number, name = key.split(".", 1)
        state.setdefault(int(number), {})[name] = value
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
