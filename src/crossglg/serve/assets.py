"""The page: built files that are kept compressed and go out as they are kept."""

import gzip
import mimetypes
from importlib import resources
from pathlib import Path

from fastapi import APIRouter, Request, Response

from crossglg.serve.problems import ServeError

_KINDS = {".wasm": "application/wasm", ".js": "text/javascript", ".task": "application/octet-stream",
          ".html": "text/html; charset=utf-8", ".svg": "image/svg+xml", ".css": "text/css",
          ".webmanifest": "application/manifest+json"}  # fmt: skip
_PACKED = ".gz"
_FOREVER = "public, max-age=31536000, immutable"
_HASHED = "assets/"
"""Files below this folder have a digest in their name, so that they never change."""


def list_assets() -> dict[str, Path]:
    """Address -> file. Requests are looked up here; no path is ever made from one."""
    folder = Path(str(resources.files("crossglg.serve"))) / "static"
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    found = {path.relative_to(folder).as_posix().removesuffix(_PACKED): path for path in files}
    return found | ({"": found["index.html"]} if "index.html" in found else {})


def create_page() -> APIRouter:
    """Routes of the page."""
    router = APIRouter(include_in_schema=False)
    assets = list_assets()

    @router.get("/{address:path}")
    async def page(request: Request, address: str) -> Response:
        path = assets.get(address)
        if path is None:
            raise ServeError(404, "There is nothing at this address.")
        return _respond(request, address, path)

    return router


def _respond(request: Request, address: str, path: Path) -> Response:
    content = path.read_bytes()
    headers = {"Cache-Control": _FOREVER if address.startswith(_HASHED) else "no-cache"}
    if path.suffix == _PACKED:
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
        else:
            content = gzip.decompress(content)
    suffix = Path(path.name.removesuffix(_PACKED)).suffix
    kind = _KINDS.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
    return Response(content, media_type=kind, headers=headers)
