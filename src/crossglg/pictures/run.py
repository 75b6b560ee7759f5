"""The page of a run, gathered from the run and its data: numbers, looks, reasons, maps."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from crossglg.checkpoint import PlainCheckpoint
from crossglg.errors import DescriptionError
from crossglg.gallery import Exemplar, Gallery, explain
from crossglg.oneshot import ClipFeatures, Draw, Evaluation
from crossglg.oneshot.flat_map import flatten_embeddings
from crossglg.pictures.explained import picture_explanation
from crossglg.pictures.look import picture_clip, picture_look
from crossglg.recogniser import Recogniser
from crossglg.report import (
    Decision,
    EmbeddingMap,
    ImportanceTable,
    Look,
    Report,
)
from crossglg.skeleton.layout import Layout
from crossglg.sources.clipset import ClipSet
from crossglg.text import ActionDescription, load_descriptions
from crossglg.text.guidance import split_sets
from crossglg.text.phrases import key_joint_matrix
from crossglg.verbs import SplitData, SplitFeatures, draw_rounds
from crossglg.words import plain_name

_LOOKS = 6
_RIGHT_DECISIONS, _WRONG_DECISIONS = 3, 1
_MOST_MAPPED = 1500


def describe_run(
    evaluation: Evaluation,
    split: SplitData,
    features: SplitFeatures,
    recogniser: Recogniser,
    *,
    metrics: Sequence[Mapping[str, float]],
    facts: Mapping[str, str],
    seed: int,
    map_method: str = "pca",
) -> Report:
    """Everything the page of a run shows.

    Args:
        evaluation: Accuracies with the floor beside them.
        split: The data that was judged.
        features: Of the same data.
        recogniser: The model that was judged.
        metrics: One row per epoch, may be empty.
        facts: More to say about the run.
        seed: Of the draws; the first draw is the one that is shown.
        map_method: How embeddings are made flat.
    """
    best = max(evaluation.results, key=lambda name: evaluation.results[name].mean)
    draw = draw_rounds(split, draws=1, seed=seed)[0]
    return Report(
        title="One example is enough",
        summary=_summarise(evaluation, split, recogniser.checkpoint),
        results={name: (r.mean, r.std) for name, r in evaluation.results.items()},
        floor={name: (r.mean, r.std) for name, r in evaluation.floors.items()},
        class_names=evaluation.class_names,
        confusion=evaluation.results[best].confusion,
        confusion_title=f"Classifier '{best}', all draws",
        metrics=metrics,
        facts={
            "data": f"{split.base.name}, {len(split.base)} base and {len(split.novel)} novel clips",
            "protocol": ": ".join(filter(None, [split.protocol.name, split.protocol.about])),
            "draws": str(evaluation.draws),
            "seed": str(seed),
            **facts,
        },
        looks=choose_looks(split, recogniser.checkpoint, draw),
        importance=tabulate_importance(split, features, recogniser.checkpoint),
        decisions=choose_decisions(split, features.novel, recogniser, draw),
        embedding=map_clips(split.novel, features.novel, draw, method=map_method, seed=seed),
    )


def _summarise(evaluation: Evaluation, split: SplitData, checkpoint: PlainCheckpoint) -> str:
    way = len(evaluation.class_names)
    asked = f"{way} actions{{}}, each shown once, and had to name the clips of all others."
    if _is_own_data(split, checkpoint):
        learned = f"A skeleton encoder learned {len(split.protocol.base)} base actions."
        return f"{learned} Then it met {asked.format(' it had never seen')} No text was used there."
    met = "It had met none of these actions before."
    if evaluation.seen:
        met = f"In training it had met actions of these names: {', '.join(evaluation.seen)}."
    learned = "A skeleton encoder was trained on other data."
    return f"{learned} Then it met {asked.format('')} {met} No text was used there."


def _is_own_data(split: SplitData, checkpoint: PlainCheckpoint) -> bool:
    """Whether the base classes are what the model was trained on."""
    base = {split.base.class_names[label] for label in split.protocol.base}
    return bool(base) and base <= set(checkpoint.class_names)


# --- what it looks at ---------------------------------------------------------------------------


def choose_looks(split: SplitData, checkpoint: PlainCheckpoint, draw: Draw) -> tuple[Look, ...]:
    """For some novel classes a query, coloured by predicted importance and by the words."""
    novel, labels = split.novel, split.protocol.novel
    names = [novel.class_names[label] for label in labels]
    named = named_joints(checkpoint, names, novel.name)
    looks = []
    for number in _spread(range(len(labels)), _LOOKS):
        mine = draw.query[novel.labels[draw.query] == labels[number]]
        if not len(mine):
            continue
        index = int(mine[len(mine) // 2])
        predicted = picture_clip(
            novel.clip(index), checkpoint, title=names[number], note=novel.clip_names[index]
        )
        looks.append(picture_look(predicted, None if named is None else named[number]))
    return tuple(looks)


def named_joints(
    checkpoint: PlainCheckpoint, names: Sequence[str], data: str
) -> NDArray[np.bool_] | None:
    """(K V) joints that the global texts of these classes name; None where there is no text."""
    recipe = checkpoint.provenance.get("recipe") or {}
    taught = split_sets(recipe["descriptions"]) if recipe.get("descriptions") else []
    chosen = _find_texts([*chain.from_iterable(taught), data], names)
    if chosen is None:
        return None
    rows = key_joint_matrix(chosen, checkpoint.layout)
    # Texts that name no joint weigh all alike: they name none.
    return np.asarray((rows > 0) & (rows.min(axis=1, keepdims=True) == 0))


def _find_texts(sets: Sequence[str], names: Sequence[str]) -> list[ActionDescription] | None:
    """Of each class the description in the first set that knows it; None if one has none."""
    known: dict[str, ActionDescription] = {}
    for wanted in sets:
        with suppress(DescriptionError):  # data need not have descriptions of their name
            for action in load_descriptions(wanted).actions:
                known.setdefault(plain_name(action.action), action)
    plain = [plain_name(name) for name in names]
    return [known[name] for name in plain] if set(plain) <= known.keys() else None


def tabulate_importance(
    split: SplitData, features: SplitFeatures, checkpoint: PlainCheckpoint
) -> tuple[ImportanceTable, ...]:
    """Joints against classes; nothing where the model predicts no importance.

    Base classes are shown where the model was trained on them.
    """
    if checkpoint.branch.importance is None:
        return ()
    novel = _tabulate(
        "Novel classes", split.novel, features.novel, split.protocol.novel, checkpoint
    )
    if features.base is None or not _is_own_data(split, checkpoint):
        return (novel,)
    base = _tabulate("Base classes", split.base, features.base, split.protocol.base, checkpoint)
    return base, novel


def _tabulate(
    title: str,
    clips: ClipSet,
    features: ClipFeatures,
    classes: Sequence[int],
    checkpoint: PlainCheckpoint,
) -> ImportanceTable:
    there = [label for label in classes if (clips.labels == label).any()]
    names = tuple(clips.class_names[label] for label in there)
    means = [features.importance[clips.labels == label].mean(axis=0) for label in there]
    layout: Layout = checkpoint.layout
    return ImportanceTable(
        title, names, layout, np.stack(means), named_joints(checkpoint, names, clips.name)
    )


# --- why --------------------------------------------------------------------------------------


def choose_decisions(
    split: SplitData, features: ClipFeatures, recogniser: Recogniser, draw: Draw
) -> tuple[Decision, ...]:
    """Some queries of a draw that were named rightly and, if there is any, a wrong one."""
    novel = split.novel
    gallery = Gallery(
        recogniser,
        tuple(
            Exemplar(
                novel.class_names[int(novel.labels[i])],
                novel.clip(int(i)),
                features.select(np.array([i])),
                novel.clip_names[i],
                "",
            )
            for i in draw.support
        ),
    )
    distances = recogniser.compare(features.select(draw.query), features.select(draw.support))
    answers = novel.labels[draw.support][distances.argmin(axis=1)]
    right = answers == novel.labels[draw.query]
    shown = _spread(draw.query[right].tolist(), _RIGHT_DECISIONS)
    shown += _spread(draw.query[~right].tolist(), _WRONG_DECISIONS)
    decisions = []
    for index in shown:
        explanation = explain(gallery, novel.clip(index))
        truth = novel.class_names[int(novel.labels[index])]
        decisions.append(
            picture_explanation(
                explanation,
                recogniser,
                title=truth,
                note=novel.clip_names[index],
                correct=explanation.nearest.action == truth,
            )
        )
    return tuple(decisions)


def _spread(items: Sequence[int], count: int) -> list[int]:
    """At most ``count`` of the items, evenly from first to last."""
    if not items:
        return []
    places = np.linspace(0, len(items) - 1, min(count, len(items))).round().astype(int)
    return [items[place] for place in places]


# --- where ------------------------------------------------------------------------------------


def map_clips(
    novel: ClipSet, features: ClipFeatures, draw: Draw, *, method: str, seed: int
) -> EmbeddingMap:
    """Exemplars and queries of a draw on a flat map, queries thinned out where there are many."""
    queries = np.array(_spread(draw.query.tolist(), _MOST_MAPPED), dtype=np.int64)
    shown = np.concatenate([draw.support, queries])
    points, about = flatten_embeddings(features.pooled[shown], method=method, seed=seed)
    return EmbeddingMap(
        points=points,
        labels=novel.labels[shown],
        exemplars=np.arange(len(shown)) < len(draw.support),
        class_names=novel.class_names,
        about=about,
    )
