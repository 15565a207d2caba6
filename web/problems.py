"""Errors as problem details (RFC 9457)."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from ingest.errors import (
    ConfigurationError,
    Conflict,
    InputError,
    ReleaseRefused,
    ShardgateError,
    TransientError,
)
from web.hub.answers import HubRefusal

PROBLEM: Final = "application/problem+json"
_OURS: Final = 500
_STATUS: Final[tuple[tuple[type[ShardgateError], int], ...]] = (
    (Conflict, 409),
    (InputError, 422),
    (ReleaseRefused, 409),
    (TransientError, 503),
)
"""Most special first."""


def problem(status: int, title: str, **more: object) -> JSONResponse:
    """Return a problem; `title` tells a person what is wrong, `hint` what to do."""
    body = {"type": "about:blank", "status": status, "title": title, **more}
    return JSONResponse(body, status, media_type=PROBLEM, headers={"Cache-Control": "no-store"})


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error as a problem; none tells of content or of the machine."""

    @app.exception_handler(HubRefusal)
    def _hub(_: Request, error: HubRefusal) -> JSONResponse:
        return error.answer()

    @app.exception_handler(ShardgateError)
    def _known(_: Request, error: ShardgateError) -> JSONResponse:
        status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
        if status == _OURS or isinstance(error, ConfigurationError):
            # Such messages name files of this machine.
            return problem(_OURS, "The installation has to be looked at.", code=error.code)
        return problem(status, error.message, hint=error.hint, code=error.code)

    @app.exception_handler(RequestValidationError)
    def _malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        fields = [
            {"pointer": "/" + "/".join(str(part) for part in e["loc"]), "detail": e["msg"]}
            for e in error.errors()
        ]
        return problem(422, "The request is malformed.", errors=fields)

    @app.exception_handler(HTTPException)
    def _http(_: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail))

    @app.exception_handler(Exception)
    def _defect(_: Request, error: Exception) -> JSONResponse:
        # The message could hold content; the kind of the error cannot.
        return problem(500, f"Unexpected {type(error).__name__}; this is a defect.")
