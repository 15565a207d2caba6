"""Cursors: where a page ended, in a string that only the same query takes back.

A cursor says nothing that its page did not: the sorted value of the last row and what tells equal
ones apart. It is bound to filters and order by a digest, so that nobody goes on in another list;
to make one up gains nothing, as every page is asked for with the rights of who asks.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Final

from store.asking import Position, Query

_MAX_CHARS: Final = 2000
_MARK_CHARS: Final = 12
_MAX_PARTS: Final = 4
_LARGEST: Final = 2**63
_BACK: Final = "<"


def write_cursor(query: Query, position: Position, *, back: bool = False) -> str:
    """Return the cursor of the page after a position, or before it; `query` with its order said."""
    mark = f"{_BACK}{_mark(query)}" if back else _mark(query)
    text = json.dumps([mark, *position], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(query: Query) -> Position | None:
    """Return after (or before) which place a page is; None for the first page.

    `query` has its order said.

    Raises:
        ValueError: the cursor is none, or belongs to other filters or another order.
    """
    if not query.cursor:
        return None
    mark, *position = _decode(query.cursor)
    if str(mark).removeprefix(_BACK) != _mark(query):
        msg = "the cursor belongs to another list"
        raise ValueError(msg)
    return tuple(position)


def goes_back(query: Query) -> bool:
    """Tell whether the cursor of a query, which `read_cursor` took, asks for what is before it."""
    return bool(query.cursor) and str(_decode(query.cursor)[0]).startswith(_BACK)


def check_cursor(text: str) -> None:
    """Look whether this can be a cursor.

    Raises:
        ValueError: it cannot.
    """
    if text:
        _decode(text)


def _decode(text: str) -> Position:
    if len(text) > _MAX_CHARS:
        msg = "a cursor is short"
        raise ValueError(msg)
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        parts = json.loads(raw)
    except (binascii.Error, UnicodeError, RecursionError):
        msg = "no base64url of JSON"
        raise ValueError(msg) from None
    is_list = isinstance(parts, list) and 1 <= len(parts) <= _MAX_PARTS
    if not is_list or not all(_is_value(part) for part in parts):
        msg = "no position"
        raise ValueError(msg)
    return tuple(parts)


def _is_value(part: object) -> bool:
    if isinstance(part, str):
        return ("\0" not in part and part.isascii()) or part.isprintable()
    is_number = isinstance(part, int) and not isinstance(part, bool) and abs(part) < _LARGEST
    return part is None or is_number


def _mark(query: Query) -> str:
    said = [[f.field, f.op.value, *f.values] for f in query.filters]
    text = json.dumps([said, query.text, query.sort])
    return hashlib.sha256(text.encode()).hexdigest()[:_MARK_CHARS]
