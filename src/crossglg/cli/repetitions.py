"""Verbs about what is done over and over: count, form."""

from typing import Annotated

import typer

from crossglg import DEFAULT_RUN, TOLERANCE_DEG
from crossglg.cli.actions import (
    DEFAULT_GALLERY,
    Clip,
    From,
    GalleryFile,
    Model,
    Persons,
    PoseModel,
    To,
    open_known,
    read_all,
)
from crossglg.cli.app import Json, LayoutFile, app, print_json


@app.command()
def count(
    name: Annotated[str, typer.Argument(help="The enrolled action to count.")],
    clip: Clip,
    model: Model = DEFAULT_RUN,
    gallery: GalleryFile = DEFAULT_GALLERY,
    start: From = 0.0,
    end: To = None,
    network: PoseModel = "full",
    persons: Persons = 1,
    layout: LayoutFile = "",
    as_json: Json = False,
) -> None:
    """How often a clip shows an action, and when: squats counted after one was shown."""
    from crossglg.terminal import print_repetitions

    ((_, shown),) = read_all([clip], layout, start, end, network, persons)
    repetitions = open_known(gallery, model).count(shown, name)
    if as_json:
        print_json(repetitions.to_json())
    else:
        print_repetitions(repetitions)


@app.command()
def form(
    name: Annotated[str, typer.Argument(help="The enrolled action to compare with.")],
    clip: Clip,
    model: Model = DEFAULT_RUN,
    gallery: GalleryFile = DEFAULT_GALLERY,
    tolerance: Annotated[
        float, typer.Option("--tolerance", help="Degrees that a part of the body may be off.")
    ] = TOLERANCE_DEG,
    start: From = 0.0,
    end: To = None,
    network: PoseModel = "full",
    persons: Persons = 1,
    layout: LayoutFile = "",
    as_json: Json = False,
) -> None:
    """What was different in each repetition, beside what was shown; best by the same person."""
    from crossglg.gallery import check_form
    from crossglg.terminal import print_form

    ((_, shown),) = read_all([clip], layout, start, end, network, persons)
    found = check_form(open_known(gallery, model), shown, name, tolerance_deg=tolerance)
    if as_json:
        print_json(found.to_json())
    else:
        print_form(found)
