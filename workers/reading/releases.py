"""Releases as pages and API show them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from policies.decision import Tier
from store.asking import Filter, Query
from store.catalog import CatalogLists, ReleaseRecord, ReleaseState
from workers.context import Context
from workers.reading.grammar import Field, Kind
from workers.reading.page import NotFound, Page, page_of, within

FIELDS: Final[Mapping[str, Field]] = {
    "id": Field(does="Id of the release."),
    "tier": Field(does="Its tier.", kind=Kind.CHOICE, choices=tuple(tier.value for tier in Tier)),
    "state": Field(
        does="What became of it.",
        kind=Kind.CHOICE,
        choices=tuple(state.value for state in ReleaseState),
    ),
    "built": Field(does="When its build began.", kind=Kind.MOMENT, is_sortable=True),
}
DEFAULT_SORT: Final = "-built"
_OUT: Final = (ReleaseState.PUBLISHED.value, ReleaseState.RECALLED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """A release of one tier."""

    id: str
    tier: Tier
    state: ReleaseState
    reason: str
    """Why it was held or failed, in words for a person."""
    created_at: datetime
    published_at: datetime | None
    replaced_by: str
    """Release that has what may still be used of a recalled one; empty where there is none."""
    manifest_digest: str
    """SHA-256 hex; empty until it is out."""
    rows: int
    bytes: int
    totals: Mapping[str, Any]


def list_releases(
    context: Context,
    query: Query,
    *,
    tiers: Collection[Tier] | None = None,
    only_out: bool = False,
) -> Page[ReleaseView]:
    """Return a page of releases, newest first; of some tiers, None: of both.

    With `only_out` those that are out, as they are shown to who does not see what goes on inside:
    reasons name repositories and people, so they are neither told nor searched.

    Raises:
        QueryRefused: the cursor belongs to another list.
    """
    lists = CatalogLists(context.catalog)
    found = within(query, "tier", tiers)
    if not only_out:
        ask, view = lists.releases, _view
    else:
        found, ask, view = within(found, "state", _OUT), lists.releases_out, _view_out
    return page_of(found.sorted_by(DEFAULT_SORT), ask, lambda rows: [view(row) for row in rows])


def find_release(context: Context, release_id: str, *, only_out: bool = False) -> ReleaseView:
    """Return one release; `only_out` as in `list_releases`.

    Raises:
        NotFound: there is no such release.
    """
    query = Query(filters=(Filter(field="id", values=(release_id,)),))
    is_id = "*" not in release_id
    found = list_releases(context, query, only_out=only_out).items if is_id else ()
    if not found:
        raise NotFound(f"There is no release {release_id}.")
    return found[0]


def _view_out(record: ReleaseRecord) -> ReleaseView:
    return replace(_view(record), reason="")


def _view(record: ReleaseRecord) -> ReleaseView:
    return ReleaseView(
        id=record.id,
        tier=record.tier,
        state=record.state,
        reason=record.reason,
        created_at=record.created_at,
        published_at=record.published_at,
        replaced_by=record.replaced_by,
        manifest_digest=record.manifest_digest,
        rows=int(record.totals.get("rows", 0)),
        bytes=int(record.totals.get("bytes", 0)),
        totals=record.totals,
    )
