"""``/pulls``: who took which release over, by which grant, for which training run."""

from __future__ import annotations

from policies.access import Action
from web.access import needs, shown_by_filter
from web.api.asking import Asking, Listed, filters
from web.api.grants import own_name
from web.routing import Router
from workers.reading.handing import PULL_FIELDS, PullView, list_pulls

router = Router(prefix="/pulls", tags=["pulls"])


@router.get(
    "", dependencies=[needs(Action.PULL_READ, shown_by_filter)], openapi_extra=filters(PULL_FIELDS)
)
def list_all(ask: Asking) -> Listed[PullView]:
    """List pulls, newest first; a consumer sees their own."""
    query = ask.query(PULL_FIELDS)
    name = own_name(ask, Action.PULL_READ)
    return ask.page(query, list_pulls(ask.context, query, consumer=name))
