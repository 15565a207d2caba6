"""What a list is asked for, as plain values: one grammar for pages, API and exports.

`workers.reading.grammar` reads them from a URL; lists in SQL and in DuckDB answer them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Final, Generic, TypeVar

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 500
MAX_COUNTED: Final = 10_000
"""A list that is longer is not counted to its end."""

T = TypeVar("T")
Value = str | int | None
Position = tuple[Value, ...]
"""Where a page ended: the sorted value of its last row, and what tells equal ones apart."""


class Op(StrEnum):
    """How a filter compares."""

    ANY = ""
    """Any of the values; ``*`` in a value stands for anything where the field allows it."""
    NONE = "!"
    """None of the values."""
    AFTER = "_after"
    """At a moment or later."""
    BEFORE = "_before"
    """Before a moment."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Filter:
    """One condition of a list."""

    field: str
    op: Op = Op.ANY
    values: tuple[str, ...]
    """Sorted, each once; one moment where `op` compares moments."""

    @property
    def key(self) -> str:
        """Name of the parameter that says this in a URL."""
        return f"{self.field}{self.op}"

    @property
    def moment(self) -> datetime:
        """The moment that is compared with, UTC; a day begins at midnight."""
        return moment_of(self.values[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a list is asked for."""

    filters: tuple[Filter, ...] = ()
    """Sorted; all of them hold."""
    text: str = ""
    """Words that are looked for, whatever field they stand in."""
    cursor: str = ""
    """Where the page before ended; empty: the first page."""
    limit: int = DEFAULT_LIMIT
    """Rows a page, 1 to `MAX_LIMIT`."""
    sort: str = ""
    """Field, ``-`` before it: largest first; empty: as the list sorts by itself."""

    def values(self, field: str, op: Op = Op.ANY) -> tuple[str, ...]:
        """Return the values of a field's filter; empty where there is none."""
        found = (f.values for f in self.filters if (f.field, f.op) == (field, op))
        return next(found, ())

    def having(self, filter_: Filter) -> Query:
        """Return the query with a filter, in the place of one of the same key; from its start."""
        others = [f for f in self.filters if f.key != filter_.key]
        return replace(self, filters=tuple(sorted([*others, filter_])), cursor="")

    def without(self, field: str, op: Op | None = None) -> Query:
        """Return the query without the filters of a field (or one of them); from its start."""
        kept = [f for f in self.filters if f.field != field or op not in (None, f.op)]
        return replace(self, filters=tuple(kept), cursor="")

    @property
    def descends(self) -> bool:
        """Tell whether the largest come first."""
        return self.sort.startswith("-")

    def sorted_by(self, default: str) -> Query:
        """Return the query with its order said; `default` where it says none."""
        return self if self.sort else replace(self, sort=default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Generic[T]):
    """Some rows of a list, and where to go on."""

    rows: Sequence[T]
    end: Position | None
    """None: there are no more."""
    start: Position | None = None
    """Place of the first row; None where there is none."""


def moment_of(text: str) -> datetime:
    """Return the moment that a day or an RFC 3339 time names, UTC.

    Raises:
        ValueError: it is neither, or has no time zone.
    """
    if len(text) == len("2026-01-01"):
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() is None:
        msg = "a time needs its zone"
        raise ValueError(msg)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        msg = "a time is in the years 1 to 9999 UTC"
        raise ValueError(msg) from None
