"""Lists of the catalog, filtered, sorted and paged in SQL by keyset, whatever page is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    and_,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from store.asking import MAX_COUNTED, Filter, Op, Position, Query, Slice, Value, moment_of
from store.catalog.tables import UtcDateTime

Column = SQLColumnExpression[Any]
T = TypeVar("T")

_KEYS: Final = 2
"""Columns that a merged list is sorted by: a field, and the key."""
_ESCAPE: Final = "\\"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How the fields of a list stand in SQL."""

    columns: Mapping[str, Column]
    """Field to column; what is sorted by is never NULL."""
    key: Column
    """What tells rows apart that sort alike; unique."""
    text: Sequence[Column] = field(default=())
    """Where words are looked for."""


def slice_of(
    session: Session,
    rows: Select[*tuple[Any, ...]],
    listing: Listing,
    query: Query,
    after: Position | None,
) -> Slice[Any]:
    """Return the rows of a page, each as the select names its columns, sorted as `query` says.

    Raises:
        ValueError: `after` is no position of this list.
    """
    name = query.sort.removeprefix("-")
    by, key = (_ordered(session, c) for c in (listing.columns[name], listing.key))
    is_same = listing.columns[name] is listing.key
    keys = [key] if is_same else [by, key]
    asked = rows.add_columns(*(k.label(f"k{i}") for i, k in enumerate(keys)))
    asked = asked.where(*conditions(session, listing, query))
    if after is not None:
        asked = asked.where(_beyond(keys, after, descends=query.descends))
    order = [k.desc() if query.descends else k.asc() for k in keys]
    found = session.execute(asked.order_by(*order).limit(query.limit + 1)).all()
    page = found[: query.limit]
    start = _place(page[0], len(keys)) if page else None
    end = _place(page[-1], len(keys)) if len(found) > query.limit else None
    return Slice(rows=page, end=end, start=start)


def merged(slices: Sequence[Slice[Any]], query: Query) -> Slice[Any]:
    """Return a page out of pages of several lists that sort alike, by fields and by key.

    Each was read by `slice_of` from the same position on; keys are told apart across the lists.
    """
    rows = [row for found in slices for row in found.rows]
    rows.sort(key=lambda row: tuple(row[-_KEYS:]), reverse=query.descends)
    page = rows[: query.limit]
    is_more = len(rows) > query.limit or any(found.end is not None for found in slices)
    return Slice(
        rows=page,
        end=_place(page[-1], _KEYS) if page and is_more else None,
        start=_place(page[0], _KEYS) if page else None,
    )


def page_and_count(
    session: Session,
    rows: Select[*tuple[Any, ...]],
    listing: Listing,
    query: Query,
    after: Position | None,
) -> tuple[Slice[Any], int | None]:
    """Return a page as `slice_of`, and how many rows there are as `count_of`.

    Nothing is counted where the page is all there is.
    """
    found = slice_of(session, rows, listing, query, after)
    if after is None and found.end is None:
        return found, len(found.rows)
    return found, count_of(session, listing, query, rows)


def count_of(
    session: Session, listing: Listing, query: Query, source: Select[*tuple[Any, ...]]
) -> int | None:
    """Return how many rows the filters leave; None for more than `MAX_COUNTED`."""
    asked = source.where(*conditions(session, listing, query)).limit(MAX_COUNTED + 1)
    asked = asked.with_only_columns(listing.key, maintain_column_froms=True)
    count = session.scalar(select(func.count()).select_from(asked.subquery())) or 0
    return count if count <= MAX_COUNTED else None


def conditions(session: Session, listing: Listing, query: Query) -> list[ColumnElement[bool]]:
    """Return what the rows of a query have to be."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    found = [_condition(listing.columns[f.field], f, is_sqlite=is_sqlite) for f in query.filters]
    words = query.text.split()
    return found + [or_(false(), *(_contains(c, word) for c in listing.text)) for word in words]


def _condition(column: Column, asked: Filter, *, is_sqlite: bool) -> ColumnElement[bool]:
    if asked.op is Op.AFTER:
        return column >= asked.moment
    if asked.op is Op.BEFORE:
        return column < asked.moment
    plain = [value for value in asked.values if "*" not in value]
    globs = [value for value in asked.values if "*" in value]
    parts: list[ColumnElement[bool]] = [column.in_(plain)] if plain else []
    parts += [_matches(column, glob, is_sqlite=is_sqlite) for glob in globs]
    either = or_(*parts)
    # NULL is none of the values too.
    return either if asked.op is Op.ANY else or_(column.is_(None), ~either)


def _matches(column: Column, glob: str, *, is_sqlite: bool) -> ColumnElement[bool]:
    """Match case by case on every database; SQLite's LIKE would not."""
    if is_sqlite:
        pattern = glob.replace("[", "[[]").replace("?", "[?]")
        return column.op("GLOB", is_comparison=True)(pattern)
    return column.like(_escaped(glob).replace("*", "%"), escape=_ESCAPE)


def _contains(column: Column, word: str) -> ColumnElement[bool]:
    return column.ilike(f"%{_escaped(word)}%", escape=_ESCAPE)


def _escaped(text: str) -> str:
    for char in (_ESCAPE, "%", "_"):
        text = text.replace(char, _ESCAPE + char)
    return text


def _ordered(session: Session, column: Column) -> Column:
    """Return a column that sorts by code points everywhere."""
    is_text = isinstance(_type(column), String)
    if is_text and session.get_bind().dialect.name == "postgresql":
        return column.collate("C")
    return column


def _beyond(keys: Sequence[Column], after: Position, *, descends: bool) -> ColumnElement[bool]:
    if len(after) != len(keys):
        msg = "a position of another list"
        raise ValueError(msg)
    parts = []
    for index, (column, value) in enumerate(zip(keys, after, strict=True)):
        bound = literal(_bound(column, value), _type(column))
        is_past = column < bound if descends else column > bound
        equal = [
            k == literal(_bound(k, v), _type(k)) for k, v in zip(keys[:index], after, strict=False)
        ]
        parts.append(and_(*equal, is_past))
    return or_(*parts)


def _bound(column: Column, value: Value) -> Any:  # noqa: ANN401 - of the column's type
    kind = _type(column)
    if isinstance(kind, UtcDateTime) and isinstance(value, str):
        return moment_of(value)
    if isinstance(kind, UtcDateTime) or type(value) is not kind.python_type:
        msg = "a position of another list"
        raise ValueError(msg)
    return value


def _type(column: Column) -> TypeEngine[Any]:
    return column.label(None).type


def _place(row: Sequence[object], width: int) -> Position:
    """Return what a row is sorted by, which its last columns say."""
    return tuple(_value(value) for value in row[-width:])


def _value(value: object) -> Value:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (str, int)) or value is None:
        return value
    msg = "a list is sorted by text, numbers or moments"
    raise ValueError(msg)
