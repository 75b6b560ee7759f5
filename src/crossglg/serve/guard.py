"""Let in only who may come in: Host, Origin, rate and token are looked at before anything else.

A page of another site can make a browser send requests to this server. It cannot forge Host or
Origin, so a Host that is not ours (DNS rebinding) and an Origin that is not the Host (cross-site
requests and WebSockets) are refused.
"""

import base64
import hmac
import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crossglg.serve.config import ServeConfig, is_loopback
from crossglg.serve.limits import Allowances
from crossglg.serve.problems import ServeError, respond

API = "/api/"
OPEN_PATH = "/api/v1/health"
STREAM_PROTOCOL = "crossglg.v1"
_TOKEN_PROTOCOL = "bearer."
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
        "style-src 'self'; font-src 'self'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; "
        "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware around the whole app.

    Args:
        app: What is guarded.
        config: Whom to let in.
        allowances: Requests per address.
    """

    def __init__(self, app: ASGIApp, *, config: ServeConfig, allowances: Allowances) -> None:
        self._app, self._config, self._allowances = app, config, allowances
        named = ("localhost", config.host, *config.names)
        self._names = {name.lower() for name in named}  # a Host is read in lower case

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or hand on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(API):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            self._check(scope)
        except ServeError as error:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": error.detail[:120]})
                return
            response = respond(error.status, error.detail, error.headers)
            await response(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        self._check_host(headers.get("host", ""))
        _check_origin(headers)
        path: str = scope["path"]
        if not path.startswith(API):
            return
        self._allowances.take(scope["client"][0] if scope.get("client") else "")
        if self._config.token is not None and path != OPEN_PATH:
            self._check_token(_find_token(headers))

    def _check_host(self, host: str) -> None:
        name = _host_name(host)
        if not name or not self._is_ours(name):
            raise ServeError(
                421,
                f"This server is not known as '{name}'. Ask for it by its address, or start it "
                f"with --name {name or 'NAME'}.",
            )

    def _is_ours(self, name: str) -> bool:
        if name in self._names:
            return True
        try:
            # A name can be made to point here by anybody who owns a domain; an address cannot.
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return is_loopback(name) or not is_loopback(self._config.host)

    def _check_token(self, found: str) -> None:
        expected = self._config.token or ""
        if not hmac.compare_digest(found.encode(), expected.encode()):
            raise ServeError(
                401,
                "This server asks for a token. Give it as 'Authorization: Bearer TOKEN'; on the "
                "page, open the address that the server printed when it started.",
            )


def _check_origin(headers: Headers) -> None:
    origin = headers.get("origin")
    if origin is not None and _place_of(origin) != headers.get("host"):
        raise ServeError(403, f"Requests from pages of another site ({origin}) are refused.")
    if (
        headers.get("sec-fetch-site") == "cross-site"
        and headers.get("sec-fetch-mode") != "navigate"
    ):
        raise ServeError(403, "Requests from pages of another site are refused.")


def _place_of(origin: str) -> str:
    """Host and port; empty where it is no address."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _find_token(headers: Headers) -> str:
    """Of the head, or of the protocols of a WebSocket, for which browsers set no other field."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    for protocol in headers.get("sec-websocket-protocol", "").split(","):
        if (word := protocol.strip()).startswith(_TOKEN_PROTOCOL):
            return _decode(word.removeprefix(_TOKEN_PROTOCOL))
    return ""


def _decode(word: str) -> str:
    try:
        return base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode()
    except ValueError:
        return ""
