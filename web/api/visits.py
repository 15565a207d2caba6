"""``/visits``: every try to bring a mirror up to date."""

from __future__ import annotations

from policies.access import Action
from web.access import needs, shown_by_filter
from web.api.asking import Asking, Listed, filters
from web.api.subjects import FoundVisit, about_visit
from web.routing import Router
from workers.reading.repositories import VISIT_FIELDS, VisitView, list_visits
from workers.reading.syncing import VisitStory

router = Router(prefix="/visits", tags=["visits"])


@router.get(
    "",
    dependencies=[needs(Action.VISIT_READ, shown_by_filter)],
    openapi_extra=filters(VISIT_FIELDS),
)
def list_all(ask: Asking) -> Listed[VisitView]:
    """List visits, newest first."""
    query = ask.query(VISIT_FIELDS)
    return ask.page(query, list_visits(ask.context, query, repositories=ask.repositories))


@router.get("/{visit_id}", dependencies=[needs(Action.VISIT_READ, about_visit)])
def show(found: FoundVisit) -> VisitStory:
    """Show a visit: what went wrong, what to do about it, and the commands that git was given."""
    return found
