"""Verbs that show things: report, explain, draw."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from crossglg import DEFAULT_RUN, SURE
from crossglg.cli.actions import DEFAULT_GALLERY, Clip, GalleryFile, Model, Sure
from crossglg.cli.app import Data, Json, LayoutFile, Seed, app, print_json, read_layout
from crossglg.cli.learn import Classifiers, Draws, NovelBy, NovelLabels, split_by_options
from crossglg.errors import ConfigError

_DRAWN = (".gif", ".webp", ".svg", ".html")
_ONLY_RUNS = (
    "{option}: expected a run or shipped weights, found the exported file '{model}', which says "
    "nothing of importance over time."
)


@app.command()
def report(
    run: Annotated[str, typer.Argument(help="Folder of a run, or open-base, open-small.")],
    data: Data,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("report.html"),
    protocol: NovelBy = "",
    novel: NovelLabels = "",
    draws: Draws = 100,
    classifier: Classifiers = None,
    embedding: Annotated[str, typer.Option("--map", help="Map of clips: pca or tsne.")] = "pca",
    seed: Seed = 0,
    layout: LayoutFile = "",
) -> None:
    """Judge a run and write all about it into one page that needs nothing but a browser."""
    from crossglg.pictures import describe_run
    from crossglg.recogniser import Recogniser
    from crossglg.report import write_report
    from crossglg.shipped import find_run
    from crossglg.terminal import print_evaluation
    from crossglg.training import read_metrics
    from crossglg.verbs import evaluate_run, extract_split

    split = split_by_options(data, protocol, novel, layout)
    recogniser = Recogniser.load(run)
    features = extract_split(recogniser.checkpoint, split)
    evaluation = evaluate_run(
        recogniser.checkpoint,
        split,
        classifiers=classifier,
        draws=draws,
        seed=seed,
        features=features,
    )
    described = describe_run(
        evaluation,
        split,
        features,
        recogniser,
        metrics=read_metrics(find_run(run)),
        facts={"run": Path(run).name},
        seed=seed,
        map_method=embedding,
    )
    print_evaluation(evaluation)
    print(f"Report: {write_report(described, out)}")


@app.command()
def explain(
    clip: Clip,
    model: Model = DEFAULT_RUN,
    gallery: GalleryFile = DEFAULT_GALLERY,
    html: Annotated[Path | None, typer.Option(help="A page to write.")] = None,
    gif: Annotated[Path | None, typer.Option(help="A moving picture: .gif or .webp.")] = None,
    sure: Sure = SURE,
    layout: LayoutFile = "",
    as_json: Json = False,
) -> None:
    """Say why a clip is called what it is called: which joints, and when."""
    from crossglg.deployed import open_model
    from crossglg.gallery import explain as explain_clip
    from crossglg.gallery import open_gallery
    from crossglg.pictures import picture_explanation
    from crossglg.recogniser import Recogniser
    from crossglg.report import render_decision, write_animation, write_page
    from crossglg.sources.single import read_clip

    recogniser = open_model(model)
    shown = read_clip(clip, layout=read_layout(layout))
    explanation = explain_clip(open_gallery(gallery, recogniser), shown, sure=sure)
    if html or gif:
        if not isinstance(recogniser, Recogniser):
            raise ConfigError(_ONLY_RUNS.format(option="--html and --gif", model=model))
        drawn = picture_explanation(explanation, recogniser, title=Path(clip).name)
        if gif:
            roles = zip(drawn.skeletons, ("nearest", "the clip", "runner-up"), strict=True)
            shown_as = [replace(skeleton, note=role) for skeleton, role in roles]
            write_animation(shown_as, gif, title=explanation.sentence)
        if html:
            found = explanation.recognition
            answers = [(answer.action, answer.probability) for answer in found.answers]
            if found.unknown_probability is not None:
                answers.append(("unknown", found.unknown_probability))
            facts = {"clip": Path(clip).name, "gallery": gallery.name, "model": Path(model).name}
            write_page(render_decision(drawn, answers=answers, facts=facts), html)
    if as_json:
        print_json(explanation.to_json())
    else:
        print(explanation.sentence)


@app.command()
def draw(
    clip: Clip,
    out: Annotated[Path, typer.Option(help="The picture: .gif, .webp, .svg or .html.")],
    model: Annotated[
        str,
        typer.Option(envvar="CROSSGLG_MODEL", help="A run, to colour joints by importance."),
    ] = "",
    layout: LayoutFile = "",
) -> None:
    """Draw a clip as a moving picture."""
    if out.suffix not in _DRAWN:
        raise ConfigError(f"--out: expected {', '.join(_DRAWN)}, found '{out.suffix}'.")
    from crossglg.deployed import NATIVE_SUFFIX, ONNX_SUFFIX
    from crossglg.pictures import picture_clip
    from crossglg.report import render_figure, render_gallery, write_animation, write_page
    from crossglg.shipped import load_plain
    from crossglg.sources.single import read_clip

    shown = read_clip(clip, layout=read_layout(layout))
    if Path(model).suffix.lower() in (NATIVE_SUFFIX, ONNX_SUFFIX):
        raise ConfigError(_ONLY_RUNS.format(option="--model", model=model))
    checkpoint = load_plain(model) if model else None
    skeleton = picture_clip(shown, checkpoint, title=Path(clip).name)
    if out.suffix == ".svg":
        write_page(render_figure([skeleton], columns=1), out)
    elif out.suffix == ".html":
        write_page(render_gallery([skeleton], title=skeleton.title), out)
    else:
        write_animation([skeleton], out)
    print(out)
