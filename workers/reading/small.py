"""Lists that stay short: made whole, then filtered, sorted and paged as all lists are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TypeVar

from store.asking import Filter, Op, Position, Query, Slice
from workers.reading.page import Page, page_of

T = TypeVar("T")
Getter = Callable[[T], object]


def small_page(
    items: Iterable[T], getters: Mapping[str, Callable[[T], object]], query: Query, key: str
) -> Page[T]:
    """Return a page of some items.

    Args:
        items: all there are.
        getters: field to what an item has there: text, a word of an enum, or a moment.
        query: with its order said.
        key: field that tells items apart; text.

    Raises:
        QueryRefused: the cursor belongs to another list.
    """

    def ask(asked: Query, after: Position | None) -> tuple[Slice[T], int | None]:
        by = getters[asked.sort.removeprefix("-")]

        def place(item: T) -> tuple[str, str]:
            return _sortable(by(item)), _sortable(getters[key](item))

        found = [item for item in items if _fits(item, getters, asked)]
        found.sort(key=place, reverse=asked.descends)
        total = len(found)
        if after is not None:
            mark = _place_of(after)
            found = [i for i in found if (place(i) < mark if asked.descends else place(i) > mark)]
        page = found[: asked.limit]
        end = place(page[-1]) if len(found) > asked.limit else None
        return Slice(rows=page, end=end, start=place(page[0]) if page else None), total

    return page_of(query, ask, lambda rows: rows)


def _place_of(after: Position) -> tuple[str, str]:
    first, second = after if len(after) == 2 else (None, None)  # noqa: PLR2004 - value and key
    if isinstance(first, str) and isinstance(second, str):
        return first, second
    msg = "a position of another list"
    raise ValueError(msg)


def _fits(item: T, getters: Mapping[str, Callable[[T], object]], query: Query) -> bool:
    values = {f.field: getters[f.field](item) for f in query.filters}
    if not all(_holds(f, values[f.field]) for f in query.filters):
        return False
    texts = [_sortable(get(item)).lower() for get in getters.values()] if query.text else []
    return all(any(word in text for text in texts) for word in query.text.lower().split())


def _holds(asked: Filter, value: object) -> bool:
    if asked.op in (Op.AFTER, Op.BEFORE):
        if not isinstance(value, datetime):
            return False
        return value >= asked.moment if asked.op is Op.AFTER else value < asked.moment
    text = _sortable(value)
    is_any = any(_matches(text, wanted) for wanted in asked.values)
    return is_any is (asked.op is Op.ANY)


def _matches(text: str, wanted: str) -> bool:
    if "*" not in wanted:
        return text == wanted
    return fnmatchcase(text, wanted.replace("[", "[[]").replace("?", "[?]"))


def _sortable(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return f"{value:020}" if isinstance(value, int) else str(value)
