"""The command line: parse, call, print. Everything heavy is imported when a verb runs."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from crossglg.errors import ConfigError, CrossGLGError

app = typer.Typer(
    help="Show an action once, have it recognised ever after.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Seed = Annotated[int, typer.Option(help="Of everything random.")]
Data = Annotated[Path, typer.Argument(help="A prepared archive, or a flat .npz file.")]
LayoutFile = Annotated[
    str, typer.Option("--layout", help="A layout file (.json) for joints of your own.")
]


def main() -> None:
    """Run the command line; errors meant for the user come out as one sentence."""
    try:
        app()
    except CrossGLGError as error:
        print(f"crossglg: {error}", file=sys.stderr)
        sys.exit(1)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("crossglg-demo"),
    show: Annotated[bool, typer.Option(help="Only write a page to look at the actions.")] = False,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Learn base actions, recognise novel ones from one example each, write a report."""
    from crossglg.demo import run_demo, show_choreography
    from crossglg.terminal import print_evaluation, training_progress

    out.mkdir(parents=True, exist_ok=True)
    if show:
        print(show_choreography(out, seed=seed))
        return
    with training_progress(quiet=as_json) as progress:
        result = run_demo(out, seed=seed, progress=progress)
    if as_json:
        _print_json(result.evaluation.to_json() | {"report": str(result.report)})
        return
    print_evaluation(result.evaluation)
    print(f"Report: {result.report}")


@app.command()
def train(
    data: Data,
    protocol: Annotated[str, typer.Option(help="Which classes are base, such as utd-a.")],
    out: Annotated[Path, typer.Option(help="Folder of the run; an interrupted run goes on.")],
    recipe: Annotated[str, typer.Option(help="metric, paper or demo.")] = "metric",
    encoder: Annotated[str, typer.Option(help="Name of an encoder.")] = "infogcn",
    guidance: Annotated[str, typer.Option(help="crossglg, none, g2l or l2g.")] = "crossglg",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="Any setting by name: training.epochs=50."),
    ] = None,
    seed: Seed = 0,
    layout: LayoutFile = "",
) -> None:
    """Train on the base classes of a protocol."""
    from crossglg.sources.splits import get_protocol
    from crossglg.terminal import training_progress
    from crossglg.training import create_recipe, override
    from crossglg.verbs import open_clips, split_data, train_run

    rules = get_protocol(protocol)
    chosen = create_recipe(recipe, encoder=encoder, seed=seed)
    chosen = override(chosen, [f"model.guidance={guidance}", *(settings or [])])
    clips, masks = open_clips(data, layout=_read_layout(layout))
    split = split_data(clips, rules, masks=masks)
    with training_progress(quiet=False) as progress:
        train_run(split, chosen, out=out, progress=progress)
    print(f"Trained on {len(split.base)} clips of {len(rules.base)} base classes: {out}")


@app.command()
def evaluate(
    run: Annotated[Path, typer.Argument(help="Folder of a run.")],
    data: Data,
    protocol: Annotated[str, typer.Option(help="Which classes are novel, such as utd-a.")] = "",
    novel: Annotated[str, typer.Option(help="Novel labels of your own choice: 0,3,6.")] = "",
    draws: Annotated[int, typer.Option(min=1, help="How often exemplars are drawn.")] = 100,
    classifier: Annotated[
        list[str] | None, typer.Option(help="Classifiers to compare; repeat the option.")
    ] = None,
    seed: Seed = 0,
    layout: LayoutFile = "",
    as_json: Json = False,
) -> None:
    """Recognise novel actions from one example each, with the floor beside it."""
    from crossglg.checkpoint import PlainCheckpoint
    from crossglg.sources.splits import custom_protocol, get_protocol
    from crossglg.terminal import print_evaluation
    from crossglg.training import PLAIN_FILE
    from crossglg.verbs import DEFAULT_CLASSIFIERS, evaluate_run, open_clips, split_data

    if bool(protocol) == bool(novel):
        raise ConfigError("Expected either --protocol or --novel, such as --novel 0,3,6.")
    clips, masks = open_clips(data, layout=_read_layout(layout))
    rules = (
        get_protocol(protocol)
        if protocol
        else custom_protocol(_parse_labels(novel), class_count=len(clips.class_names))
    )
    evaluation = evaluate_run(
        PlainCheckpoint.load(run / PLAIN_FILE),
        split_data(clips, rules, masks=masks),
        classifiers=classifier or DEFAULT_CLASSIFIERS,
        draws=draws,
        seed=seed,
    )
    if as_json:
        _print_json(evaluation.to_json())
    else:
        print_evaluation(evaluation)


@app.command()
def prepare(
    source_format: Annotated[
        str, typer.Argument(metavar="FORMAT", help="ntu, kinetics, pyskl, bvh, npz.")
    ],
    source: Annotated[Path, typer.Argument(help="A file, or a folder of files.")],
    out: Annotated[Path, typer.Option(help="The archive to write.")],
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    missing: Annotated[Path | None, typer.Option(help="List of files to leave out.")] = None,
    name: Annotated[str, typer.Option(help="Short name of the data.")] = "",
    layout: LayoutFile = "",
    as_json: Json = False,
) -> None:
    """Read a data set once into an archive that opens at once; goes on after an interruption."""
    from crossglg.sources.prepare import prepare as prepare_source
    from crossglg.terminal import file_progress

    with file_progress(quiet=as_json) as progress:
        report = prepare_source(
            source_format,
            source,
            out=out,
            workers=workers,
            progress=progress,
            missing=missing,
            layout=_read_layout(layout),
            name=name or None,
        )
    if as_json:
        _print_json(report.to_json())
        return
    print(f"{report.written} clips in {report.path}")
    if report.skipped:
        print(f"{len(report.skipped)} left out, listed in {report.path / 'skipped.json'}:")
        for file, reason in report.skipped[:5]:
            print(f"  {file}: {reason}")


@app.command()
def info(as_json: Json = False) -> None:
    """What is installed and what there is to choose from; good to paste into a bug report."""
    from crossglg.terminal import describe_installation

    described = describe_installation()
    if as_json:
        _print_json(described)
        return
    for name, value in described.items():
        print(f"{name}: {', '.join(value) if isinstance(value, list) else value}")


def _print_json(record: dict[str, Any]) -> None:
    print(json.dumps(record))


def _parse_labels(text: str) -> list[int]:
    try:
        return [int(word) for word in text.split(",")]
    except ValueError:
        raise ConfigError(f"--novel: expected labels such as 0,3,6, found '{text}'.") from None


def _read_layout(path: str) -> Any:
    if not path:
        return None
    from crossglg.skeleton import get_layout

    return get_layout(path)
