"""Lists over an index, filtered, sorted and paged by keyset in DuckDB."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import duckdb

from policies.review.paths import glob_regex
from store.asking import Filter, Op, Position, Query, Slice, Value

_FIRST_WINDOW: Final = 122_880
_GROWTH: Final = 8
_GLOB_CHARS: Final = frozenset("*?[")
_OTHER: Final = "a position of another list"


class Match(StrEnum):
    """How the values of a filter are compared with a column."""

    TEXT = "text"
    """Equal, ``*`` for anything."""
    PATH = "path"
    """By a path pattern (see `policies.review.paths`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexListing:
    """How the fields of a list stand in an index."""

    columns: Mapping[str, str]
    """Field to column; what is sorted by is never NULL."""
    key: str
    """Column that tells rows apart that sort alike; unique."""
    paths: frozenset[str] = frozenset()
    """Fields that are asked for by path patterns."""
    text: Sequence[str] = field(default=())
    """Columns in which words are looked for."""
    is_numbered: bool = False
    """`key` counts the rows from 0 in the order in which they stand, and all fields sort by it.
    The index is then read window by window, and no farther than a page needs."""


Said = tuple[str, list[Value]]
"""A condition with its parameters."""

_EXPRESSION: Final = "regexp_full_match"
_DEAR: Final = (_EXPRESSION, "contains(", "ends_with(")
_MOST_LOOKED_AT: Final = 6 * _FIRST_WINDOW
"""Rows that a page looks at, where each has to be looked at as statistics rule none out: the page
then ends early, and its cursor goes on from there."""


def index_slice(
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    listing: IndexListing,
    query: Query,
    after: Position | None,
) -> Slice[dict[str, Any]]:
    """Return the rows of a page, each by column name.

    Args:
        cursor: that the index was opened with.
        source: the index, as it is named in a FROM.
        listing: how its fields stand in it.
        query: with its order said.
        after: where the page before ended.

    Raises:
        ValueError: `after` is no position of this list.
    """
    keys = _keys(listing, query)
    if listing.is_numbered and after is not None and not isinstance(after[0], int):
        raise ValueError(_OTHER)
    said = index_conditions(listing, query)
    if after is not None:
        said.append(_beyond(keys, after, descends=query.descends))
    rows: list[dict[str, Any]] = []
    is_dear = any(name in text for text, _ in said for name in _DEAR)
    most = _MOST_LOOKED_AT if is_dear else None
    for window, edge in _windows(cursor, source, listing, (query, after, most)):
        if window is None:
            return Slice(rows=rows, end=(edge,), start=_place(rows, keys))
        left = query.limit + 1 - len(rows)
        try:
            rows += _read(cursor, source, [*said, *window], (keys, query, left))
        except (duckdb.ConversionException, duckdb.BinderException):
            raise ValueError(_OTHER) from None
        if len(rows) > query.limit:
            break
    page = rows[: query.limit]
    end = tuple(page[-1][key] for key in keys) if len(rows) > query.limit else None
    return Slice(rows=page, end=end, start=_place(page, keys))


def index_conditions(listing: IndexListing, query: Query) -> list[Said]:
    """Return what the rows of a query have to be, wherever its page begins."""
    said = [_condition(listing, f) for f in query.filters]
    return said + [_words(listing, word) for word in query.text.split()]


def index_count(cursor: duckdb.DuckDBPyConnection, source: str) -> int:
    """Return how many rows an index has; it is read from the file's end."""
    found = cursor.execute(f"SELECT count(*) FROM {source}").fetchone()  # noqa: S608 - a path
    return int(found[0]) if found else 0


def _place(rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> Position | None:
    return tuple(rows[0][key] for key in keys) if rows else None


def _keys(listing: IndexListing, query: Query) -> list[str]:
    by = listing.columns[query.sort.removeprefix("-")]
    return [listing.key] if listing.is_numbered or by == listing.key else [by, listing.key]


def _windows(
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    listing: IndexListing,
    asked: tuple[Query, Position | None, int | None],
) -> Iterator[tuple[list[Said] | None, int]]:
    """Yield ever larger parts of the index in the order of the list.

    Each comes as its condition, and the place from which a page that ends before it goes on. After
    as many rows as are looked at in all (None: all there are) comes None for a condition.
    """
    if not listing.is_numbered:
        yield [], 0
        return
    query, after, most = asked
    count, key = index_count(cursor, source), listing.key
    start = after[0] if after and isinstance(after[0], int) else None
    first = 0 if start is None else count - start if query.descends else start + 1
    for begin, end in _parts(first, count, most):
        if begin == end:
            yield None, count - begin if query.descends else begin - 1
        elif query.descends:
            yield [(f"{key} < ? AND {key} >= ?", [count - begin, count - end])], count - begin
        else:
            yield [(f"{key} >= ? AND {key} < ?", [begin, end])], begin - 1


def _parts(first: int, count: int, most: int | None) -> Iterator[tuple[int, int]]:
    """Yield parts of a row of numbers, ever larger, to its end; an empty one where it is cut."""
    begin, width = first, _FIRST_WINDOW
    last = count if most is None else min(count, first + most)
    while begin < last:
        end = min(begin + width, last)
        yield begin, end
        begin, width = end, width * _GROWTH
    if begin < count:
        yield begin, begin


def _read(
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    said: Sequence[Said],
    how: tuple[Sequence[str], Query, int],
) -> list[dict[str, Any]]:
    keys, query, limit = how
    where = " AND ".join(f"({text})" for text, _ in said) or "true"
    values = [value for _, parameters in said for value in parameters]
    order = ", ".join(f"{key} {'DESC' if query.descends else 'ASC'}" for key in keys)
    # Columns are ours; what was asked for comes as parameters.
    text = f"SELECT * FROM {source} WHERE {where} ORDER BY {order} LIMIT {limit}"  # noqa: S608
    cursor.execute(text, values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _condition(listing: IndexListing, asked: Filter) -> Said:
    column = listing.columns[asked.field]
    match = Match.PATH if asked.field in listing.paths else Match.TEXT
    parts = [_matches(column, value, match) for value in asked.values if _is_glob(value, match)]
    plain = [value for value in asked.values if not _is_glob(value, match)]
    if plain:
        parts.append((f"{column} IN ({', '.join('?' * len(plain))})", list(plain)))
    text = " OR ".join(f"({part})" for part, _ in parts)
    values = [value for _, parameters in parts for value in parameters]
    return (f"NOT ({text})" if asked.op is Op.NONE else text), values


def _is_glob(value: str, match: Match) -> bool:
    if match is Match.TEXT:
        return "*" in value
    return value.endswith("/") or not _GLOB_CHARS.isdisjoint(value)


def _matches(column: str, value: str, match: Match) -> Said:
    if match is Match.PATH:
        return _path_matches(column, value + "**" if value.endswith("/") else value)
    parts = value.split("*")
    inner = "".join(parts)
    for shape, function in ((("", inner), "ends_with"), ((inner, ""), "starts_with")):
        if tuple(parts) == shape:
            return f"{function}({column}, ?)", [inner]
    if parts == ["", inner, ""]:
        return f"contains({column}, ?)", [inner]
    pattern = "(?s)" + ".*".join(re.escape(part) for part in parts)
    return f"{_EXPRESSION}({column}, ?)", [pattern]


def _path_matches(column: str, pattern: str) -> Said:
    """Say a pattern by what statistics and plain search know, and by its expression if need be."""
    start = pattern[: _first_glob(pattern)]
    rest = pattern[len(start) :]
    if rest == "**" and start.endswith("/"):
        return f"starts_with({column}, ?) AND length({column}) > ?", [start, len(start)]
    if pattern.startswith("**/") and _GLOB_CHARS.isdisjoint(pattern[3:]):
        name = pattern[3:]
        # The first alone is known to the reader of the file, and thins out what the others see.
        text = f"ends_with({column}, ?) AND ({column} = ? OR ends_with({column}, ?))"
        return text, [name, name, f"/{name}"]
    middle = pattern[3:-3]
    if pattern == f"**/{middle}/**" and middle and _GLOB_CHARS.isdisjoint(middle):
        text = f"contains({column}, ?) AND (starts_with({column}, ?) OR contains({column}, ?))"
        return text, [f"{middle}/", f"{middle}/", f"/{middle}/"]
    if pattern.startswith("**/*.") and _GLOB_CHARS.isdisjoint(pattern[4:]):
        return f"ends_with({column}, ?)", [pattern[4:]]
    # The longest plain piece thins out what the expression has to look at.
    piece = max(_pieces(pattern), key=len, default="")
    told = f"CASE WHEN contains({column}, ?) THEN {_EXPRESSION}({column}, ?) ELSE false END"
    said: list[Value] = [piece, glob_regex(pattern)]
    return (f"starts_with({column}, ?) AND {told}", [start, *said]) if start else (told, said)


def _first_glob(pattern: str) -> int:
    return next((i for i, char in enumerate(pattern) if char in _GLOB_CHARS), len(pattern))


def _pieces(pattern: str) -> Iterator[str]:
    """Yield the parts of a pattern that stand in whatever it matches."""
    piece, is_set = "", False
    for index, char in enumerate(pattern):
        is_optional_slash = char == "/" and pattern[max(0, index - 2) : index] == "**"
        if char in _GLOB_CHARS or is_set or is_optional_slash:
            yield piece
            piece = ""
            is_set = (is_set or char == "[") and char != "]"
        else:
            piece += char
    yield piece


def _words(listing: IndexListing, word: str) -> Said:
    parts = " OR ".join(f"contains(lower({column}), ?)" for column in listing.text)
    return parts or "false", [word.lower()] * len(listing.text)


def _beyond(keys: Sequence[str], after: Position, *, descends: bool) -> Said:
    if len(after) != len(keys) or any(value is None for value in after):
        raise ValueError(_OTHER)
    sign = "<" if descends else ">"
    if len(keys) == 1:
        return f"{keys[0]} {sign} ?", list(after)
    first, second = keys
    text = f"{first} {sign} ? OR ({first} = ? AND {second} {sign} ?)"
    return text, [after[0], after[0], after[1]]
