"""The audit chain: its entries by filter, as CSV, and whether it holds."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from policies.access import Action
from policies.report.escape import csv_cell
from store.asking import MAX_LIMIT
from web.access import needs
from web.pages.caller import Caller, Calling
from web.pages.links import Links
from workers.audit import record_export, verify_audit
from workers.reading.audit import FIELDS, AuditView, list_entries
from workers.reading.grammar import rfc3339

router = APIRouter(include_in_schema=False)

MOST: Final = 100_000
"""Entries of one export; who needs more narrows the filter."""
_HEADER: Final = ("seq", "at", "actor", "action", "subject", "detail", "prev_hash", "hash")


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


@router.get("/audit/entries.csv", dependencies=[needs(Action.AUDIT_READ)])
def entries(caller: Calling) -> Response:
    """Return the entries of the filter as CSV (RFC 4180); that they were taken is an entry too."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(_HEADER)
    rows = 0
    for entry in _every(caller):
        writer.writerow([csv_cell(cell) for cell in _cells(entry)])
        rows += 1
    detail = {"kind": "audit", "format": "csv", "rows": rows}
    record_export(caller.context, caller.name, "audit", detail)
    headers = {
        "Content-Disposition": 'attachment; filename="audit.csv"',
        "Cache-Control": "no-store",
    }
    return Response(buffer.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _every(caller: Caller) -> Iterator[AuditView]:
    query = replace(caller.query(FIELDS), limit=MAX_LIMIT, cursor="")
    told = 0
    while True:
        page = list_entries(caller.context, query)
        yield from page.items
        told += len(page.items)
        if page.next_cursor is None or told >= MOST:
            return
        query = replace(query, cursor=page.next_cursor)


def _cells(entry: AuditView) -> tuple[str, ...]:
    return (
        str(entry.seq),
        rfc3339(entry.at),
        entry.actor,
        entry.action,
        entry.subject,
        json.dumps(entry.detail, sort_keys=True),
        entry.prev_hash,
        entry.hash,
    )
