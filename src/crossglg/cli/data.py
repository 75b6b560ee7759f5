"""Verbs about data: prepare, inspect, join."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from crossglg.cli.app import Data, Json, LayoutFile, app, print_json, read_layout


@app.command()
def prepare(
    source_format: Annotated[
        str, typer.Argument(metavar="FORMAT", help="ntu, pku, utd, msr, kinetics, pyskl, bvh, npz.")
    ],
    source: Annotated[Path, typer.Argument(help="A file, or a folder of files.")],
    out: Annotated[Path, typer.Option(help="The archive to write.")],
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    missing: Annotated[Path | None, typer.Option(help="List of more files to leave out.")] = None,
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
            layout=read_layout(layout),
            name=name or None,
        )
    if as_json:
        print_json(report.to_json())
        return
    print(f"{report.written} clips in {report.path}")
    if report.skipped:
        print(f"{len(report.skipped)} left out, listed in {report.path / 'skipped.json'}:")
        for reason, count in Counter(reason for _, reason in report.skipped).most_common(5):
            first = next(file for file, why in report.skipped if why == reason)
            more = f" and {count - 1} more" if count > 1 else ""
            print(f"  {first}{more}: {reason}")


@app.command()
def inspect(
    data: Data,
    html: Annotated[
        Path | None, typer.Option(help="A page to write on which odd clips, then others, move.")
    ] = None,
    layout: LayoutFile = "",
    as_json: Json = False,
) -> None:
    """Count what is there, and say what is odd: swapped sides, millimetres, y down, copies."""
    from crossglg.inspection import inspect_data, write_inspection
    from crossglg.sources import open_data
    from crossglg.terminal import print_inspection

    clips = open_data(data, layout=read_layout(layout))
    inspection = inspect_data(clips)
    if as_json:
        print_json(inspection.to_json())
    else:
        print_inspection(inspection)
    if html is not None:
        write_inspection(inspection, clips, html)
        if not as_json:
            print(f"Page: {html}")


@app.command()
def join(
    data: Annotated[
        list[str],
        typer.Argument(help="Archives and .npz files; 'choreography' is the written set."),
    ],
    out: Annotated[Path, typer.Option(help="The archive to write.")],
    layout: Annotated[str, typer.Option(help="The joints that all share.")] = "openni15",
    without: Annotated[
        list[str] | None, typer.Option(help="A class to leave out; repeat the option.")
    ] = None,
    most_per_class: Annotated[
        int | None, typer.Option(min=1, help="Clips of one class that one set may give.")
    ] = None,
    name: Annotated[str, typer.Option(help="Short name of the joined data.")] = "joined",
) -> None:
    """Join data sets of different bodies into one archive; classes that mean the same merge."""
    from crossglg.skeleton import get_layout
    from crossglg.sources import open_data, write_archive
    from crossglg.sources.choreography import choreography
    from crossglg.sources.join import join_sets

    sets = [choreography() if place == "choreography" else open_data(place) for place in data]
    shared = get_layout(layout)
    clips = join_sets(sets, shared, without=without or (), most_per_class=most_per_class)
    write_archive(clips, out, name=name)
    print(f"{sum(map(len, sets))} clips of {len(sets)} sets offered; joined on {layout}: {out}")
