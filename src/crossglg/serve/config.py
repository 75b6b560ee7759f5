"""Where the server listens, whom it lets in, and how much it takes."""

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from crossglg import SURE
from crossglg.errors import ConfigError

_SHORTEST_TOKEN = 16
_MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """Bounds that keep a busy or hostile client from taking the server down.

    Attributes:
        body_bytes: Of one request.
        gallery_bytes: Of a gallery that comes in; it holds many clips and is not compressed.
        body_s: Seconds in which a body must have arrived.
        unpacked_bytes: Of a compressed upload, once unpacked.
        frames: T of one clip.
        persons: M of one clip.
        joints: V of one clip.
        exemplars: Of the whole gallery.
        working: Requests computed at the same time.
        waiting: Requests that may wait for their turn; any more are told to come back (503).
        rate_per_s: Requests per second and address, on average; any more are told to wait (429).
        burst: Requests that an address may make at once after being silent.
        streams: Open WebSocket streams.
        message_bytes: Of one WebSocket message.
        stream_fps: Frames per second that a stream may send.
        silent_s: Seconds after which a silent stream is closed.
    """

    body_bytes: int = 16 * _MIB
    gallery_bytes: int = 64 * _MIB
    body_s: float = 30.0
    unpacked_bytes: int = 64 * _MIB
    frames: int = 3600
    persons: int = 8
    joints: int = 200
    exemplars: int = 1000
    working: int = 2
    waiting: int = 64
    rate_per_s: float = 20.0
    burst: int = 80
    streams: int = 8
    message_bytes: int = 64 * 1024
    stream_fps: float = 120.0
    silent_s: float = 60.0

    def __post_init__(self) -> None:
        odd = [name for name, value in vars(self).items() if not value > 0]
        if odd:
            raise ConfigError(f"Expected limits above zero; look at {', '.join(odd)}.")


@dataclass(frozen=True)
class ServeConfig:
    """How the server presents itself.

    Attributes:
        gallery: The file of the gallery; it need not exist yet.
        host: Address or name to listen on.
        port: Port to listen on.
        token: Secret that every request must carry; None lets everybody in, on loopback only.
        names: Names besides ``host`` by which this machine may be asked for.
        limits: Bounds.
        sure: The probability from which an action is named where a client does not say another.

    Raises:
        ConfigError: The address is open to others and there is no token, or the token is short; or
            the probability is none.
    """

    gallery: Path
    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = None
    names: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    sure: float = SURE

    def __post_init__(self) -> None:
        if not 0 <= self.sure <= 1:
            raise ConfigError(f"Expected a probability from 0 to 1 as sure, found {self.sure}.")
        if self.token is None and not is_loopback(self.host):
            raise ConfigError(
                f"'{self.host}' can be reached by others, so a token is needed: give --token with "
                f"at least {_SHORTEST_TOKEN} characters, or listen on 127.0.0.1."
            )
        if self.token is not None and not _is_good_token(self.token):
            raise ConfigError(
                f"Expected a token of at least {_SHORTEST_TOKEN} letters, digits, '-' or '_', "
                f"found {len(self.token)} characters."
            )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_good_token(token: str) -> bool:
    plain = token.replace("-", "").replace("_", "")
    return len(token) >= _SHORTEST_TOKEN and plain.isascii() and plain.isalnum()
