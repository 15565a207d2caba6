"""``/waivers``: every exception that is in force, what it still does, and when it ends."""

from __future__ import annotations

from policies.access import Action
from web.access import needs
from web.api.asking import Asking, Listed, filters
from web.routing import Router
from workers.waivers import FIELDS, Waiver, list_waivers

router = Router(prefix="/waivers", tags=["waivers"])


@router.get("", dependencies=[needs(Action.REVIEW_READ)], openapi_extra=filters(FIELDS))
def list_all(ask: Asking) -> Listed[Waiver]:
    """List what is in force; what ends first comes first. Orphans match nothing any more."""
    query = ask.query(FIELDS)
    return ask.page(query, list_waivers(ask.context, query))
