"""The audit chain: its entries by filter, and whether it holds."""

from __future__ import annotations

from starlette.responses import HTMLResponse

from policies.access import Action
from web.access import needs
from web.pages.caller import Calling
from web.pages.links import Links
from web.routing import Router
from workers.audit import verify_audit
from workers.reading.audit import FIELDS, list_entries

router = Router(include_in_schema=False)


@router.get("/audit", dependencies=[needs(Action.AUDIT_READ)])
def audit(caller: Calling) -> HTMLResponse:
    """List what was done, newest first."""
    page = list_entries(caller.context, caller.query(FIELDS))
    links = Links(caller.request)
    return caller.render("audit.html", fragment="list", page=page, links=links, report=None)


@router.get("/audit/verification", dependencies=[needs(Action.AUDIT_READ)])
def verification(caller: Calling) -> HTMLResponse:
    """Check the chain in itself and against everything that was signed."""
    report = verify_audit(caller.context)
    return caller.render("audit_verified.html", report=report)
