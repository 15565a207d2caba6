"""``/audit``: the chain, whether it holds, and the pack of a release."""

from __future__ import annotations

from fastapi import Response

from policies.access import Action
from store.checkpoints import ChainReport
from web.access import needs
from web.api.asking import Asking, Listed, filters
from web.routing import Router
from workers.audit import verify_audit
from workers.reading.audit import FIELDS, AuditView, list_entries

router = Router(prefix="/audit", tags=["audit"])


@router.get("/entries", dependencies=[needs(Action.AUDIT_READ)], openapi_extra=filters(FIELDS))
def entries(ask: Asking) -> Listed[AuditView]:
    """List the entries of the chain, newest first."""
    query = ask.query(FIELDS)
    return ask.page(query, list_entries(ask.context, query))


@router.get("/verification", dependencies=[needs(Action.AUDIT_READ)])
def verification(ask: Asking) -> ChainReport:
    """Check the chain in itself and against everything that was signed."""
    return verify_audit(ask.context)


@router.post("/packs/{release_id}", dependencies=[needs(Action.AUDIT_READ)])
def pack(release_id: str, ask: Asking) -> Response:
    """Return the audit pack of a published release; that it was taken is an entry of the chain."""
    from workers.audit_pack import make_pack  # noqa: PLC0415 - brings all report formats along

    data = make_pack(ask.context, release_id, ask.actor)
    name = f'attachment; filename="{release_id}.audit.zip"'
    return Response(data, media_type="application/zip", headers={"Content-Disposition": name})
