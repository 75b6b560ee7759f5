"""Verbs about protocols: list, show, verify."""

from typing import Annotated

import typer

from crossglg.cli.app import Data, Json, LayoutFile, app, print_json, read_layout

protocol = typer.Typer(
    help="Which classes are base and novel, and which clips are exemplars.", no_args_is_help=True
)
app.add_typer(protocol, name="protocol")

Name = Annotated[str, typer.Argument(help="Such as ntu120-oneshot-100; -dev for development.")]


@protocol.command("list")
def list_all(as_json: Json = False) -> None:
    """Every protocol in one line."""
    from crossglg.sources.splits import get_protocol, list_protocols

    protocols = [get_protocol(name) for name in list_protocols()]
    if as_json:
        print_json({rules.name: rules.about for rules in protocols})
        return
    width = max(len(rules.name) for rules in protocols)
    for rules in protocols:
        print(f"{rules.name:{width}}  {rules.about}")


@protocol.command()
def show(name: Name, as_json: Json = False) -> None:
    """Base and novel classes, exemplars and numbers of clips of one protocol."""
    from crossglg.sources.splits import get_protocol
    from crossglg.terminal import print_protocol

    rules = get_protocol(name)
    if as_json:
        print_json(rules.to_json())
    else:
        print_protocol(rules)


@protocol.command()
def verify(name: Name, data: Data, layout: LayoutFile = "", as_json: Json = False) -> None:
    """Check classes, exemplars, counts, names and mask; ends with 1 if anything is wrong."""
    from crossglg.sources import open_data, read_masks
    from crossglg.sources.splits import get_protocol
    from crossglg.sources.verify import verify_protocol
    from crossglg.terminal import print_verification

    clips = open_data(data, layout=read_layout(layout))
    verification = verify_protocol(get_protocol(name), clips, read_masks(data))
    if as_json:
        print_json(verification.to_json())
    else:
        print_verification(verification)
    if not verification.right:
        raise typer.Exit(1)
