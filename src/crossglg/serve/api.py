"""The HTTP API, version 1: actions, what is none of them, clips, recognitions, gallery, model.

The body of a request is always *the clip* (or the gallery file); what shall be done with it is in
the query. So a file goes up as it is, with no form around it and nothing to unwrap.
"""

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ValidationError

from crossglg import TOLERANCE_DEG
from crossglg.gallery import Gallery
from crossglg.serve import work
from crossglg.serve.clips import read_body
from crossglg.serve.problems import MEDIA_TYPE, ServeError, describe_odd_fields
from crossglg.serve.site import Site
from crossglg.serve.store import find_action
from crossglg.serve.uploads import FileFormat, read_bounded, read_file
from crossglg.serve.wire import (
    ActionsView,
    ClipBody,
    ClipView,
    FormView,
    Health,
    ModelView,
    NewName,
    RecognitionView,
    RepetitionsView,
)
from crossglg.skeleton.clip import SkeletonClip

_FILE = "application/octet-stream"
_PROBLEM: dict[str, Any] = {
    "description": "A problem (RFC 9457); `detail` is a sentence for the person.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_CLIP_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A clip as JSON, or a file of the `format` in the query.",
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/ClipBody"}},
            _FILE: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
_GALLERY_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A gallery file, as GET gives it.",
        "content": {_FILE: {"schema": {"type": "string", "format": "binary"}}},
    }
}

_NAME_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewName"}}},
    }
}

Format = Annotated[FileFormat | None, Query(description="Of the file in the body; none for JSON.")]
ClipName = Annotated[
    str, Query(alias="clip", max_length=200, description="Which clip of an npz of several.")
]

ClipId = Annotated[
    str, Query(max_length=64, description="Its id: the number may be another's by now.")
]
Source = Annotated[str, Query(max_length=1000, description="Where the clip came from.")]


def _find_site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


Here = Annotated[Site, Depends(_find_site)]


async def _read_clip(
    request: Request,
    site: Here,
    kind: Annotated[Format, Query(alias="format")] = None,
    clip: ClipName = "",
) -> SkeletonClip:
    is_json = request.headers.get("content-type", "").split(";")[0].strip() == "application/json"
    if is_json == (kind is not None):
        raise ServeError(
            415,
            f"Expected JSON as application/json, or a file as {_FILE} with format=bvh, ntu or npz "
            "in the query.",
        )
    content = await read_bounded(request, site.limits)
    if kind is not None:
        return await site.workers.run(lambda: read_file(content, kind, clip, site.limits))

    def read_json() -> SkeletonClip:
        try:
            return read_body(ClipBody.model_validate_json(content), site.limits)
        except ValidationError as error:
            raise ServeError(422, describe_odd_fields(error.errors())) from None

    return await site.workers.run(read_json)


async def _read_name(request: Request, site: Here) -> NewName:
    try:
        return NewName.model_validate_json(await read_bounded(request, site.limits))
    except ValidationError as error:
        raise ServeError(422, describe_odd_fields(error.errors())) from None


TheClip = Annotated[SkeletonClip, Depends(_read_clip)]
TheName = Annotated[NewName, Depends(_read_name)]

api = APIRouter(prefix="/api/v1", responses={"4XX": _PROBLEM, "5XX": _PROBLEM})


@api.get("/health")
async def health() -> Health:
    """Whether the server answers; needs no token."""
    return Health(status="ok", version=version("crossglg"))


@api.get("/model")
async def model(site: Here) -> ModelView:
    """The model that compares clips."""
    return ModelView.of(site.store.recogniser, site.model_name, sure=site.sure)


@api.get("/actions")
async def list_actions(site: Here) -> ActionsView:
    """All enrolled actions, and what was dismissed."""
    return ActionsView.of(await site.workers.run(site.store.current))


@api.post("/actions", status_code=201, openapi_extra=_CLIP_BODY)
async def enroll(
    site: Here,
    clip: TheClip,
    name: Annotated[str, Query(max_length=1000, description="What the action is called.")],
    source: Source = "",
    either_side: Annotated[
        bool, Query(description="Done with the other hand or leg it counts too.")
    ] = False,
) -> ActionsView:
    """Show an action once; a known name gets one more exemplar."""
    return await _change(
        site, lambda g: g.enroll(name, clip, source=source, either_side=either_side)
    )


@api.patch("/actions/{action}", openapi_extra=_NAME_BODY)
async def rename(site: Here, action: str, new: TheName) -> ActionsView:
    """Give an action another name; an existing one takes it in."""
    return await _change(site, lambda g: g.rename(find_action(g, action), new.name))


@api.delete("/actions/{action}")
async def remove(site: Here, action: str) -> ActionsView:
    """Forget an action."""
    return await _change(site, lambda g: g.remove(find_action(g, action)))


@api.post("/actions/{action}/count", openapi_extra=_CLIP_BODY)
async def count(site: Here, clip: TheClip, action: str) -> RepetitionsView:
    """How often a clip shows an action, and when; whether it shows it at all is not asked."""
    return await site.workers.run(lambda: work.count(site.store.current(), clip, action))


@api.post("/actions/{action}/form", openapi_extra=_CLIP_BODY)
async def form(
    site: Here,
    clip: TheClip,
    action: str,
    tolerance: Annotated[
        float, Query(ge=0, le=180, description="Degrees that a part of the body may be off.")
    ] = TOLERANCE_DEG,
) -> FormView:
    """What was different in each repetition beside what was shown; best by the same person."""
    return await site.workers.run(
        lambda: work.describe_form(site.store.current(), clip, action, tolerance)
    )


@api.get("/actions/{action}/exemplars/{number}")
async def show_exemplar(site: Here, action: str, number: int) -> ClipView:
    """An exemplar of an action, as it moves; counted from 0."""
    return await site.workers.run(lambda: work.show_exemplar(site.store.current(), action, number))


@api.delete("/actions/{action}/exemplars/{number}")
async def remove_exemplar(site: Here, action: str, number: int, clip: ClipId = "") -> ActionsView:
    """Forget one of the clips that show an action; the action goes with its last one."""
    return await _change(site, lambda g: work.remove_exemplar(g, action, number, clip))


@api.post("/dismissed", status_code=201, openapi_extra=_CLIP_BODY)
async def dismiss(
    site: Here,
    clip: TheClip,
    source: Source = "",
    either_side: Annotated[
        bool, Query(description="Done with the other hand or leg it is none of them either.")
    ] = False,
) -> ActionsView:
    """Show what is none of the actions; the like is unknown from then on."""
    return await _change(site, lambda g: g.dismiss(clip, source=source, either_side=either_side))


@api.delete("/dismissed")
async def forget_dismissed(site: Here) -> ActionsView:
    """Forget all that was dismissed."""
    return await _change(site, lambda g: g.forget_dismissed())


@api.delete("/dismissed/{number}")
async def forget_one_dismissed(site: Here, number: int, clip: ClipId = "") -> ActionsView:
    """Forget one of the clips that were dismissed."""
    return await _change(site, lambda g: work.forget_dismissed(g, number, clip))


@api.get("/dismissed/{number}")
async def show_dismissed(site: Here, number: int) -> ClipView:
    """A dismissed clip, as it moves; counted from 0."""
    return await site.workers.run(lambda: work.show_dismissed(site.store.current(), number))


@api.post("/clips", openapi_extra=_CLIP_BODY)
async def convert(site: Here, clip: TheClip) -> ClipView:
    """Read a file and give it back as JSON; nothing is kept."""
    return await site.workers.run(lambda: ClipView.of(clip))


@api.post("/recognitions", openapi_extra=_CLIP_BODY)
async def recognize(
    site: Here,
    clip: TheClip,
    top: Annotated[int, Query(ge=1, le=20, description="How many answers to give.")] = 3,
    sure: Annotated[
        float | None,
        Query(ge=0, le=1, description="From this probability on it has a name; /model has ours."),
    ] = None,
) -> RecognitionView:
    """Name the action of a clip, or say that it is unknown."""
    share = site.sure if sure is None else sure
    return await site.workers.run(
        lambda: work.recognize(site.store.current(), clip, top=top, sure=share)
    )


@api.get("/gallery", response_class=Response, responses={200: {"content": {_FILE: {}}}})
async def export_gallery(site: Here) -> Response:
    """The gallery as one file, for another machine or for keeping."""
    content = await site.workers.run(site.store.export)
    head = {"Content-Disposition": 'attachment; filename="gallery.crossglg"'}
    return Response(content, media_type=_FILE, headers=head)


@api.post("/gallery", openapi_extra=_GALLERY_BODY)
async def merge_gallery(site: Here, request: Request) -> ActionsView:
    """Add what a gallery file holds; its skeletons are embedded by this server's model."""
    return await _import(site, request, lambda ours, new: ours.merge(new))


@api.put("/gallery", openapi_extra=_GALLERY_BODY)
async def replace_gallery(site: Here, request: Request) -> ActionsView:
    """Replace all that is enrolled or dismissed by what a gallery file holds."""
    return await _import(site, request, lambda _, new: new)


async def _import(
    site: Site, request: Request, combine: Callable[[Gallery, Gallery], Gallery]
) -> ActionsView:
    content = await read_bounded(request, site.limits, most=site.limits.gallery_bytes)
    new = await site.workers.run(
        lambda: work.read_gallery(content, site.store.current(), site.limits)
    )
    return await _change(site, lambda g: combine(g, new))


async def _change(site: Site, change: Callable[[Gallery], Gallery]) -> ActionsView:
    return ActionsView.of(await site.writers.run(lambda: site.store.change(change)))
