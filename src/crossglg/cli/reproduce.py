"""The verb that fills the tables of the paper: reproduce."""

import os
from pathlib import Path
from typing import Annotated

import typer

from crossglg.cli.app import Json, app, print_json


@app.command()
def reproduce(
    table: Annotated[
        str,
        typer.Argument(
            help="ntu120, plug-in, ntu60, ablation, position, kinetics, parameters; rows of our "
            "own such as utd-a; or all."
        ),
    ],
    data: Annotated[
        Path | None, typer.Option(help="The data, or a folder with ntu120.archive and others.")
    ] = None,
    quick: Annotated[
        bool, typer.Option(help="A few minutes on embedded data; the numbers mean nothing.")
    ] = False,
    seeds: Annotated[
        int, typer.Option(min=0, help="Trainings of each method; 0 for 3, or 1 if quick.")
    ] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder of runs and tables; goes on where it was.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Any setting by name, for all methods.")
    ] = None,
    workers: Annotated[
        int,
        typer.Option(min=0, help="Trainings at the same time; 0 for 1, or all cores if quick."),
    ] = 0,
    as_json: Json = False,
) -> None:
    """Fill a table of the paper, with the paper's numbers and why they differ beside ours."""
    from crossglg.reproduce import reproduce as fill
    from crossglg.terminal import file_progress

    place = out or Path("crossglg-reproduce-quick" if quick else "crossglg-reproduce")
    with file_progress(quiet=as_json, title="trainings") as progress:
        outcome = fill(
            table,
            data=data,
            out=place,
            quick=quick,
            seeds=range(seeds or (1 if quick else 3)),
            settings=settings or (),
            workers=workers or (os.cpu_count() or 1 if quick else 1),
            progress=progress,
        )
    if as_json:
        print_json({"tables": [t.to_json() for t in outcome.tables], "left_out": outcome.left_out})
    else:
        print(outcome.to_markdown())
        print(f"Tables: {place}/*.md, *.csv, *.json")
    if not outcome.complete:
        raise typer.Exit(1)
