"""What is counted over an index: rows, sums and words of a field, no farther than is cheap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from store.asking import MAX_COUNTED, Query
from store.index_lists import IndexListing, index_conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexTotals:
    """How much some filters leave of an index."""

    rows: int
    sums: tuple[int, ...]
    """By column, in the order asked for."""
    is_all: bool
    """False: there are more, which were not counted."""


def index_totals(
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    listing: IndexListing,
    query: Query,
    columns: Sequence[str] = (),
) -> IndexTotals:
    """Count the rows that a query leaves, and add some columns up; `MAX_COUNTED` rows at most."""
    where, values = _where(listing, query)
    names = ", ".join(["1 AS found", *columns])
    sums = ", ".join(["count(*)", *(f"coalesce(sum({name}), 0)::BIGINT" for name in columns)])
    # Names are ours; what was asked for comes as parameters.
    rows = f"SELECT {names} FROM {source} WHERE {where} LIMIT {MAX_COUNTED + 1}"  # noqa: S608
    found = cursor.execute(f"SELECT {sums} FROM ({rows})", values).fetchone()  # noqa: S608
    count, *added = found or (0, *[0 for _ in columns])
    is_all = count <= MAX_COUNTED
    return IndexTotals(rows=min(count, MAX_COUNTED), sums=tuple(added), is_all=is_all)


def index_words(  # noqa: PLR0913 - a list, what is asked of it, and how much
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    listing: IndexListing,
    query: Query,
    field: str,
    *,
    most: int,
) -> list[tuple[str, int]]:
    """Return the words of a field with their rows, of a query's, those with most rows first."""
    where, values = _where(listing, query)
    column = listing.columns[field]
    text = (
        f"SELECT {column}, count(*) AS rows FROM {source} WHERE {where}"  # noqa: S608 - as above
        f" GROUP BY {column} ORDER BY rows DESC, {column} LIMIT {most}"
    )
    return cursor.execute(text, values).fetchall()


def _where(listing: IndexListing, query: Query) -> tuple[str, list[object]]:
    said = index_conditions(listing, query)
    where = " AND ".join(f"({text})" for text, _ in said) or "true"
    return where, [value for _, parameters in said for value in parameters]
