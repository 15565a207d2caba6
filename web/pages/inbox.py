"""The inbox of a lane or of all: groups to decide on, proposals to agree to, waivers that end."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import HTMLResponse

from policies.access import Action
from policies.decision import Lane
from web.access import needs, shown_by_filter
from web.pages.caller import Caller, Calling
from web.pages.links import Links
from web.routing import Router
from workers.inbox import LANE_FIELDS, read_inbox
from workers.reading.grammar import Field
from workers.reading.groups import FIELDS

router = Router(include_in_schema=False)


@router.get("/inbox", dependencies=[needs(Action.REVIEW_READ, shown_by_filter)])
def whole_inbox(caller: Calling) -> HTMLResponse:
    """Show what waits, for whichever lane."""
    return _page(caller, None, FIELDS)


@router.get("/inbox/{lane}", dependencies=[needs(Action.REVIEW_READ, shown_by_filter)])
def inbox(caller: Calling, lane: Lane) -> HTMLResponse:
    """Show what waits for the reviewers of a lane."""
    return _page(caller, lane, LANE_FIELDS)


def _page(caller: Caller, lane: Lane | None, fields: Mapping[str, Field]) -> HTMLResponse:
    found = read_inbox(caller.context, lane, caller.query(fields), caller.sight)
    links = Links(caller.request)
    return caller.render("inbox.html", fragment="list", inbox=found, links=links, fields=fields)
