"""The main job at a glance: choreography in, one-shot recognition and a report out."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from crossglg.oneshot import Evaluation
from crossglg.pictures import describe_run, picture_clip
from crossglg.recogniser import Recogniser
from crossglg.report import (
    render_figure,
    render_gallery,
    write_page,
    write_report,
)
from crossglg.sources.choreography import choreography
from crossglg.sources.splits import get_protocol
from crossglg.training import Progress, create_recipe, read_metrics
from crossglg.verbs import SplitData, evaluate_run, extract_split, split_data, train_run

_PERFORMERS, _REPEATS = 8, 2
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
    train_run(split, recipe, out=run, progress=progress)
    recogniser = Recogniser.load(run)
    features = extract_split(recogniser.checkpoint, split)
    evaluation = evaluate_run(recogniser.checkpoint, split, seed=seed, features=features)
    report = describe_run(
        evaluation,
        split,
        features,
        recogniser,
        metrics=read_metrics(run),
        facts={"command": "crossglg demo"},
        seed=seed,
    )
    shown = [look.predicted for look in report.looks]
    write_page(render_figure(shown, columns=3), out / FIGURE_FILE)
    return DemoResult(evaluation, write_report(report, out / REPORT_FILE))


def show_choreography(out: Path, *, seed: int) -> Path:
    """Write a page on which every action of the choreography moves.

    Returns:
        The page.
    """
    clips = choreography(performers=1, repeats=1, seed=seed)
    skeletons = [
        picture_clip(clips.clip(index), None, title=clips.class_names[int(clips.labels[index])])
        for index in range(len(clips))
    ]
    page = render_gallery(skeletons, title=f"The choreography: {len(clips)} actions")
    return write_page(page, out / GALLERY_FILE)
