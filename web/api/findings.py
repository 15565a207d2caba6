"""``/findings``: every finding in every place where it stands, masked."""

from __future__ import annotations

from policies.access import Action
from web.access import needs, shown_by_filter
from web.api.asking import Asking, Listed, filters
from web.routing import Router
from workers.reading.findings import FIELDS, FindingView, list_findings

router = Router(prefix="/findings", tags=["findings"])


@router.get(
    "", dependencies=[needs(Action.FINDING_READ, shown_by_filter)], openapi_extra=filters(FIELDS)
)
def list_all(ask: Asking) -> Listed[FindingView]:
    """List findings by repository and path; a page may be short and not be the last."""
    query = ask.query(FIELDS)
    return ask.page(query, list_findings(ask.context, query, repositories=ask.repositories))
