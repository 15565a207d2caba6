"""Questions to indexes: the same question to the same index is answered once by a process.

An index never changes, and it is called after the decisions that it is of. People and programs ask
for the same first pages over and over, so what was answered lately is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

import duckdb

from store.asking import Position, Query, Slice
from store.index_lists import IndexListing, index_count, index_slice
from workers.context import Context
from workers.indexing import indexes_of
from workers.remembered import Remembered

T = TypeVar("T")
Page = tuple[Slice[Any], int | None]

_MOST_ANSWERS: Final = 256
_MOST_ROWS: Final = 60
"""A longer page is not kept: with as many bytes as a row has, all that is kept are some 30 MB."""
_ANSWERS: Final = Remembered[Any](_MOST_ANSWERS)


def ask_index(
    context: Context,
    index: tuple[str, str],
    question: Hashable,
    ask: Callable[[duckdb.DuckDBPyConnection, str], T],
) -> T:
    """Return what an index (kind, key) answers; nobody may change it.

    Args:
        context: of the installation.
        index: kind and key.
        question: everything that the answer follows from, beside the index.
        ask: gets a cursor, and the index as it is named in its FROM.
    """

    def find() -> T:
        with indexes_of(context).open(*index) as (cursor, source):
            return ask(cursor, source)

    found: T = _ANSWERS.get((context.settings.lake_dir, *index, question), find, _is_short)
    return found


def page_of_index(
    context: Context,
    index: tuple[str, str],
    listing: IndexListing,
    asked: tuple[Query, Position | None],
) -> Page:
    """Return rows as `index_slice`, and how many there are where that costs nothing."""
    query, after = asked

    def ask(cursor: duckdb.DuckDBPyConnection, source: str) -> Page:
        is_plain = not query.filters and not query.text
        found = index_slice(cursor, source, listing, query, after)
        return found, index_count(cursor, source) if is_plain else None

    return ask_index(context, index, ("page", query, after), ask)


def _is_short(answer: object) -> bool:
    rows = answer[0].rows if isinstance(answer, tuple) and isinstance(answer[0], Slice) else ()
    return len(rows) <= _MOST_ROWS
