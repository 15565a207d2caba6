"""The audit chain as pages and API show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from store.asking import Query
from store.catalog import CatalogLists
from workers.context import Context
from workers.reading.grammar import Field, Kind
from workers.reading.page import Page, page_of

FIELDS: Final[Mapping[str, Field]] = {
    "actor": Field(does="Who did it."),
    "action": Field(does="What was done, ``noun.verb``; `review.*` is all about reviews."),
    "subject": Field(does="Id of what it was done to."),
    "at": Field(does="When.", kind=Kind.MOMENT),
    "seq": Field(does="Place in the chain.", is_sortable=True, is_filter=False),
}
DEFAULT_SORT: Final = "-seq"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """One link of the chain."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    """Identifiers and numbers only."""
    prev_hash: str
    hash: str


def list_entries(context: Context, query: Query) -> Page[AuditView]:
    """Return a page of the chain, newest first.

    Raises:
        QueryRefused: the cursor belongs to another list.
    """
    return page_of(
        query.sorted_by(DEFAULT_SORT),
        CatalogLists(context.catalog).audit,
        lambda rows: [
            AuditView(
                seq=entry.seq,
                at=entry.at,
                actor=entry.actor,
                action=entry.action,
                subject=entry.subject,
                detail=entry.detail,
                prev_hash=entry.prev_hash,
                hash=entry.hash,
            )
            for entry in rows
        ],
    )
