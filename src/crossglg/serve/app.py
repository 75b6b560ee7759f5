"""Put the server together: API, stream and page inside the guard."""

import time
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from crossglg.recogniser import ClipReader
from crossglg.serve.api import api
from crossglg.serve.assets import create_page
from crossglg.serve.config import ServeConfig
from crossglg.serve.guard import Guard
from crossglg.serve.limits import Allowances, Places, Workers
from crossglg.serve.problems import install_handlers
from crossglg.serve.site import Site
from crossglg.serve.store import GalleryStore
from crossglg.serve.stream import stream_api
from crossglg.serve.wire import ClipBody, NewName

_ABOUT = """Actions of one's own, shown once and recognised ever after.

Every error is a problem as in RFC 9457. With a token, send `Authorization: Bearer TOKEN`; for the
WebSocket `/api/v1/stream`, offer the protocols `crossglg.v1` and `bearer.` + base64url(TOKEN)."""


def create_app(config: ServeConfig, recogniser: ClipReader, *, model_name: str = "") -> ASGIApp:
    """The server as an ASGI app.

    Args:
        config: Where the gallery is and whom to let in.
        recogniser: The model.
        model_name: What to call it.

    Raises:
        GalleryError: The gallery file is damaged.
    """
    limits = config.limits
    app = FastAPI(
        title="crossglg",
        summary="Show an action once, have it recognised ever after.",
        description=_ABOUT,
        version=version("crossglg"),
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # these pages load scripts from elsewhere
        redoc_url=None,
    )
    app.state.site = Site(
        GalleryStore(config.gallery, recogniser, most_exemplars=limits.exemplars),
        Workers(limits.working, limits.waiting),
        Workers(1, limits.waiting),
        Places(limits.streams),
        limits,
        model_name,
        config.sure,
    )
    install_handlers(app)
    for router in (api, stream_api, create_page()):
        app.include_router(router)
    _complete_schema(app)
    allowances = Allowances(limits.rate_per_s, limits.burst, clock=time.monotonic)
    return Guard(app, config=config, allowances=allowances)


def _complete_schema(app: FastAPI) -> None:
    """Add to the OpenAPI description what FastAPI does not see: bodies read by hand, problems."""
    schema: dict[str, Any] = app.openapi()
    schemas = schema["components"]["schemas"]
    for model in (ClipBody, NewName):
        body = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= body.pop("$defs", {})
        schemas[model.__name__] = body
    schemas["Problem"] = {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "A sentence for the person."},
        },
    }
