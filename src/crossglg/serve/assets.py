"""The page: built files that are kept compressed and go out as they are kept."""

import gzip
import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from fastapi import APIRouter, Request, Response

from crossglg.serve.problems import ServeError

_KINDS = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".task": "application/octet-stream",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
_PACKED = ".gz"
_START = "index.html"
_FOREVER = "public, max-age=31536000, immutable"
_HASHED = "assets/"
"""Files below this folder have a digest in their name, so that they never change."""


@dataclass(frozen=True)
class Asset:
    """One file of the page.

    Attributes:
        path: Where it lies.
        kind: Media type.
        tag: Digest of its content, in quotes as HTTP wants it.
        is_packed: Whether it is kept compressed.
    """

    path: Path
    kind: str
    tag: str
    is_packed: bool


def list_assets() -> dict[str, Asset]:
    """Address -> file. Requests are looked up here; no path is ever made from one."""
    folder = Path(str(resources.files("crossglg.serve"))) / "static"
    found = {}
    for path in sorted(folder.rglob("*")):
        address = path.relative_to(folder).as_posix().removesuffix(_PACKED)
        if path.is_file():
            found[address] = _describe(path, Path(address).suffix)
    return found | ({"": found[_START]} if _START in found else {})


def create_page() -> APIRouter:
    """Routes of the page."""
    router = APIRouter(include_in_schema=False)
    assets = list_assets()

    @router.get("/{address:path}")
    async def page(request: Request, address: str) -> Response:
        if address not in assets:
            raise ServeError(404, "There is nothing at this address.")
        return _respond(request, address, assets[address])

    return router


def _describe(path: Path, suffix: str) -> Asset:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:32]
    return Asset(path, _KINDS[suffix], f'"{digest}"', path.suffix == _PACKED)


def _respond(request: Request, address: str, asset: Asset) -> Response:
    headers = {
        "Cache-Control": _FOREVER if address.startswith(_HASHED) else "no-cache",
        "ETag": asset.tag,
    }
    if request.headers.get("if-none-match") == asset.tag:
        return Response(status_code=304, headers=headers)
    content = asset.path.read_bytes()
    if asset.is_packed:
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
        else:
            content = gzip.decompress(content)
    return Response(content, media_type=asset.kind, headers=headers)
