"""What the command line does, without the command line: train, evaluate, demo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from crossglg.checkpoint import PlainCheckpoint
from crossglg.errors import CheckpointError, ProtocolError
from crossglg.oneshot import (
    BaseStatistics,
    Draw,
    Evaluation,
    create_classifier,
    draw_exemplars,
    evaluate,
    extract_features,
    fixed_exemplars,
)
from crossglg.sources import open_data, read_masks
from crossglg.sources.clipset import ClipSet
from crossglg.sources.splits import Protocol, check_fits, select_clips
from crossglg.text import load_guidance
from crossglg.training import PLAIN_FILE, BaseClips, Recipe, train
from crossglg.training.epoch import Progress

DEFAULT_CLASSIFIERS = ("cosine", "joints", "dtw", "calibrated")
DEFAULT_DRAWS = 100


@dataclass(frozen=True)
class Judged:
    """A protocol's data, split: what may be learned from and what is judged.

    Attributes:
        protocol: The rules.
        base: Clips of base classes.
        novel: Clips of novel classes, in the order that draws index.
    """

    protocol: Protocol
    base: ClipSet
    novel: ClipSet


def split_data(data: ClipSet, protocol: Protocol, masks: Mapping[str, np.ndarray]) -> Judged:
    """Apply a protocol to a data set.

    Raises:
        ProtocolError: The protocol is made for other data.
    """
    check_fits(protocol, data)
    chosen = select_clips(protocol, data, masks)
    return Judged(protocol, chosen.of_classes(protocol.base), chosen.of_classes(protocol.novel))


def open_judged(path: Path, protocol: Protocol, *, layout: str | None = None) -> Judged:
    """Open DATA and split it.

    Raises:
        SourceError, ArchiveError, LayoutError: DATA cannot be read.
        ProtocolError: The protocol is made for other data.
    """
    masks = read_masks(path) if path.suffix == ".npz" else {}
    return split_data(open_data(path, layout=_layout(layout)), protocol, masks)


def train_run(
    judged: Judged, recipe: Recipe, *, out: Path, progress: Progress | None = None
) -> PlainCheckpoint:
    """Train a recipe on the base classes of a protocol.

    Raises:
        ConfigError, DescriptionError: The recipe asks for texts that are not there.
    """
    base = BaseClips.gather(judged.base, judged.protocol.base)
    guidance = None
    if recipe.model.guidance != "none":
        guidance = load_guidance(
            base.class_names, base.layout, descriptions=recipe.descriptions or judged.base.name
        )
    provenance = {
        "data": judged.base.name,
        "protocol": judged.protocol.name,
        "base_classes": list(base.class_names),
        "texts": "" if guidance is None else guidance.source,
    }
    return train(
        base, recipe, guidance=guidance, out=out, provenance=provenance, progress=progress
    )
