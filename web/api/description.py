"""``/openapi.json``: the API, described."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from web.access import public
from web.routing import Router

router = Router(include_in_schema=False)


@router.get("/openapi.json", dependencies=[public()])
def description(request: Request) -> dict[str, Any]:
    """Describe the API: routes and types, and nothing that is kept."""
    found: dict[str, Any] = request.app.openapi()
    return found
