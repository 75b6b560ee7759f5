"""The verb that opens the web page: serve."""

from pathlib import Path
from typing import Annotated

import typer

from crossglg import DEFAULT_RUN, SURE
from crossglg.cli.actions import DEFAULT_GALLERY, GalleryFile, Model, Sure
from crossglg.cli.app import app
from crossglg.errors import ConfigError, require

_EXTRA = "serve"


@app.command()
def serve(
    model: Model = DEFAULT_RUN,
    gallery: GalleryFile = DEFAULT_GALLERY,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    token: Annotated[
        str,
        typer.Option(
            envvar="CROSSGLG_TOKEN", help="Secret that clients must know; needed off loopback."
        ),
    ] = "",
    names: Annotated[
        list[str] | None,
        typer.Option("--name", help="A name by which this machine may be asked for; repeatable."),
    ] = None,
    sure: Sure = SURE,
    rate: Annotated[float, typer.Option(min=0.1, help="Requests per second and address.")] = 20.0,
    workers: Annotated[int, typer.Option(min=1, help="Clips embedded at the same time.")] = 2,
    certificate: Annotated[str, typer.Option(help="PEM file for HTTPS.")] = "",
    key: Annotated[str, typer.Option(help="PEM file of the certificate's key.")] = "",
) -> None:
    """Open a web page to show actions to, with an HTTP API behind it."""
    for module in ("fastapi", "uvicorn", "websockets"):
        require(module, extra=_EXTRA)
    from crossglg.deployed import open_model
    from crossglg.serve.config import Limits, ServeConfig
    from crossglg.serve.server import Certificate, addresses_of, run_server

    if bool(certificate) != bool(key):
        raise ConfigError("Expected --certificate and --key together, found one of them.")
    limits = Limits(rate_per_s=rate, burst=max(1, round(4 * rate)), working=workers)
    config = ServeConfig(gallery, host, port, token or None, tuple(names or ()), limits, sure)
    papers = Certificate(Path(certificate), Path(key)) if certificate else None
    recogniser = open_model(model)
    here, *elsewhere = addresses_of(config, is_secure=papers is not None)
    print(f"Open {here}", flush=True)
    for address in elsewhere:
        print(f"From another machine: {address}", flush=True)
    run_server(config, recogniser, model_name=Path(model).name, certificate=papers)
