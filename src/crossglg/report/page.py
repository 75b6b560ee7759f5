"""The page of a run: results beside the floor, what the model looks at, and why it answers so."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from numpy.typing import NDArray

from crossglg.atomic import create_file
from crossglg.errors import ConfigError
from crossglg.report.curves import draw_panels
from crossglg.report.decision import Decision, draw_decisions
from crossglg.report.embedding_map import EmbeddingMap, draw_embedding
from crossglg.report.heatmap import draw_heat_map
from crossglg.report.importance_map import ImportanceTable, draw_importance_maps
from crossglg.report.scene import JointRank, MovingSkeleton, describe_scene, rank_joints

__all__ = [
    "Look",
    "MovingSkeleton",
    "Report",
    "render_decision",
    "render_gallery",
    "render_report",
    "write_page",
    "write_report",
]


@dataclass(frozen=True, eq=False)
class Look:
    """What the model looks at in a clip, beside what the words say.

    Attributes:
        predicted: The clip, coloured by predicted importance.
        named: The same clip, coloured by the joints that the text of its class named; None where
            there is no text.
    """

    predicted: MovingSkeleton
    named: MovingSkeleton | None

    @property
    def skeletons(self) -> tuple[MovingSkeleton, ...]:
        """One or both."""
        return (self.predicted,) if self.named is None else (self.predicted, self.named)


@dataclass(frozen=True, eq=False)
class Report:
    """Everything the page of a run shows.

    Letters: K novel classes.

    Attributes:
        title: Headline.
        summary: What was done, in one paragraph.
        results: Classifier to (mean, standard deviation), percent.
        floor: Matching of raw coordinates to the same, at least one; the first is the floor (raw
            DTW) to which every row is compared.
        class_names: K names.
        confusion: (K K) counts; row is the true class, column the predicted one.
        confusion_title: Which classifier, which draw.
        metrics: One row per epoch; ``epoch``, ``loss``, ``loss_*``, ``accuracy_*`` (percent) and
            ``learning_rate``, any of them; may be empty.
        facts: Data, protocol, seed, recipe and the like.
        looks: What the model looks at in some clips; any of this and what follows may be empty.
        importance: Joints against classes, for base and for novel classes.
        decisions: Why some clips were given their names.
        embedding: Map of the novel clips.

    Raises:
        ConfigError: There is no floor, a result is no number, or the matrix does not fit the names.
    """

    title: str
    summary: str
    results: Mapping[str, tuple[float, float]]
    floor: Mapping[str, tuple[float, float]]
    class_names: Sequence[str]
    confusion: NDArray[np.integer]
    confusion_title: str
    metrics: Sequence[Mapping[str, float]]
    facts: Mapping[str, str]
    looks: Sequence[Look] = ()
    importance: Sequence[ImportanceTable] = ()
    decisions: Sequence[Decision] = ()
    embedding: EmbeddingMap | None = None

    def __post_init__(self) -> None:
        if not self.floor:
            raise ConfigError(
                "Expected the results of raw matching in 'floor', found none. A number without "
                "the floor beside it says nothing; evaluate raw DTW on the same draws."
            )
        for name, numbers in [*self.results.items(), *self.floor.items()]:
            if not all(math.isfinite(number) for number in numbers):
                raise ConfigError(f"Expected numbers as the result of '{name}', found {numbers}.")
        draw_heat_map(self.confusion, self.class_names)


@dataclass(frozen=True)
class ResultRow:
    """One row of the table of results: percent, and points above the floor."""

    name: str
    mean: float
    std: float
    above_floor: float | None
    kind: str


@dataclass(frozen=True)
class ShownLook:
    """A look with the numbers of its scenes and the joints that matter most."""

    look: Look
    scenes: tuple[int, ...]
    ranks: Sequence[JointRank]


def render_report(report: Report) -> str:
    """The page as HTML that holds its own style, script and data."""
    floor_name, (floor_mean, _) = next(iter(report.floor.items()))
    looks = _number_looks(report.looks)
    seen = [skeleton for look in report.looks for skeleton in look.skeletons]
    explained = [skeleton for decision in report.decisions for skeleton in decision.skeletons]
    template = _environment().get_template("report.html")
    return template.render(
        report=report,
        rows=_list_rows(report),
        floor_name=floor_name,
        floor_mean=floor_mean,
        heat_map=draw_heat_map(report.confusion, report.class_names),
        panels=draw_panels(report.metrics),
        looks=looks,
        importance_maps=draw_importance_maps(report.importance),
        decisions=draw_decisions(report.decisions, scene=len(seen)),
        plot=None if report.embedding is None else draw_embedding(report.embedding),
        scenes=[describe_scene(skeleton) for skeleton in (*seen, *explained)],
    )


def render_decision(
    decision: Decision, *, answers: Sequence[tuple[str, float | None]], facts: Mapping[str, str]
) -> str:
    """A page about one answer.

    Args:
        decision: The answer and its reasons.
        answers: Names with their probabilities, where known, best first.
        facts: Where the clip, the gallery and the model come from.
    """
    (drawn,) = draw_decisions([decision], scene=0)
    template = _environment().get_template("explained.html")
    return template.render(
        drawn=drawn,
        answers=answers,
        facts=facts,
        scenes=[describe_scene(skeleton) for skeleton in decision.skeletons],
    )


def render_gallery(skeletons: Sequence[MovingSkeleton], *, title: str) -> str:
    """A page of moving skeletons only."""
    scenes = [describe_scene(skeleton) for skeleton in skeletons]
    template = _environment().get_template("gallery.html")
    return template.render(title=title, skeletons=skeletons, scenes=scenes)


def write_report(report: Report, path: Path) -> Path:
    """Render a report and write it; see ``write_page``."""
    return write_page(render_report(report), path)


def write_page(page: str, path: Path) -> Path:
    """Write a page, whole or not at all.

    Returns:
        ``path``.
    """
    with create_file(path) as stream:
        stream.write(page.encode("utf-8", "replace"))  # names of files need not be UTF-8
    return path


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("crossglg", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _number_looks(looks: Sequence[Look]) -> list[ShownLook]:
    shown, scene = [], 0
    for look in looks:
        numbers = tuple(range(scene, scene + len(look.skeletons)))
        shown.append(ShownLook(look, numbers, rank_joints(look.predicted)))
        scene += len(numbers)
    return shown


def _list_rows(report: Report) -> list[ResultRow]:
    """Classifiers as given, then the raw matches, the floor itself first."""
    floor_name, (floor, _) = next(iter(report.floor.items()))
    classifiers = [
        ResultRow(name, mean, std, mean - floor, "classifier")
        for name, (mean, std) in report.results.items()
    ]
    raw = [
        ResultRow(name, mean, std, None if name == floor_name else mean - floor, "raw")
        for name, (mean, std) in report.floor.items()
    ]
    return classifiers + raw
