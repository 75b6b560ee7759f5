"""Errors as RFC 9457 problems: one sentence for the person, a status for the program."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from crossglg.errors import CrossGLGError

MEDIA_TYPE = "application/problem+json"


class ServeError(CrossGLGError):
    """A request that is refused.

    Args:
        status: HTTP status code.
        detail: What was expected, what came and what to do, for the person.
        retry_after_s: Seconds after which to try again.
    """

    def __init__(self, status: int, detail: str, *, retry_after_s: int | None = None) -> None:
        self.status = status
        self.detail = detail
        self.retry_after_s = retry_after_s
        super().__init__(detail)

    @property
    def headers(self) -> dict[str, str]:
        """What goes into the head of the response."""
        headers = {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}
        return headers | ({"WWW-Authenticate": "Bearer"} if self.status == 401 else {})


def describe_problem(status: int, detail: str) -> dict[str, Any]:
    """The members of RFC 9457."""
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}


def respond(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A problem as a response."""
    content = describe_problem(status, detail)
    return JSONResponse(content, status, dict(headers or {}), media_type=MEDIA_TYPE)


def install_handlers(app: FastAPI) -> None:
    """Answer every error of the app with a problem."""
    app.add_exception_handler(ServeError, _on_refusal)
    app.add_exception_handler(CrossGLGError, _on_known)
    app.add_exception_handler(RequestValidationError, _on_odd_request)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_unknown)


async def _on_refusal(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ServeError)
    return respond(error.status, error.detail, error.headers)


async def _on_known(_request: Request, error: Exception) -> JSONResponse:
    return respond(422, str(error))


async def _on_odd_request(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return respond(422, describe_odd_fields(error.errors()))


async def _on_http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return respond(404, "There is nothing at this address. The API is described in "
                            "/api/v1/openapi.json.")  # fmt: skip
    return respond(error.status_code, f"{error.detail}.", error.headers)


async def _on_unknown(_request: Request, _error: Exception) -> JSONResponse:
    return respond(500, "Something went wrong in the server; its log says what.")


def describe_odd_fields(errors: Any) -> str:
    """One sentence about what pydantic found."""
    first = errors[0]
    place = ".".join(str(part) for part in first["loc"] if part not in ("query", "body", "path"))
    more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"Field '{place or 'body'}': {first['msg'].rstrip('.').lower()}{more}."
