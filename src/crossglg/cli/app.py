"""The command line's root, and what its verbs share."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from crossglg import __version__

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"crossglg {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", help="The version.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Show an action once, have it recognised ever after."""


Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Seed = Annotated[int, typer.Option(min=0, help="Of everything random.")]
Data = Annotated[Path, typer.Argument(help="A prepared archive, or a flat .npz file.")]
LayoutFile = Annotated[
    str, typer.Option("--layout", help="A layout file (.json) for joints of your own.")
]


def print_json(record: dict[str, Any]) -> None:
    """One line for other programs."""
    print(json.dumps(record))


def read_layout(path: str) -> Any:
    """The layout of this name or file; None for an empty name."""
    if not path:
        return None
    from crossglg.skeleton import get_layout

    return get_layout(path)
