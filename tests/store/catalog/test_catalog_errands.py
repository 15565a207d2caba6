"""Errands are taken once, and given up when their workers die."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from store.catalog import Catalog
from store.catalog.errands import KEPT, ErrandBook, ErrandKind, ErrandState
from store.catalog.found import FoundBook, FoundRecord
from tests.support.clock import Clock

START = datetime(2030, 5, 1, 12, tzinfo=UTC)
LEASE = timedelta(minutes=5)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def book(catalog: Catalog, clock: Clock) -> ErrandBook:
    return ErrandBook(catalog, clock)


def test_an_errand_is_run_once_and_its_answer_is_kept(book: ErrandBook, clock: Clock) -> None:
    first = book.ask(ErrandKind.PREVIEW, {"url": "https://h.example/a"}, actor="ann")
    clock.now += timedelta(seconds=1)
    second = book.ask(ErrandKind.DISCOVER, {}, actor="ann")
    taken = book.claim(LEASE)
    assert taken is not None
    assert (taken.id, taken.params["url"]) == (first, "https://h.example/a")
    other = book.claim(LEASE)
    assert other is not None
    assert other.id == second
    assert book.claim(LEASE) is None
    assert book.finish(first, {"files": 3})
    assert not book.fail(first, "late")
    done = book.find(first)
    assert done is not None
    assert (done.state, done.result, done.finished_at) == (
        ErrandState.DONE,
        {"files": 3},
        clock.now,
    )
    assert book.fail(second, "x" * 900)
    failed = book.find(second)
    assert failed is not None
    assert (failed.state, len(failed.reason)) == (ErrandState.FAILED, 500)
    clock.now += KEPT
    book.ask(ErrandKind.PREVIEW, {}, actor="ann")
    assert book.find(first) is None


def test_an_errand_whose_worker_died_is_taken_once_more(book: ErrandBook, clock: Clock) -> None:
    errand = book.ask(ErrandKind.PREVIEW, {}, actor="ann")
    for _ in range(2):
        assert book.claim(LEASE) is not None
        clock.now += LEASE
    assert book.claim(LEASE) is None
    found = book.find(errand)
    assert found is not None
    assert found.state is ErrandState.FAILED


def test_what_discovery_saw_is_kept_by_source_and_number(catalog: Catalog, clock: Clock) -> None:
    book = FoundBook(catalog, clock)
    one = FoundRecord(remote_id="1", repository_id="repo_a", full_name="acme/a")
    book.save("github:h/acme", [one])
    moved = FoundRecord(remote_id="1", repository_id="repo_b", full_name="acme/b")
    book.save("github:h/acme", [moved])
    book.save("github:h/other", [one])
    book.save("github:h/acme", [])
    assert book.list_all("github:h/acme") == [moved]
    assert book.list_all("github:h/other") == [one]
