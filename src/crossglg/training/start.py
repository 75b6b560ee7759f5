"""Begin a run with what another has learned: its encoder, and its importance where both have one.

The classifier and the interaction belong to classes and texts of their own, and start afresh.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from torch import nn

from crossglg.checkpoint import PLAIN_FILE, PlainCheckpoint
from crossglg.errors import ConfigError
from crossglg.guidance.build import ModelConfig
from crossglg.guidance.model import PlainBranch
from crossglg.skeleton.facing import Facing
from crossglg.skeleton.layout import Layout

START = "start"
"""Where a checkpoint's provenance says what its run began with."""


@dataclass(frozen=True)
class Start:
    """Weights to begin with.

    Attributes:
        name: What messages and provenance call them.
        checkpoint: The weights.
        digest: SHA-256 of their file, by which a restarted run knows them again.
    """

    name: str
    checkpoint: PlainCheckpoint
    digest: str

    def to_json(self) -> dict[str, Any]:
        """For the provenance: which weights, and all classes that they have met."""
        return {
            "run": self.name,
            "sha256": self.digest,
            "classes": list(list_met_classes(self.checkpoint)),
        }

    def give_to(
        self, plain: PlainBranch, *, model: ModelConfig, layout: Layout, facing: Facing
    ) -> None:
        """Copy the weights into a fresh branch.

        Args:
            plain: Built from ``model`` for ``layout``.
            model: Its description.
            layout: Its joints.
            facing: What says where the bodies face that it will see.

        Raises:
            ConfigError: They are those of another encoder, of other joints, or of another number
                of persons where that decides the shapes; or bodies faced otherwise.
        """
        self._refuse_other_joints(layout)
        self._refuse_other_facing(facing)
        own = self.checkpoint.model
        source = self.checkpoint.branch
        pairs: list[tuple[nn.Module, nn.Module]] = [(source.encoder, plain.encoder)]
        if source.importance is not None and plain.importance is not None:
            pairs.append((source.importance, plain.importance))
        if own.encoder != model.encoder or any(_shapes(a) != _shapes(b) for a, b in pairs):
            wanted = _describe(model, plain.encoder.max_persons)
            found = _describe(own, source.encoder.max_persons)
            raise ConfigError(
                f"Expected weights of {wanted} to start from, found {found} in "
                f"'{self.name}'; train with --encoder {own.encoder}"
                f"{''.join(f' --set model.options.{k}={v}' for k, v in own.options.items())}, or "
                "start from other weights."
            )
        for given, taken in pairs:
            taken.load_state_dict(given.state_dict())

    def _refuse_other_joints(self, layout: Layout) -> None:
        own = self.checkpoint.layout
        if own.joints != layout.joints or own.bones != layout.bones:
            raise ConfigError(
                f"Expected weights for the {layout.joint_count} joints of '{layout.name}' to start "
                f"from, found those for the {own.joint_count} of '{own.name}' in '{self.name}'; "
                f"bring the data to that layout first: crossglg join DATA --layout {own.name} "
                "--out JOINED."
            )

    def _refuse_other_facing(self, facing: Facing) -> None:
        own = self.checkpoint.facing
        if own != facing:
            raise ConfigError(
                f"Expected weights that learned from bodies facing by '{facing}' to start from, "
                f"found '{own}' in '{self.name}'; train with --set training.facing={own}."
            )


def read_start(folder: Path) -> Start:
    """The weights of a run, to begin another with; they are called like its folder.

    Raises:
        CheckpointError: There are none, or they are damaged.
    """
    path = folder / PLAIN_FILE
    checkpoint = PlainCheckpoint.load(path)
    return Start(folder.name, checkpoint, sha256(path.read_bytes()).hexdigest())


def list_met_classes(checkpoint: PlainCheckpoint) -> tuple[str, ...]:
    """The classes that a model was trained on, and those that its start was trained on."""
    start: Mapping[str, Any] = checkpoint.provenance.get(START, {})
    return (*checkpoint.class_names, *start.get("classes", ()))


def _shapes(module: nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in module.state_dict().items()}


def _describe(model: ModelConfig, max_persons: int) -> str:
    options = ", ".join(f"{name} {value}" for name, value in model.options.items())
    persons = "1 person" if max_persons == 1 else f"{max_persons} persons"
    return f"encoder {model.encoder}" + (f" ({options})" if options else "") + f" for {persons}"
