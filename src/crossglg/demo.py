"""The main job at a glance: choreography in, one-shot recognition and a report out."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crossglg.checkpoint import PlainCheckpoint
from crossglg.oneshot import ClipFeatures, Evaluation, extract_features
from crossglg.report import (
    MovingSkeleton,
    Report,
    render_figure,
    render_gallery,
    write_page,
    write_report,
)
from crossglg.skeleton.cleaning import clean
from crossglg.skeleton.normalize import normalize
from crossglg.sources.choreography import choreography
from crossglg.sources.clipset import ClipSet
from crossglg.sources.splits import get_protocol
from crossglg.training import Progress, create_recipe, read_metrics
from crossglg.verbs import SplitData, evaluate_run, split_data, train_run

_PERFORMERS, _REPEATS = 8, 2
_SHOWN_CLASSES = 6
_SHOWN_FRAMES = 48
REPORT_FILE = "report.html"
FIGURE_FILE = "figure.svg"
GALLERY_FILE = "choreography.html"
RUN_FOLDER = "run"


@dataclass(frozen=True)
class DemoResult:
    """What the demo found and where it is written down.

    Attributes:
        evaluation: Accuracies with the floor beside them.
        report: The HTML page.
    """

    evaluation: Evaluation
    report: Path


def open_choreography(*, seed: int) -> SplitData:
    """The embedded data under the protocol ``demo``."""
    data = choreography(performers=_PERFORMERS, repeats=_REPEATS, seed=seed)
    return split_data(data, get_protocol("demo"), masks={})


def run_demo(out: Path, *, seed: int, progress: Progress | None = None) -> DemoResult:
    """Train on base actions, recognise novel ones from one exemplar each, write the report.

    Args:
        out: Folder of the demo; a demo that is there already is replaced, an interrupted one
            goes on.
        seed: Of the performers, the training and the draws.
        progress: Is told about training.
    """
    split = open_choreography(seed=seed)
    recipe = create_recipe("demo", seed=seed)
    run = out / RUN_FOLDER
    if (out / REPORT_FILE).exists():
        shutil.rmtree(run)
        (out / REPORT_FILE).unlink()
    checkpoint = train_run(split, recipe, out=run, progress=progress)
    evaluation = evaluate_run(checkpoint, split, seed=seed)
    report = describe(evaluation, split, checkpoint, read_metrics(run), seed=seed)
    write_page(render_figure([query for _, query in report.pairs], columns=3), out / FIGURE_FILE)
    return DemoResult(evaluation, write_report(report, out / REPORT_FILE))


def describe(
    evaluation: Evaluation,
    split: SplitData,
    checkpoint: PlainCheckpoint,
    metrics: Sequence[Mapping[str, float]],
    *,
    seed: int,
) -> Report:
    """Everything the page shows."""
    best = max(evaluation.results, key=lambda name: evaluation.results[name].mean)
    base_count, way = len(split.protocol.base), len(evaluation.class_names)
    floor = {
        "raw DTW": evaluation.floor,
        "raw Euclidean": evaluation.floor_euclidean,
    }
    return Report(
        title="CrossGLG: one example is enough",
        summary=(
            f"A skeleton encoder learned {base_count} base actions, guided by words about which "
            f"joints matter. Then it met {way} actions it had never seen, each shown once by one "
            f"performer, and had to name the performances of all others. No text was used there."
        ),
        results={name: (r.mean, r.std) for name, r in evaluation.results.items()},
        floor={name: (r.mean, r.std) for name, r in floor.items()},
        class_names=evaluation.class_names,
        confusion=evaluation.results[best].confusion,
        confusion_title=f"Classifier '{best}', all draws",
        metrics=metrics,
        pairs=show_pairs(split, checkpoint),
        facts={
            "data": f"{split.base.name}, {len(split.base)} base and {len(split.novel)} novel clips",
            "protocol": f"{split.protocol.name}: {split.protocol.about}",
            "draws": str(evaluation.draws),
            "seed": str(seed),
            "command": "crossglg demo",
        },
    )


def show_pairs(
    split: SplitData, checkpoint: PlainCheckpoint
) -> tuple[tuple[MovingSkeleton, MovingSkeleton], ...]:
    """For some novel actions the exemplar and somebody else's performance of it."""
    novel = split.novel
    first = int(novel.subjects.min())
    chosen = []
    for label in split.protocol.novel[:: max(1, len(split.protocol.novel) // _SHOWN_CLASSES)]:
        alike = np.flatnonzero(novel.labels == label)
        mine, others = alike[novel.subjects[alike] == first], alike[novel.subjects[alike] != first]
        chosen.append((int(mine[0]), int(others[len(others) // 2])))
    features = extract_features(checkpoint, novel.select([i for pair in chosen for i in pair]))
    return tuple(
        (
            _show(novel, pair[0], features, row=2 * number, note="exemplar"),
            _show(novel, pair[1], features, row=2 * number + 1, note="somebody else"),
        )
        for number, pair in enumerate(chosen)
    )


def _show(
    clips: ClipSet, index: int, features: ClipFeatures, *, row: int, note: str
) -> MovingSkeleton:
    raw = clips.clip(index)
    clip = normalize(clean(raw, max_persons=1), frame_count=_SHOWN_FRAMES)
    return MovingSkeleton(
        title=clips.class_names[int(clips.labels[index])],
        joints=clip.joints,
        present=clip.present,
        importance=features.importance[row],
        fps=clip.fps,
        layout=clip.layout,
        note=f"{note}, {clips.clip_names[index]}",
    )


def show_choreography(out: Path, *, seed: int) -> Path:
    """Write a page on which every action of the choreography moves.

    Returns:
        The page.
    """
    clips = choreography(performers=1, repeats=1, seed=seed)
    skeletons = [_show_plain(clips, index) for index in range(len(clips))]
    page = render_gallery(skeletons, title=f"The choreography: {len(clips)} actions")
    return write_page(page, out / GALLERY_FILE)


def _show_plain(clips: ClipSet, index: int) -> MovingSkeleton:
    clip = normalize(clips.clip(index), frame_count=_SHOWN_FRAMES)
    return MovingSkeleton(
        title=clips.class_names[int(clips.labels[index])],
        joints=clip.joints,
        present=clip.present,
        importance=None,
        fps=clip.fps,
        layout=clip.layout,
    )
