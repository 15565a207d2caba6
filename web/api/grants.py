"""``/grants``: who may pull which tier, for which purpose, until when."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from policies.access import Action, Subject, may
from policies.decision import Tier
from release.domain.grant import Purpose
from web.access import needs, shown_by_filter
from web.api.asking import Ask, Asking, Listed, filters
from web.api.once import OnceRoute, once
from web.api.subjects import FoundGrant, about_grant
from web.routing import Router
from workers.context import utc_now
from workers.granting import grant, revoke
from workers.reading.handing import GRANT_FIELDS, GrantView, grant_view, list_grants

router = Router(prefix="/grants", tags=["grants"], route_class=OnceRoute)


class GrantWish(BaseModel):
    """Who is to be allowed what."""

    model_config = ConfigDict(extra="forbid")

    consumer: Annotated[str, Field(max_length=64)]
    tier: Tier
    purpose: Purpose
    until: date | None = None
    """Last day; none given: 90 days from now."""
    comment: Annotated[str, Field(max_length=500)] = ""


def own_name(ask: Ask, action: Action) -> str:
    """Return whose rows a list is cut down to; empty: everybody's may be seen."""
    return "" if may(ask.who, action, Subject(owner="-")) else ask.actor


@router.get(
    "",
    dependencies=[needs(Action.GRANT_READ, shown_by_filter)],
    openapi_extra=filters(GRANT_FIELDS),
)
def list_all(ask: Asking) -> Listed[GrantView]:
    """List grants, newest first; a consumer sees their own."""
    query = ask.query(GRANT_FIELDS)
    name = own_name(ask, Action.GRANT_READ)
    return ask.page(query, list_grants(ask.context, query, consumer=name))


@router.post("", status_code=201, dependencies=[needs(Action.GRANT_WRITE), once])
def add(ask: Asking, wish: GrantWish, response: Response) -> GrantView:
    """Let somebody else pull; nobody grants to themselves, and every grant ends."""
    found = grant(
        ask.context,
        (wish.consumer, wish.tier, wish.purpose),
        until=wish.until,
        comment=wish.comment,
        actor=ask.actor,
    )
    response.headers["Location"] = f"{ask.request.url.path}/{found.id}"
    return grant_view(found, utc_now())


@router.get("/{grant_id}", dependencies=[needs(Action.GRANT_READ, about_grant)])
def show(found: FoundGrant) -> GrantView:
    """Show a grant."""
    return grant_view(found, utc_now())


@router.post("/{grant_id}/revoke", dependencies=[needs(Action.GRANT_WRITE, about_grant), once])
def end(ask: Asking, found: FoundGrant) -> GrantView:
    """End a grant at once."""
    return grant_view(revoke(ask.context, found.id, actor=ask.actor), utc_now())
