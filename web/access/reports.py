"""Reports of browsers that a page tried what its policy forbids: an attack, or a defect of ours."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from web.access.marks import public
from web.routing import Router

MAX_REPORT_BYTES: Final = 16_384
_MAX_CHARS: Final = 200

router = Router(include_in_schema=False)
log = structlog.get_logger()


@router.post("/csp-reports", status_code=204, dependencies=[public()])
async def csp_report(request: Request) -> Response:
    """Log what was blocked, and where; what a browser says of contents is left out."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_REPORT_BYTES:
            raise HTTPException(413, "The report is too large.")
    report = _report_of(bytes(body))
    log.warning(
        "web.csp_violation",
        directive=_word(report.get("effective-directive") or report.get("violated-directive")),
        blocked=_word(report.get("blocked-uri")),
        page=_page(report.get("document-uri")),
    )
    return Response(status_code=204)


def _report_of(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
        report = said["csp-report"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise HTTPException(400, "This is no report.") from None
    if not isinstance(report, dict):
        raise HTTPException(400, "This is no report.")
    return report


def _page(value: object) -> str:
    """Return the first part of a page's path; what follows may be the value of a login link."""
    return "/" + _word(urlsplit(_word(value)).path.lstrip("/").partition("/")[0])


def _word(value: object) -> str:
    """Return a part of a report as one short line without a query, which could hold a value."""
    text = str(value or "").partition("?")[0].partition("#")[0]
    return "".join(c for c in text if c.isprintable())[:_MAX_CHARS]
