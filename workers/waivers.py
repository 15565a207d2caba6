"""The register of waivers: every exception that is in force, and what it still does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from ingest.errors import InputError
from policies.review import ReviewState
from store.asking import Filter, Op, Query
from workers.context import Context, utc_now
from workers.inbox import SOON, ends_soon
from workers.indexing import WAIVERS, indexed_decisions, indexes_of
from workers.reading.grammar import Field, Kind, url_of
from workers.reading.page import Page
from workers.reading.reviews import FIELDS as REVIEW_FIELDS
from workers.reading.reviews import ReviewView, list_reviews

ORPHAN: Final = "orphan"
FIELDS: Final[Mapping[str, Field]] = {
    **{name: field for name, field in REVIEW_FIELDS.items() if name != "state"},
    ORPHAN: Field(
        does="Whether it matches nothing any more.", kind=Kind.CHOICE, choices=("yes", "no")
    ),
}
DEFAULT_SORT: Final = "expires"
_MOST_ORPHANS: Final = 10_000
_ACTIVE: Final = Filter(field="state", values=(ReviewState.ACTIVE.value,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A review in force, as the register lists it."""

    review: ReviewView
    repository: str
    """Name; empty: everywhere."""
    uses: int
    """Files that it bears on now; of a false positive none are counted."""
    orphan: str
    """Why it matches nothing any more; empty where it does, or nothing was decided since."""
    ends_soon: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterView:
    """A part of the register: how many it has."""

    name: str
    """all | expiring | orphaned."""
    url: str
    """Query string that asks for it."""
    total: int | None
    """None: more than are counted."""
    is_open: bool
    """It is the one that is asked for."""


def list_waivers(context: Context, query: Query) -> Page[Waiver]:
    """Return a page of what is in force; what ends first comes first, what does not end last.

    Raises:
        QueryRefused: the cursor belongs to another list.
    """
    asked = _asked(context, query)
    page = list_reviews(context, replace(asked, cursor=query.cursor))
    known = _known(context, [review.id for review in page.items])
    names = context.repository_names()
    now = utc_now()
    items = [
        Waiver(
            review=review,
            repository=names.get(review.repository, review.repository),
            uses=known.get(review.id, _UNKNOWN)[0],
            orphan=known.get(review.id, _UNKNOWN)[1],
            ends_soon=ends_soon(review.expires_at, now),
        )
        for review in page.items
    ]
    return page.shown_as(items)


def read_views(context: Context, query: Query) -> Sequence[RegisterView]:
    """Return the parts of the register, each with what the other filters leave of it."""
    until = (utc_now() + SOON + timedelta(days=1)).date().isoformat()
    soon = Filter(field="expires", op=Op.BEFORE, values=(until,))
    orphaned = Filter(field=ORPHAN, values=("yes",))
    whole = query.without(ORPHAN).without("expires")
    asked = {"all": whole, "expiring": whole.having(soon), "orphaned": whole.having(orphaned)}
    open_view = "orphaned" if query.values(ORPHAN) else "all"
    open_view = "expiring" if query.values("expires", Op.BEFORE) else open_view
    return [
        RegisterView(
            name=name,
            url=url_of(part),
            total=list_reviews(context, replace(_asked(context, part), limit=1)).total,
            is_open=name == open_view,
        )
        for name, part in asked.items()
    ]


_UNKNOWN: Final = (0, "")


def _asked(context: Context, query: Query) -> Query:
    """Return the query of reviews that a query of the register is."""
    found = replace(query.without(ORPHAN), filters=(*query.without(ORPHAN).filters, _ACTIVE))
    for wanted in (f for f in query.filters if f.field == ORPHAN):
        is_orphan = ("yes" in wanted.values) is (wanted.op is Op.ANY)
        if len(wanted.values) > 1:
            continue
        ids = _orphans(context)
        op = Op.ANY if is_orphan else Op.NONE
        # Nothing at all is asked for by what no id is.
        named = Filter(field="id", op=op, values=tuple(ids) or ("\n",))
        found = replace(found, filters=(*found.filters, named))
    return replace(found, filters=tuple(sorted(found.filters))).sorted_by(DEFAULT_SORT)


def _orphans(context: Context) -> list[str]:
    text = f"WHERE orphan <> '' ORDER BY id LIMIT {_MOST_ORPHANS}"
    return [name for name, _, _ in _rows(context, text, [])]


def _known(context: Context, ids: Iterable[str]) -> dict[str, tuple[int, str]]:
    rows = _rows(context, "WHERE list_contains($1::VARCHAR[], id)", [sorted(ids)])
    return {name: (uses, orphan) for name, uses, orphan in rows}


def _rows(context: Context, text: str, values: list[object]) -> list[tuple[str, int, str]]:
    try:
        present = indexed_decisions(context)
    except InputError:
        return []
    with indexes_of(context).open(WAIVERS, present.key) as (cursor, source):
        query = f"SELECT id, uses, orphan FROM {source} {text}"  # noqa: S608 - constants
        return cursor.execute(query, values).fetchall()
