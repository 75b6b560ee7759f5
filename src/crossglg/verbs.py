"""What the command line does, without the command line: split, train, evaluate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossglg.checkpoint import PlainCheckpoint
from crossglg.errors import ProtocolError
from crossglg.oneshot import (
    BaseStatistics,
    ClipFeatures,
    Draw,
    Evaluation,
    draw_exemplars,
    evaluate,
    extract_features,
    extract_pooled,
    fixed_exemplars,
)
from crossglg.oneshot.classifiers import EITHER_SIDE, LEARNERS
from crossglg.oneshot.ensemble import pool_side_by_side, put_side_by_side
from crossglg.oneshot.worded import WORDED, NovelWords, relevance_of_names
from crossglg.recogniser import learn_acceptance
from crossglg.shipped import find_run
from crossglg.skeleton.layout import Layout
from crossglg.sources import open_data, read_masks
from crossglg.sources.clipset import ClipSet
from crossglg.sources.protocol import Protocol
from crossglg.sources.splits import first_usable, select_clips
from crossglg.sources.verify import require_verified
from crossglg.text import create_text_encoder, list_descriptions, load_guidance
from crossglg.training import (
    BaseClips,
    Recipe,
    Start,
    StepProgress,
    digest_sources,
    find_met,
    list_met_classes,
    read_start,
    train,
)

DEFAULT_CLASSIFIERS = ("cosine", "joints", "dtw", "motion", "joints+motion", "calibrated")
DEFAULT_DRAWS = 100


@dataclass(frozen=True)
class SplitData:
    """A data set under a protocol: what may be learned from, and what is judged.

    Attributes:
        protocol: The rules.
        base: Clips of base classes.
        novel: Clips of novel classes.
    """

    protocol: Protocol
    base: ClipSet
    novel: ClipSet


@dataclass(frozen=True, eq=False)
class SplitFeatures:
    """What a model sees in the clips of a ``SplitData``, in the same order.

    Attributes:
        base: Of the base clips; None where every class is novel.
        novel: Of the novel clips.
    """

    base: ClipFeatures | None
    novel: ClipFeatures


def split_data(
    data: ClipSet, protocol: Protocol, *, masks: Mapping[str, NDArray[np.bool_]]
) -> SplitData:
    """Apply a protocol; what it was made for is verified first, whoever trains or evaluates.

    Raises:
        ProtocolError: The protocol is made for other data, or clips of them are missing.
    """
    if protocol.data:
        require_verified(protocol, data, masks)
    chosen = select_clips(protocol, data, masks)
    return SplitData(protocol, chosen.of_classes(protocol.base), chosen.of_classes(protocol.novel))


def open_clips(
    path: Path, *, layout: Layout | None = None
) -> tuple[ClipSet, Mapping[str, NDArray[np.bool_]]]:
    """Open DATA with the masks it carries (an archive carries none)."""
    return open_data(path, layout=layout), read_masks(path)


def train_run(
    split: SplitData,
    recipe: Recipe,
    *,
    out: Path,
    progress: StepProgress | None = None,
    start_from: Path | str | None = None,
) -> PlainCheckpoint:
    """Train a recipe on the base classes of a protocol.

    Args:
        split: The data under the protocol.
        recipe: What is trained, and how.
        out: Folder of the run.
        progress: Is told about every step.
        start_from: A run, or the name of shipped weights, to begin with; None for fresh weights.

    Raises:
        ConfigError: The recipe contradicts itself, ``out`` holds another run (of other settings,
            clips or texts), or the weights to start from are of another encoder or layout.
        CheckpointError: There are no such weights.
        DescriptionError: The recipe asks for texts that are not there.
        ProtocolError: Every class is novel, or the weights to start from know a novel one.
    """
    if not split.protocol.base:
        raise ProtocolError(
            f"Protocol '{split.protocol.name}': expected base classes to learn from, found every "
            "class novel."
        )
    start = None if start_from is None else _open_start(start_from, split)
    base = BaseClips.gather(split.base, split.protocol.base, facing=recipe.training.facing)
    guidance = None
    if recipe.model.needs_texts:
        guidance = load_guidance(
            base.class_names,
            base.layout,
            descriptions=recipe.descriptions or _name_texts(split),
            encoder=recipe.text_encoder,
            reader=recipe.phrase_reader,
        )
    provenance = {
        "data": split.base.name,
        "protocol": split.protocol.name,
        "texts": "" if guidance is None else guidance.source,
        **digest_sources(split.base, guidance),
    }
    checkpoint = train(
        base,
        recipe,
        guidance=guidance,
        out=out,
        provenance=provenance,
        progress=progress,
        start=start,
        novel=_name_novel(split),
    )
    learn_acceptance(checkpoint, split.base, out)
    return checkpoint


def _open_start(run: Path | str, split: SplitData) -> Start:
    """Weights to begin with, which must not know what the protocol calls novel."""
    start = read_start(find_run(run))
    if met := _find_met(start.checkpoint, split):
        raise ProtocolError(
            f"Protocol '{split.protocol.name}': expected weights to start from that have not met "
            f"its novel classes, found that '{start.name}' was trained on {', '.join(met)}; start "
            "from other weights, or train on all classes (--protocol all)."
        )
    return start


def _name_texts(split: SplitData) -> str:
    """The descriptions called like the data, or like those that the protocol was made for."""
    names = (split.base.name, split.protocol.data)
    return next((name for name in names if name in list_descriptions()), names[0])


def draw_rounds(split: SplitData, *, draws: int, seed: int) -> list[Draw]:
    """The exemplars of every round; exemplars that are not drawn make one round."""
    novel, protocol = split.novel, split.protocol
    if protocol.draw == "fixed":
        return [_show_fixed(split, protocol.exemplars)]
    if protocol.draw == "first":
        return [_show_fixed(split, first_usable(novel, protocol.novel))]
    rng = np.random.default_rng(seed)
    return [
        draw_exemplars(protocol.draw, novel.labels, novel.subjects, novel=protocol.novel, rng=rng)
        for _ in range(draws)
    ]


def _show_fixed(split: SplitData, exemplars: Mapping[int, str]) -> Draw:
    novel = split.novel
    return fixed_exemplars(exemplars, novel.labels, novel.clip_names, novel=split.protocol.novel)


def extract_split(checkpoint: PlainCheckpoint, split: SplitData) -> SplitFeatures:
    """Run a model over all clips of a protocol."""
    base = extract_features(checkpoint, split.base) if len(split.base) else None
    return SplitFeatures(base, extract_features(checkpoint, split.novel))


def evaluate_run(
    checkpoint: PlainCheckpoint,
    split: SplitData,
    *,
    classifiers: Sequence[str] | None = None,
    draws: int = DEFAULT_DRAWS,
    seed: int = 0,
    beside: Sequence[PlainCheckpoint] = (),
    features: SplitFeatures | None = None,
) -> Evaluation:
    """Judge a trained model on the novel classes of a protocol.

    On other data than it was trained on, a model may have met an action of that name; the result
    says which (``Evaluation.seen``).

    Args:
        checkpoint: The model.
        split: The data under the protocol.
        classifiers: Names; by default a few that the data allow.
        draws: How often exemplars are drawn.
        seed: Of the draws.
        beside: Further models that judge together with it (``oneshot.ensemble``).
        features: Of the same clips by the same models, where they are there already.

    Raises:
        ProtocolError: A model was trained on one of the novel classes of this very data.
        ConfigError: Unknown classifier, or one that needs base classes where there are none.
    """
    models = (checkpoint, *beside)
    seen = sorted({name for model in models for name in _find_seen(model, split)})
    base = None
    if len(split.base) and (classifiers is None or not LEARNERS.keys().isdisjoint(classifiers)):
        base = BaseStatistics.collect(_pool(models, split, features), split.base.labels)
    if classifiers is None:
        classifiers = [n for n in DEFAULT_CLASSIFIERS if base is not None or n not in LEARNERS]
    words = load_novel_words(checkpoint, split) if set(classifiers) & set(WORDED) else None
    sided = not EITHER_SIDE.keys().isdisjoint(classifiers)
    evaluation = evaluate(
        _look(models, split.novel) if features is None else features.novel,
        split.novel,
        draw_rounds(split, draws=draws, seed=seed),
        novel=split.protocol.novel,
        classifiers=classifiers,
        base=base,
        protocol=split.protocol.name,
        words=words,
        mirrored=_look(models, split.novel.mirrored()) if sided else None,
    )
    return replace(evaluation, seen=tuple(seen))


def _pool(
    models: Sequence[PlainCheckpoint], split: SplitData, features: SplitFeatures | None
) -> NDArray[np.float32]:
    if features is not None and features.base is not None:
        return features.base.pooled
    return pool_side_by_side([extract_pooled(model, split.base) for model in models])


def _look(models: Sequence[PlainCheckpoint], data: ClipSet) -> ClipFeatures:
    return put_side_by_side([extract_features(model, data) for model in models])


def _find_seen(checkpoint: PlainCheckpoint, split: SplitData) -> list[str]:
    """The novel classes that are among the model's own, under any of their names.

    Raises:
        ProtocolError: It learned them from this very data.
    """
    seen = _find_met(checkpoint, split)
    if seen and checkpoint.provenance.get("data") == split.novel.name:
        raise ProtocolError(
            f"Expected novel classes that the model has never seen, but it was trained on: "
            f"{', '.join(seen)}. Evaluate under the protocol it was trained for "
            f"({checkpoint.provenance.get('protocol', 'unknown')})."
        )
    return seen


def _find_met(checkpoint: PlainCheckpoint, split: SplitData) -> list[str]:
    return find_met(_name_novel(split), list_met_classes(checkpoint))


def _name_novel(split: SplitData) -> list[str]:
    return [split.novel.class_names[label] for label in split.protocol.novel]


def load_novel_words(checkpoint: PlainCheckpoint, split: SplitData) -> NovelWords:
    """What words say about the novel classes, for the classifiers that may know it.

    Raises:
        DescriptionError: No description of these classes.
        MissingExtraError: The encoder of names is not installed.
    """
    layout = checkpoint.layout
    names = _name_novel(split)
    recipe = checkpoint.provenance.get("recipe", {})  # imported weights have none
    descriptions = recipe.get("descriptions") or _name_texts(split)
    encoder = create_text_encoder("minilm")
    parts = [part.replace("_", " ") for part in layout.parts]
    return NovelWords(
        load_guidance(names, layout, descriptions=descriptions).key_joints,
        relevance_of_names(encoder.encode(names), encoder.encode(parts), layout),
    )
