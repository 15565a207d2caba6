"""Pages by keyset: forwards and backwards they are the list, whatever is added meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.asking import Query
from store.catalog import AuditLog
from workers.context import Context, utc_now
from workers.reading.audit import list_entries
from workers.reading.page import Page
from workers.reading.small import small_page
from workers.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something that is listed by size; several may be of one."""

    id: str
    size: int


ITEMS = st.lists(
    st.builds(Item, id=st.text("abcdef", min_size=1, max_size=4), size=st.integers(0, 3)),
    max_size=25,
    unique_by=lambda item: item.id,
)
GETTERS: dict[str, Callable[[Item], object]] = {"id": lambda i: i.id, "size": lambda i: i.size}


def page_of_items(items: Iterable[Item], query: Query) -> Page[Item]:
    return small_page(items, GETTERS, query, "id")


def ordered(items: Iterable[Item], query: Query) -> list[Item]:
    return sorted(items, key=lambda i: (i.size, i.id), reverse=query.descends)


@given(items=ITEMS, limit=st.integers(1, 6), sort=st.sampled_from(["size", "-size"]))
def test_the_way_back_is_the_way_forth(items: list[Item], limit: int, sort: str) -> None:
    query = Query(limit=limit, sort=sort)
    pages = [page_of_items(items, query)]
    while (cursor := pages[-1].next_cursor) is not None:
        pages.append(page_of_items(items, replace(query, cursor=cursor)))
    assert [i for page in pages for i in page.items] == ordered(items, query)
    assert pages[0].previous_cursor is None
    for before, page in pairwise(pages):
        assert page.previous_cursor is not None
        back = page_of_items(items, replace(query, cursor=page.previous_cursor))
        assert back.items == before.items
        assert back.next_cursor is not None
        assert page_of_items(items, replace(query, cursor=back.next_cursor)).items == page.items


@given(
    items=ITEMS,
    added=st.lists(ITEMS, max_size=6),
    limit=st.integers(1, 6),
    sort=st.sampled_from(["size", "-size"]),
)
def test_what_is_there_all_along_is_seen_once_while_more_is_added(
    items: list[Item], added: list[list[Item]], limit: int, sort: str
) -> None:
    known, query = {item.id: item for item in items}, Query(limit=limit, sort=sort)
    seen: list[Item] = []
    batches = iter(added)
    while True:
        page = page_of_items(known.values(), query)
        seen += page.items
        known |= {item.id: item for item in next(batches, []) if item.id not in known}
        if page.next_cursor is None:
            break
        query = replace(query, cursor=page.next_cursor)
    assert len(seen) == len(set(seen))
    assert set(items) <= set(seen)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """An installation in which nothing happened."""
    return Context(settings=Settings(home=tmp_path))


def test_entries_that_come_while_somebody_reads_are_neither_doubled_nor_in_the_way(
    context: Context,
) -> None:
    log = AuditLog(context.catalog, clock=utc_now)
    for number in range(11):
        log.append("ada", "test.act", f"thing_{number}")
    query, seen = Query(limit=3), list[int]()
    while True:
        page = list_entries(context, query)
        seen += [entry.seq for entry in page.items]
        log.append("ben", "test.act", "another")
        if page.next_cursor is None:
            break
        query = replace(query, cursor=page.next_cursor)
    assert seen == list(range(11, 0, -1))
    back = list_entries(context, replace(query, cursor=page.previous_cursor or ""))
    assert [entry.seq for entry in back.items] == [5, 4, 3]
    context.catalog.close()
