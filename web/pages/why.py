"""Why a file is where it is: from its commit to the shard that holds it, and why not further."""

from __future__ import annotations

import os
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest.errors import InputError
from policies.access import Action
from policies.steps import StepKind
from web.access import needs
from web.pages.caller import Caller, Calling
from web.pages.repositories import Found, about
from web.routing import Router
from workers.file_story import tell_journey
from workers.reading.present import is_deciding
from workers.reading.repositories import RepositoryView

router = Router(include_in_schema=False)

_ANEW: Final = "Decisions are made anew just now. Ask again in a moment."
STEPS: Final = {
    StepKind.CONSENT: "registers release consent with an end date",
    StepKind.RIGHTS: "registers the rights basis",
    StepKind.FALSE_POSITIVE: "declares false positive, each by a review, findings of",
    StepKind.WAIVE: "clears",
    StepKind.REDACT: "has taken out what is found by",
    StepKind.WITHDRAW: "withdraws the review",
}
"""Kind of a step to what somebody does."""


@router.get("/why/{repository_id}", dependencies=[needs(Action.FINDING_READ, about)])
def ask(caller: Calling, found: Found, path: str = "") -> Response:
    """Ask for a path, or lead to what is told of it."""
    if "\n" in path or "\r" in path:
        # No path of a URL can hold these here.
        return _tell(caller, found, os.fsencode(path))
    if path.strip():
        return RedirectResponse(f"/why/{found.id}/{quote(os.fsencode(path.strip()))}", 303)
    return caller.render("why_ask.html", repository=found, path="", error="")


@router.get("/why/{repository_id}/{path:path}", dependencies=[needs(Action.FINDING_READ, about)])
def why(caller: Calling, found: Found, path: str) -> HTMLResponse:
    """Tell the way of a file from commit to shard."""
    raw = raw_path(caller.request, found.id) or os.fsencode(path)
    return _tell(caller, found, raw)


def _tell(caller: Caller, found: RepositoryView, raw: bytes) -> HTMLResponse:
    try:
        journey = tell_journey(caller.context, found.id, raw)
    except InputError as error:
        waits = is_deciding(caller.context)
        told = {"path": raw.decode(errors="replace"), "error": _ANEW if waits else error.message}
        return caller.render("why_ask.html", status=202 if waits else 404, repository=found, **told)
    return caller.render("why.html", journey=journey, repository=found, steps=STEPS)


def raw_path(request: Request, repository_id: str) -> bytes:
    """Return the path that a URL names, byte for byte: paths of files need not be UTF-8."""
    sent: bytes = request.scope.get("raw_path") or b""
    _, _, rest = sent.partition(b"?")[0].partition(f"/why/{repository_id}/".encode())
    return unquote_to_bytes(rest)
