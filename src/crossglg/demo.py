"""The main job at a glance: choreography in, one-shot recognition and a report out."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from crossglg.checkpoint import read_json
from crossglg.errors import CheckpointError, ConfigError
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
from crossglg.training import RUN_FILE, StepProgress, create_recipe, read_metrics
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


def run_demo(out: Path, *, seed: int, progress: StepProgress | None = None) -> DemoResult:
    """Train on base actions, recognise novel ones from one exemplar each, write the report.

    Args:
        out: Folder of the demo; a demo that is there already is replaced, an interrupted one
            goes on.
        seed: Of the performers, the training and the draws.
        progress: Is told about training.

    Raises:
        ConfigError: ``out`` holds files of these names that are no demo's.
    """
    _make_room(out)
    split = open_choreography(seed=seed)
    recipe = create_recipe("demo", seed=seed)
    run = out / RUN_FOLDER
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


def _make_room(out: Path) -> None:
    """Remove a demo that is finished; leave an interrupted one, refuse what is no demo's."""
    run, report, figure = out / RUN_FOLDER, out / REPORT_FILE, out / FIGURE_FILE
    there = [path.name for path in (report, figure) if path.exists()]
    if there and not _is_demo(run):
        raise ConfigError(
            f"{out}: expected a new folder or that of a demo, found {' and '.join(there)} without "
            f"the run of a demo in {RUN_FOLDER}; give another --out, or move them away."
        )
    if report.exists():
        # In this order: a run without pages goes on, whenever this is stopped.
        report.unlink()
        figure.unlink(missing_ok=True)
        with TemporaryDirectory(prefix=".crossglg-", dir=out) as gone:
            run.rename(Path(gone) / RUN_FOLDER)


def _is_demo(run: Path) -> bool:
    try:
        described = read_json(run / RUN_FILE)
        provenance = described["provenance"]
        found = described["recipe"]["name"], provenance["data"], provenance["protocol"]
    except (CheckpointError, KeyError, TypeError):
        return False
    return found == ("demo", "choreography", "demo")


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
