"""Run the server until it is told to stop."""

import logging
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from crossglg.recogniser import ClipReader
from crossglg.serve.app import create_app
from crossglg.serve.config import ServeConfig

_MOST_CONNECTIONS = 512
_GRACE_S = 5


@dataclass(frozen=True)
class Certificate:
    """What HTTPS needs; a browser opens the camera of another machine's page only over HTTPS.

    Attributes:
        chain: PEM file.
        key: PEM file.
    """

    chain: Path
    key: Path


def address_of(config: ServeConfig, *, is_secure: bool) -> str:
    """What to open in a browser. The token is after a #, which browsers keep to themselves."""
    host = f"[{config.host}]" if ":" in config.host else config.host
    secret = "" if config.token is None else f"#token={config.token}"
    return f"http{'s' if is_secure else ''}://{host}:{config.port}/{secret}"


def run_server(
    config: ServeConfig,
    recogniser: ClipReader,
    *,
    model_name: str,
    certificate: Certificate | None = None,
) -> None:
    """Listen and answer.

    Raises:
        GalleryError: The gallery file is damaged.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    uvicorn.run(
        create_app(config, recogniser, model_name=model_name),
        host=config.host,
        port=config.port,
        access_log=False,  # names of actions are nobody's business
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE_S,
        ws_max_size=config.limits.message_bytes,
        ws_max_queue=32,
        ssl_certfile=None if certificate is None else certificate.chain,
        ssl_keyfile=None if certificate is None else certificate.key,
    )
