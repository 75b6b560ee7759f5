"""Verbs that learn and judge: demo, train, evaluate."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossglg.cli.app import Data, Json, LayoutFile, Seed, app, print_json, read_layout
from crossglg.errors import ConfigError

if TYPE_CHECKING:
    from crossglg.verbs import SplitData

Run = Annotated[
    str, typer.Argument(help="Folder of a run, or open-base, open-small; several joined by commas.")
]
NovelBy = Annotated[str, typer.Option("--protocol", help="Which classes are novel, such as utd-a.")]
NovelLabels = Annotated[
    str, typer.Option("--novel", help="Novel labels of your own choice: 0,3,6; or all.")
]
Draws = Annotated[int, typer.Option(min=1, help="How often exemplars are drawn.")]
Classifiers = Annotated[
    list[str] | None,
    typer.Option("--classifier", help="Classifiers to compare; repeat the option."),
]


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
        print_json(result.evaluation.to_json() | {"report": str(result.report)})
        return
    print_evaluation(result.evaluation)
    print(f"Report: {result.report}")


@app.command()
def train(
    data: Data,
    protocol: Annotated[str, typer.Option(help="Which classes are base, such as utd-a; or all.")],
    out: Annotated[Path, typer.Option(help="Folder of the run; an interrupted run goes on.")],
    recipe: Annotated[str, typer.Option(help="metric, beyond, paper, open or demo.")] = "metric",
    encoder: Annotated[str, typer.Option(help="Name of an encoder; else the recipe's own.")] = "",
    guidance: Annotated[str, typer.Option(help="crossglg, none, g2l or l2g.")] = "crossglg",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="Any setting by name: training.epochs=50."),
    ] = None,
    seed: Seed = 0,
    layout: LayoutFile = "",
    start_from: Annotated[
        str, typer.Option(help="Begin with the weights of a run, or of open-base, open-small.")
    ] = "",
) -> None:
    """Train on the base classes of a protocol."""
    from crossglg.sources.splits import get_protocol, whole_protocol
    from crossglg.terminal import training_progress
    from crossglg.training import create_recipe, override
    from crossglg.verbs import open_clips, split_data, train_run

    rules = None if protocol == "all" else get_protocol(protocol)  # a wrong name fails at once
    chosen = create_recipe(recipe, encoder=encoder, seed=seed)
    chosen = override(chosen, [f"model.guidance={guidance}", *(settings or [])])
    clips, masks = open_clips(data, layout=read_layout(layout))
    rules = rules or whole_protocol(class_count=len(clips.class_names))
    split = split_data(clips, rules, masks=masks)
    with training_progress(quiet=False) as progress:
        train_run(split, chosen, out=out, progress=progress, start_from=start_from or None)
    print(f"Trained on {len(split.base)} clips of {len(rules.base)} base classes: {out}")


@app.command()
def evaluate(
    run: Run,
    data: Data,
    protocol: NovelBy = "",
    novel: NovelLabels = "",
    draws: Draws = 100,
    classifier: Classifiers = None,
    seed: Seed = 0,
    layout: LayoutFile = "",
    as_json: Json = False,
) -> None:
    """Recognise novel actions from one example each, with the floor beside it."""
    from crossglg.shipped import load_plain
    from crossglg.terminal import print_evaluation
    from crossglg.verbs import evaluate_run

    split = split_by_options(data, protocol, novel, layout)
    first, *others = [load_plain(name) for name in run.split(",")]
    evaluation = evaluate_run(
        first,
        split,
        classifiers=classifier,
        draws=draws,
        seed=seed,
        beside=others,
    )
    if as_json:
        print_json(evaluation.to_json())
    else:
        print_evaluation(evaluation)


@app.command()
def compare(
    data: Data,
    protocol: Annotated[str, typer.Option(help="Which classes are base, such as utd-a.")],
    methods: Annotated[
        str, typer.Option(help="ENCODER or ENCODER+GUIDANCE: infogcn,infogcn+crossglg,hdgcn+g2l.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of runs and tables; goes on where it was.")],
    seeds: Annotated[int, typer.Option(min=1, help="Trainings of each method: 0, 1, ...")] = 3,
    recipe: Annotated[str, typer.Option(help="metric, beyond, paper, open or demo.")] = "metric",
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Any setting by name, for all methods.")
    ] = None,
    classifier: Classifiers = None,
    draws: Draws = 100,
    workers: Annotated[int, typer.Option(min=1, help="Trainings at the same time.")] = 1,
    layout: LayoutFile = "",
    as_json: Json = False,
) -> None:
    """Train and judge several methods with several seeds; write one table."""
    from crossglg.compare import Grid, parse_method, run_grid
    from crossglg.terminal import file_progress, print_comparison
    from crossglg.verbs import DEFAULT_CLASSIFIERS

    grid = Grid(
        data,
        protocol,
        tuple(parse_method(name, recipe, settings or []) for name in methods.split(",")),
        tuple(range(seeds)),
        out,
        tuple(classifier or DEFAULT_CLASSIFIERS),
        draws,
        read_layout(layout),
    )
    with file_progress(quiet=as_json, title="trainings") as progress:
        comparison = run_grid(grid, workers=workers, progress=progress)
    if as_json:
        print_json(comparison.to_json())
    else:
        print_comparison(comparison)
        print(f"Tables: {out / 'table.md'}, table.csv, table.json")
    if comparison.failed:
        raise typer.Exit(1)


@app.command("import-weights")
def import_weights(
    encoder: Annotated[str, typer.Argument(help="infogcn, hdgcn or motionbert.")],
    file: Annotated[Path, typer.Argument(help="Weights as the authors published them.")],
    out: Annotated[Path, typer.Option(help="Folder of the run to make.")],
    settings: Annotated[
        list[str] | None, typer.Option("--option", help="Of the encoder: size=lite.")
    ] = None,
) -> None:
    """Take over the authors' weights, tensors only; evaluate then takes the run."""
    from crossglg.checkpoint import PLAIN_FILE
    from crossglg.foreign import import_weights as read_weights

    checkpoint = read_weights(encoder, file, options=_parse_options(settings or []))
    out.mkdir(parents=True, exist_ok=True)
    checkpoint.save(out / PLAIN_FILE)
    print(f"{encoder}, {len(checkpoint.class_names)} classes: {out}")


def split_by_options(data: Path, protocol: str, novel: str, layout: str) -> "SplitData":
    """Open DATA under ``--protocol`` or ``--novel``, whichever was given."""
    from crossglg.sources.splits import choose_draw, custom_protocol, get_protocol
    from crossglg.verbs import open_clips, split_data

    if bool(protocol) == bool(novel):
        raise ConfigError("Expected either --protocol or --novel, such as --novel 0,3,6.")
    clips, masks = open_clips(data, layout=read_layout(layout))
    class_count = len(clips.class_names)
    if protocol:
        rules = get_protocol(protocol)
    else:
        labels = list(range(class_count)) if novel == "all" else _parse_labels(novel)
        draw = choose_draw(labels, clips)
        rules = custom_protocol(labels, class_count=class_count, draw=draw)
    return split_data(clips, rules, masks=masks)


def _parse_options(settings: list[str]) -> dict[str, Any]:
    from crossglg.training.config import parse_value

    options = {}
    for setting in settings:
        name, separator, text = setting.partition("=")
        if not separator:
            raise ConfigError(f"Expected --option name=value, found '{setting}'.")
        options[name.strip()] = parse_value(text)
    return options


def _parse_labels(text: str) -> list[int]:
    try:
        return [int(word) for word in text.split(",")]
    except ValueError:
        raise ConfigError(f"--novel: expected labels such as 0,3,6, found '{text}'.") from None
