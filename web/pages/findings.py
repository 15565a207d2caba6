"""Every finding in every place where it stands, masked."""

from __future__ import annotations

from starlette.responses import HTMLResponse

from policies.access import Action
from web.access import needs, shown_by_filter
from web.pages.caller import Calling
from web.pages.links import Links
from web.routing import Router
from workers.reading.findings import FIELDS, list_shown

router = Router(include_in_schema=False)


@router.get("/findings", dependencies=[needs(Action.FINDING_READ, shown_by_filter)])
def findings(caller: Calling) -> HTMLResponse:
    """List findings by repository and path."""
    query = caller.query(FIELDS)
    page = list_shown(caller.context, query, repositories=caller.repositories)
    return caller.render(
        "findings.html", fragment="list", page=page, links=Links(caller.request), fields=FIELDS
    )
