"""Run the server until it is told to stop."""

import logging
import socket
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from crossglg.recogniser import ClipReader
from crossglg.serve.app import create_app
from crossglg.serve.config import ServeConfig
from crossglg.threads import one_thread_a_clip

_EVERYWHERE = {
    "0.0.0.0": (socket.AF_INET, "192.0.2.1"),
    "::": (socket.AF_INET6, "2001:db8::1"),
}
"""Kept for documentation (RFC 5737, RFC 3849), so nobody has these; the way there leads out."""
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}
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


def addresses_of(config: ServeConfig, *, is_secure: bool) -> list[str]:
    """What to open in a browser. The token is after a #, which browsers keep to themselves.

    A server that listens everywhere is called by this machine's addresses: 0.0.0.0 is none.
    """
    hosts = [config.host]
    if config.host in _EVERYWHERE:
        hosts = [_LOOPBACK[config.host], *_find_own(config.host)]
    secret = "" if config.token is None else f"#token={config.token}"
    scheme = "https" if is_secure else "http"
    named = [f"[{host}]" if ":" in host else host for host in hosts]
    return [f"{scheme}://{host}:{config.port}/{secret}" for host in named]


def _find_own(everywhere: str) -> list[str]:
    """The address of this machine in its network; empty where it has none."""
    family, other = _EVERYWHERE[everywhere]
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((other, 9))  # chooses a way there; nothing is sent
        except OSError:
            return []
        return [str(probe.getsockname()[0])]


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
    with one_thread_a_clip(config.limits.working):
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
