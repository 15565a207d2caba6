"""The one filter grammar: a URL's own parameters, read into a `Query` and written back.

::

    ?rule=secret.*&lane=security&repository!=sandbox&seen_after=2026-01-01&q=token
    &sort=-blocked&limit=50&cursor=…

The same key again means any of its values, ``key!=value`` none of them. ``*`` stands for anything
where a field allows it. ``…_after`` is at a day or later, ``…_before`` is before it. A field that
is left empty says nothing, so that a plain form can be sent as it is. `url_of` writes one spelling
of a query, and `parse_query` reads it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl, quote

from ingest.errors import InputError
from policies.review.paths import glob_regex
from store.asking import DEFAULT_LIMIT, MAX_LIMIT, Filter, Op, Query, moment_of
from workers.reading.cursors import check_cursor

MAX_VALUES: Final = 100
MAX_VALUE_CHARS: Final = 500
_IGNORED: Final = ("format",)
_SINGLE: Final = ("q", "sort", "limit", "cursor")
_SAFE: Final = "*!/:,@~"
"""Characters that a query string may hold as they are (RFC 3986, section 3.4)."""


class Kind(StrEnum):
    """What the values of a field are."""

    TEXT = "text"
    """Any text, ``*`` for anything."""
    PATH = "path"
    """A path pattern as in reviews (see `policies.review.paths`)."""
    CHOICE = "choice"
    """One of some words."""
    MOMENT = "moment"
    """Days or times; asked for by ``…_after`` and ``…_before``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field that a list can be filtered or sorted by."""

    does: str
    """One line for people."""
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    is_sortable: bool = False
    is_filter: bool = True
    """False: it can only be sorted by."""


class QueryRefused(InputError):
    """A parameter of a list is not understood."""

    def __init__(self, parameter: str, message: str) -> None:
        """Keep the name of the parameter."""
        super().__init__(message, hint=f"Look at the parameter {parameter[:64]!r}.")
        self.parameter = parameter


def parse_url(query: str, fields: Mapping[str, Field]) -> Query:
    """Return the query of a URL's query string; as `parse_query`."""
    return parse_query(parse_qsl(query, keep_blank_values=True), fields)


def parse_query(
    params: Iterable[tuple[str, str]],
    fields: Mapping[str, Field],
    *,
    ignored: Iterable[str] = _IGNORED,
) -> Query:
    """Return what some URL parameters ask for.

    Raises:
        QueryRefused: a parameter is unknown, malformed or given twice; it names the parameter.
    """
    found: dict[tuple[str, Op], set[str]] = {}
    single: dict[str, str] = {}
    skipped = frozenset(ignored)
    for key, value in params:
        if key in skipped or not value.strip():
            continue
        if key in _SINGLE:
            if single.setdefault(key, value) != value:
                raise QueryRefused(key, "This is given twice.")
            continue
        name, op = _field_of(key, fields)
        found.setdefault((name, op), set()).add(_value(key, value, fields[name]))
    filters = [
        Filter(field=name, op=op, values=tuple(sorted(values)))
        for (name, op), values in found.items()
    ]
    _check_amounts(filters)
    return Query(
        filters=tuple(sorted(filters)),
        text=_plain("q", single.get("q", "")),
        cursor=_cursor(single.get("cursor", "")),
        limit=_limit(single.get("limit", "")),
        sort=_sort(single.get("sort", ""), fields),
    )


def url_of(query: Query) -> str:
    """Return the query string of a query, without ``?``; equal queries give equal strings."""
    pairs = [(f.key, value) for f in query.filters for value in f.values]
    pairs += [("q", query.text)] if query.text else []
    pairs += [("sort", query.sort)] if query.sort else []
    pairs += [("limit", str(query.limit))] if query.limit != DEFAULT_LIMIT else []
    pairs += [("cursor", query.cursor)] if query.cursor else []
    return "&".join(f"{quote(k, safe=_SAFE)}={quote(v, safe=_SAFE)}" for k, v in pairs)


def _field_of(key: str, fields: Mapping[str, Field]) -> tuple[str, Op]:
    for op in (Op.AFTER, Op.BEFORE):
        name = key.removesuffix(op)
        if name != key and name in fields and fields[name].kind is Kind.MOMENT:
            return name, op
    op = Op.NONE if key.endswith(Op.NONE) else Op.ANY
    name = key.removesuffix(op)
    known = fields.get(name)
    if known is None or not known.is_filter or known.kind is Kind.MOMENT:
        raise QueryRefused(key, f"This list has no such parameter; it has {_names(fields)}.")
    return name, op


def _names(fields: Mapping[str, Field]) -> str:
    names = []
    for name, field in fields.items():
        if field.is_filter:
            is_time = field.kind is Kind.MOMENT
            names += [f"{name}_after", f"{name}_before"] if is_time else [name]
    return ", ".join([*names, "q", "sort", "limit", "cursor"])


def _value(key: str, value: str, field: Field) -> str:
    value = _plain(key, value)
    if field.kind is Kind.CHOICE and value not in field.choices:
        raise QueryRefused(key, f"It is one of {', '.join(field.choices)}.")
    if field.kind is Kind.MOMENT:
        return _moment(key, value)
    if field.kind is Kind.PATH:
        try:
            glob_regex(value)
        except ValueError as error:
            raise QueryRefused(key, f"This is no path pattern: {error}.") from None
    return value


def _plain(key: str, value: str) -> str:
    value = value.strip()
    if len(value) > MAX_VALUE_CHARS or not value.isprintable():
        raise QueryRefused(key, f"A value is one line of at most {MAX_VALUE_CHARS} characters.")
    return value


def _moment(key: str, value: str) -> str:
    try:
        # A plus sign of a zone that nobody escaped arrives as a space.
        moment = moment_of(value.replace(" ", "+"))
    except (ValueError, OverflowError):
        raise QueryRefused(key, "It is a day like 2026-01-31 or an RFC 3339 time.") from None
    return value if len(value) == len("2026-01-01") else rfc3339(moment)


def rfc3339(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC; microseconds only where there are some."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _check_amounts(filters: Iterable[Filter]) -> None:
    for found in filters:
        most = 1 if found.op in (Op.AFTER, Op.BEFORE) else MAX_VALUES
        if len(found.values) > most:
            raise QueryRefused(found.key, f"At most {most} of it can be given.")


def _limit(text: str) -> int:
    if not text:
        return DEFAULT_LIMIT
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_LIMIT))
    if not is_number or not 1 <= int(text) <= MAX_LIMIT:
        raise QueryRefused("limit", f"It is a number from 1 to {MAX_LIMIT}.")
    return int(text)


def _sort(text: str, fields: Mapping[str, Field]) -> str:
    names = [name for name, field in fields.items() if field.is_sortable]
    if text and text.removeprefix("-") not in names:
        raise QueryRefused("sort", f"It is one of {', '.join(names)}, or one with - before it.")
    return text


def _cursor(text: str) -> str:
    try:
        check_cursor(text)
    except ValueError:
        raise QueryRefused("cursor", "This is no cursor of a page before.") from None
    return text
