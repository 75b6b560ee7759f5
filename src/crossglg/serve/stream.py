"""The WebSocket: messages checked, frames queued, one job at a time per stream.

client:  {"type": "start", "layout": "mediapipe33"}            or "joint_names": [...]
                                                               and, if wanted, "sure": 0.8
server:  {"type": "ready", "layout": {...}}
client:  {"type": "frame", "time_s": 1.2, "persons": [[[x, y, z], null, ...]]}     (M V 3)
server:  {"type": "label", ...}    {"type": "event", ...}    {"type": "problem", "detail": ...}
client:  {"type": "stop"}      the last events come, then the server closes

A client that sends faster than clips can be embedded loses the oldest frames, not the connection.
"""

import asyncio
import contextlib
from collections import deque
from typing import Annotated, Any, Literal

from anyio import create_task_group
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError

from crossglg.errors import CrossGLGError
from crossglg.live import Event
from crossglg.serve.clips import check_size, choose_layout, read_frames
from crossglg.serve.guard import STREAM_PROTOCOL
from crossglg.serve.problems import ServeError, describe_odd_fields, describe_problem
from crossglg.serve.session import Frame, Label, StreamSession
from crossglg.serve.site import Site
from crossglg.serve.wire import Body, EventView, LayoutView

_QUEUE = 90
_NORMAL, _POLICY, _LATER = 1000, 1008, 1013


class Start(BaseModel):
    """The first message."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["start"]
    layout: str | None = None
    joint_names: list[str] | None = None
    sure: float | None = Field(None, ge=0, le=1)


class FrameMessage(BaseModel):
    """One frame; every frame of a stream has the same number of persons M."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["frame"]
    time_s: FiniteFloat
    persons: list[Body]


class Stop(BaseModel):
    """The last message."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["stop"]


_MESSAGES: TypeAdapter[Start | FrameMessage | Stop] = TypeAdapter(
    Annotated[Start | FrameMessage | Stop, Field(discriminator="type")]
)

stream_api = APIRouter(prefix="/api/v1")


@stream_api.websocket("/stream")
async def stream(socket: WebSocket) -> None:
    """Recognise poses while they come."""
    site: Site = socket.app.state.site
    offered = socket.scope.get("subprotocols", [])
    await socket.accept(subprotocol=STREAM_PROTOCOL if STREAM_PROTOCOL in offered else None)
    try:
        with site.streams.take():
            await _Conversation(socket, site).run()
    except WebSocketDisconnect:
        return
    except ServeError as error:
        await _close(socket, error.status, error.detail)
    except ValidationError as error:
        await _close(socket, 422, describe_odd_fields(error.errors()))
    except CrossGLGError as error:
        await _close(socket, 422, str(error))


async def _close(socket: WebSocket, status: int, detail: str) -> None:
    code = _LATER if status == 503 else _POLICY
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # gone meanwhile
        await socket.send_json(describe_problem(status, detail) | {"type": "problem"})
        await socket.close(code)


class _Conversation:
    """One connected client."""

    def __init__(self, socket: WebSocket, site: Site) -> None:
        self._socket, self._site = socket, site
        self._waiting: deque[Frame] = deque(maxlen=_QUEUE)
        self._arrived = asyncio.Event()
        self._is_over = False

    async def run(self) -> None:
        """Greet, then read and answer side by side until the client stops."""
        start = await self._receive()
        if not isinstance(start, Start):
            raise ServeError(422, "Expected a message of type 'start' first.")
        layout, self._order = choose_layout(start.layout, start.joint_names, self._site.limits)
        sure = self._site.sure if start.sure is None else start.sure
        self._session = StreamSession(self._site.store, layout, self._site.limits, sure=sure)
        await self._send({"type": "ready", "layout": LayoutView.of(layout).model_dump()})
        try:
            async with create_task_group() as group:
                group.start_soon(self._answer)
                await self._read()
        except BaseExceptionGroup as errors:  # whichever failed first says why
            raise errors.exceptions[0] from None
        await self._socket.close(_NORMAL)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        allowance, before = self._site.limits.stream_fps, loop.time()
        while True:
            message = await self._receive()
            if isinstance(message, Stop):
                self._is_over = True
                self._arrived.set()
                return
            if not isinstance(message, FrameMessage):
                raise ServeError(422, "Expected frames after 'start', found another 'start'.")
            now = loop.time()
            most = self._site.limits.stream_fps
            allowance, before = min(most, allowance + (now - before) * most) - 1, now
            if allowance < 0:
                raise ServeError(429, f"Expected at most {most:g} frames a second.")
            check_size(len(message.persons), 1, len(self._order), self._site.limits)
            joints = read_frames(message.persons, self._order)  # persons as if they were frames
            self._waiting.append(Frame(message.time_s, joints))
            self._arrived.set()

    async def _receive(self) -> Start | FrameMessage | Stop:
        try:
            async with asyncio.timeout(self._site.limits.silent_s):
                text = await self._socket.receive_text()
        except TimeoutError:
            raise ServeError(408, "Nothing came for a while, so the stream was closed.") from None
        except KeyError:
            raise ServeError(422, "Expected text messages, found bytes.") from None
        if len(text) > self._site.limits.message_bytes:
            raise ServeError(
                413, f"Expected messages of at most {self._site.limits.message_bytes} bytes."
            )
        return _MESSAGES.validate_json(text)

    async def _answer(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            frames = list(self._waiting)
            self._waiting.clear()
            if frames:
                await self._push(frames)
            if self._is_over and not self._waiting:
                await self._tell(await self._site.workers.run(self._session.finish), None)
                return

    async def _push(self, frames: list[Frame]) -> None:
        try:
            found = await self._site.workers.run(lambda: self._session.push(frames))
        except ServeError as error:
            if error.status != 503:
                raise
            return  # too busy for these frames; the next ones may do
        await self._tell(*found)

    async def _tell(self, events: list[Event], label: Label | None) -> None:
        for event in events:
            await self._send({"type": "event", **EventView.of(event).model_dump()})
        if label is not None:
            await self._send(_describe_label(label))

    async def _send(self, message: dict[str, Any]) -> None:
        await self._socket.send_json(message)


def _describe_label(label: Label) -> dict[str, Any]:
    found = label.recognition
    under_way = label.under_way
    return {
        "type": "label",
        "time_s": label.time_s,
        "moving": label.moving,
        "recognition": None if found is None else found.model_dump(),
        "under_way": None if under_way is None else under_way.to_json(),
        "form": None if label.form is None else label.form.to_json(),
    }
