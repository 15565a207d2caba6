"""Errors as problem details (RFC 9457)."""

from __future__ import annotations

from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from ingest.errors import (
    ConfigurationError,
    Conflict,
    InputError,
    ReleaseRefused,
    ShardgateError,
    TransientError,
)
from web.access.local import login_path, wants_page
from web.access.principal import Unauthenticated
from web.hub.answers import HubRefusal
from web.pages.templating import render
from workers.reading.grammar import QueryRefused
from workers.reading.page import NotFound

PROBLEM: Final = "application/problem+json"
_OURS: Final = 500
_HIDDEN: Final = 404
_NOTHING: Final = "There is nothing here."
_STATUS: Final[tuple[tuple[type[ShardgateError], int], ...]] = (
    (Conflict, 409),
    (NotFound, 404),
    (InputError, 422),
    (ReleaseRefused, 409),
    (TransientError, 503),
)
"""Most special first."""


def problem(status: int, title: str, **more: object) -> JSONResponse:
    """Return a problem; `title` tells a person what is wrong, `hint` what to do."""
    body = {"type": "about:blank", "status": status, "title": title, **more}
    if request_id := structlog.contextvars.get_contextvars().get("request_id"):
        body["request_id"] = request_id
    return JSONResponse(body, status, media_type=PROBLEM, headers={"Cache-Control": "no-store"})


def add_problem_handlers(app: FastAPI) -> None:  # noqa: C901 - a handler a kind of error
    """Answer every error as a problem; none tells of content or of the machine."""

    @app.exception_handler(HubRefusal)
    def _hub(_: Request, error: HubRefusal) -> JSONResponse:
        return error.answer()

    @app.exception_handler(ShardgateError)
    def _known(request: Request, error: ShardgateError) -> Response:
        if isinstance(error, QueryRefused):
            told = [{"pointer": f"/query/{error.parameter}", "detail": error.message}]
            title = "A parameter is not understood."
            return _shown(request, 422, title, hint=error.message, errors=told)
        status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
        if status == _OURS or isinstance(error, ConfigurationError):
            # Such messages name files of this machine.
            return _shown(request, _OURS, "The installation has to be looked at.", code=error.code)
        if status == _HIDDEN:
            return _shown(request, status, _NOTHING)
        return _shown(request, status, error.message, hint=error.hint, code=error.code)

    @app.exception_handler(RequestValidationError)
    def _malformed(request: Request, error: RequestValidationError) -> Response:
        fields = [
            {"pointer": "/" + "/".join(str(part) for part in e["loc"]), "detail": e["msg"]}
            for e in error.errors()
        ]
        return _shown(request, 422, "The request is malformed.", errors=fields)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        if isinstance(error, Unauthenticated) and "HX-Request" in request.headers:
            return Response(status_code=401, headers={"HX-Redirect": login_path(request)})
        if isinstance(error, Unauthenticated) and wants_page(request):
            return RedirectResponse(login_path(request), 303)
        # What may not be seen and what is not there are told alike.
        title = _NOTHING if error.status_code == _HIDDEN else str(error.detail)
        answer = _shown(request, error.status_code, title)
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    def _defect(_: Request, error: Exception) -> JSONResponse:
        # The message could hold content; the kind of the error cannot.
        return problem(500, f"Unexpected {type(error).__name__}; this is a defect.")


def _shown(
    request: Request, status: int, title: str, *, hint: str = "", **more: object
) -> Response:
    """Return a problem as who asked can read it: a page for a person's browser."""
    if wants_page(request):
        return render(request, "problem.html", status=status, title=title, hint=hint)
    return problem(status, title, **({"hint": hint} if hint else {}), **more)
