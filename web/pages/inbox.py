"""The inbox of a lane: groups to decide on, proposals to agree to, waivers about to end."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from policies.access import Action, Subject
from policies.decision import Lane
from web.access import needs
from web.pages.caller import Calling
from web.pages.links import Links
from workers.inbox import Filters, read_inbox

router = APIRouter(include_in_schema=False)


def of_lane(lane: Lane) -> Subject:
    """Return what an inbox is about."""
    return Subject(lane=lane)


@router.get("/inbox/{lane}", dependencies=[needs(Action.REVIEW_READ, of_lane)])
def inbox(  # noqa: PLR0913, PLR0917 - a parameter a filter
    caller: Calling,
    lane: Lane,
    rule: Annotated[list[str] | None, Query()] = None,
    repository: Annotated[list[str] | None, Query()] = None,
    q: str = "",
    after: str = "",
) -> HTMLResponse:
    """Show what waits for the reviewers of a lane."""
    filters = Filters(
        rule=tuple(filter(None, rule or ())),
        repository=tuple(filter(None, repository or ())),
        text=q.strip(),
        after=after,
    )
    found = read_inbox(caller.context, lane, filters)
    links = Links(caller.request)
    return caller.render("inbox.html", fragment="list", inbox=found, links=links, filters=filters)
