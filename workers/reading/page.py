"""Pages of views, and the one way in which views become JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from ingest.errors import InputError
from policies.report.escape import display_path
from store.asking import Filter, Position, Query, Slice
from workers.reading.cursors import goes_back, read_cursor, write_cursor
from workers.reading.grammar import QueryRefused, rfc3339

T = TypeVar("T")
U = TypeVar("U")
Row = TypeVar("Row")


class NotFound(InputError):
    """There is nothing of that id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some items of a list."""

    items: Sequence[T]
    next_cursor: str | None
    """For `Query.cursor`; None on the last page. A page may be short and still not be the last:
    where a search would take long, it tells what it found so far."""
    total: int | None
    """How many items the filters leave; None where counting would be dear."""
    previous_cursor: str | None = None
    """As `next_cursor`, for the page before; None on the first page."""

    def shown_as(self, items: Sequence[U]) -> Page[U]:
        """Return the page with other views of the same rows."""
        return Page(
            items=items,
            next_cursor=self.next_cursor,
            total=self.total,
            previous_cursor=self.previous_cursor,
        )


def page_of(
    query: Query,
    ask: Callable[[Query, Position | None], tuple[Slice[Row], int | None]],
    view: Callable[[Sequence[Row]], Sequence[T]],
) -> Page[T]:
    """Return a page: `ask` gives rows from a position on, `view` makes of them what is shown.

    `query` has its order said (`Query.sorted_by`).

    Raises:
        QueryRefused: the cursor belongs to another list.
    """
    try:
        return _asked(query, ask, view)
    except ValueError:
        raise QueryRefused("cursor", "The cursor belongs to another list.") from None


def _asked(
    query: Query,
    ask: Callable[[Query, Position | None], tuple[Slice[Row], int | None]],
    view: Callable[[Sequence[Row]], Sequence[T]],
) -> Page[T]:
    after = read_cursor(query)
    if after is not None and goes_back(query):
        found, total = ask(_turned(query), after)
        if found.end is not None:
            return Page(
                items=view(list(reversed(found.rows))),
                # A search that found nothing yet goes on, in either direction, from where it ended.
                next_cursor=write_cursor(query, found.start or found.end),
                previous_cursor=write_cursor(query, found.end, back=True),
                total=total,
            )
        # Before it is the beginning: the first page is shown, and as long as any.
        after = None
    found, total = ask(query, after)
    if total is None and after is None and found.end is None:
        total = len(found.rows)
    edge = None if after is None else found.start or found.end
    return Page(
        items=view(found.rows),
        next_cursor=None if found.end is None else write_cursor(query, found.end),
        previous_cursor=None if edge is None else write_cursor(query, edge, back=True),
        total=total,
    )


def _turned(query: Query) -> Query:
    """Return the query in the opposite order."""
    sort = query.sort.removeprefix("-") if query.descends else f"-{query.sort}"
    return replace(query, sort=sort)


def within(query: Query, field: str, allowed: Collection[str] | None) -> Query:
    """Return a query that finds nothing beyond some values of a field; None: all are allowed.

    A value with ``*``, which would stand for others, allows nothing.
    """
    if allowed is None:
        return query
    kept = sorted(value for value in allowed if "*" not in value)
    # Nothing at all is asked for by what no name and no id is.
    found = Filter(field=field, values=tuple(kept) or ("\n",))
    return replace(query, filters=tuple(sorted([*query.filters, found])))


def as_json(value: object) -> Any:  # noqa: ANN401 - JSON
    """Return a view as plain JSON values: times RFC 3339 UTC, days ISO 8601, words of enums."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(as_json(key)): as_json(item) for key, item in value.items()}
    if isinstance(value, AbstractSet):
        return sorted((as_json(item) for item in value), key=str)
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    return display_path(value) if isinstance(value, bytes) else value
