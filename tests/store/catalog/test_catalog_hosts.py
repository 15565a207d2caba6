"""Pauses, throttles and places at a host, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.errors import InputError
from store.catalog import AuditLog, Catalog, HostBook
from store.catalog.hosts import FIRST_THROTTLE, MAX_THROTTLE
from tests.support.clock import Clock

START = datetime(2030, 5, 1, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def book(catalog: Catalog, clock: Clock) -> HostBook:
    return HostBook(catalog, clock)


def test_a_pause_holds_who_comes_and_who_is_there_until_it_is_resumed(
    book: HostBook, catalog: Catalog
) -> None:
    assert book.enter("h.example", "job_1", limit=2, lease=LEASE) is None
    assert book.look("h.example") is None
    paused = book.pause("h.example", actor="ann", reason="maintenance tonight")
    assert paused.is_paused
    assert (paused.paused_by, paused.fetches) == ("ann", 1)
    for held in (
        book.look("h.example"),
        book.renew("h.example", "job_1", LEASE),
        book.check("h.example"),
        book.enter("h.example", "job_2", limit=2, lease=LEASE),
    ):
        assert held is not None
        assert (held.code, held.until) == ("paused", None)
        assert "maintenance tonight" in held.says
    assert book.enter("other.example", "job_3", limit=2, lease=LEASE) is None
    assert book.paused_names() == {"h.example"}
    assert not book.resume("h.example", actor="bob").is_paused
    assert book.check("h.example") is None
    actions = [e.action for e in AuditLog(catalog, clock=lambda: START).entries()]
    assert actions == ["host.pause", "host.resume"]


def test_who_pauses_says_why_and_what_is_not_paused_cannot_be_resumed(book: HostBook) -> None:
    for reason in ("", " ", "x" * 301, "two\nlines"):
        with pytest.raises(InputError):
            book.pause("h.example", actor="ann", reason=reason)
    with pytest.raises(InputError, match="not paused"):
        book.resume("h.example", actor="ann")


def test_a_host_has_so_many_places_and_each_is_given_back(book: HostBook, clock: Clock) -> None:
    assert book.enter("h.example", "a", limit=2, lease=LEASE) is None
    assert book.enter("h.example", "b", limit=2, lease=LEASE) is None
    held = book.enter("h.example", "c", limit=2, lease=LEASE)
    assert held is not None
    assert held.code == "crowded"
    assert book.enter("h.example", "b", limit=2, lease=LEASE) is None  # its own place again
    book.leave("a")
    assert book.enter("h.example", "c", limit=2, lease=LEASE) is None
    clock.now += LEASE / 2
    book.renew("h.example", "c", LEASE)
    clock.now += LEASE / 2  # b died without a word
    assert book.find("h.example").fetches == 1
    assert book.enter("h.example", "d", limit=2, lease=LEASE) is None


def test_a_host_that_slows_us_down_is_left_alone_longer_each_time(
    book: HostBook, clock: Clock
) -> None:
    waits = []
    for _ in range(9):
        until = book.throttle("h.example", "429")
        waits.append(until - clock.now)
        held = book.enter("h.example", "a", limit=2, lease=LEASE)
        assert held is not None
        assert (held.code, held.until) == ("throttled", until)
        assert book.look("h.example") is None  # what runs may end
        clock.now = until
        assert book.enter("h.example", "a", limit=2, lease=LEASE) is None
    assert waits[0] == FIRST_THROTTLE
    assert waits == sorted(waits)
    assert waits[-1] == MAX_THROTTLE
    book.calm("h.example")
    assert book.find("h.example").strikes == 0
    assert book.throttle("h.example", "429") - clock.now == FIRST_THROTTLE


def test_what_the_host_says_counts_and_a_later_word_never_shortens_a_wait(
    book: HostBook, clock: Clock
) -> None:
    said = clock.now + timedelta(minutes=20)
    assert book.throttle("h.example", "Retry-After", said) == said
    assert book.throttle("h.example", "429") == said
    book.calm("h.example")  # one that was served before does not end the wait
    assert book.find("h.example").throttled_until == said
    assert book.throttle("h.example", "x", clock.now + timedelta(days=9)) == (
        clock.now + MAX_THROTTLE
    )
    book.resume("h.example", actor="ann")
    assert book.check("h.example") is None


def test_the_list_has_what_is_known_and_what_is_fetched_from(book: HostBook, clock: Clock) -> None:
    book.pause("b.example", actor="ann", reason="so")
    book.enter("a.example", "x", limit=1, lease=LEASE)
    assert [(h.name, h.fetches) for h in book.list_all()] == [("a.example", 1), ("b.example", 0)]
    clock.now += LEASE
    assert [h.name for h in book.list_all()] == ["b.example"]
