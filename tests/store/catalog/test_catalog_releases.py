"""Releases and their states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from store.catalog import AuditLog, Catalog, ReleaseBook, ReleaseState


class Clock:
    """A clock that moves one second with every look."""

    def __init__(self) -> None:
        self.now = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def book(catalog: Catalog) -> ReleaseBook:
    return ReleaseBook(catalog, Clock())


def state_of(book: ReleaseBook, release_id: str) -> ReleaseState:
    found = book.find_release(release_id)
    assert found is not None
    return found.state


def test_a_release_is_published_once(book: ReleaseBook) -> None:
    book.begin_release("rel_1", Tier.RELEASABLE, {"decisions": "abc"})
    book.begin_release("rel_1", Tier.RELEASABLE, {"decisions": "other"})
    book.publish("rel_1", "m1", "rel_1", {"rows": 7})
    book.publish("rel_1", "m1", "rel_1", {"rows": 7})
    found = book.find_release("rel_1")
    assert found is not None
    assert (found.state, found.manifest_digest) == (ReleaseState.PUBLISHED, "m1")
    assert (found.totals, found.params) == ({"rows": 7}, {"decisions": "other"})
    assert found.published_at is not None
    with pytest.raises(ReleaseRefused):
        book.publish("rel_1", "m2", "rel_1", {})
    with pytest.raises(ReleaseRefused):
        book.hold("rel_1", "too late")


def test_a_held_or_failed_release_is_never_published(book: ReleaseBook, catalog: Catalog) -> None:
    for release_id in ("rel_1", "rel_2"):
        book.begin_release(release_id, Tier.RELEASABLE, {})
    book.hold("rel_1", "exit scan")
    book.fail("rel_2", "disk")
    for release_id in ("rel_1", "rel_2", "rel_3"):
        with pytest.raises(ReleaseRefused):
            book.publish(release_id, "m", release_id, {})
    assert state_of(book, "rel_1") is ReleaseState.HELD
    (entry,) = AuditLog(catalog, clock=lambda: datetime.now(UTC)).entries()
    assert (entry.actor, entry.action, entry.subject) == ("worker", "release.hold", "rel_1")
    assert state_of(book, "rel_2") is ReleaseState.FAILED


def test_a_release_never_changes_its_tier(book: ReleaseBook) -> None:
    book.begin_release("rel_1", Tier.INTERNAL_ONLY, {})
    with pytest.raises(ReleaseRefused):
        book.begin_release("rel_1", Tier.RELEASABLE, {})


def test_releases_are_listed_newest_first_by_tier(book: ReleaseBook) -> None:
    book.begin_release("rel_1", Tier.RELEASABLE, {})
    book.begin_release("rel_2", Tier.INTERNAL_ONLY, {})
    book.begin_release("rel_3", Tier.RELEASABLE, {})
    assert [r.id for r in book.list_releases()] == ["rel_3", "rel_2", "rel_1"]
    assert [r.id for r in book.list_releases(Tier.RELEASABLE)] == ["rel_3", "rel_1"]


def test_a_release_goes_out_with_one_entry_of_the_audit_chain(
    book: ReleaseBook, catalog: Catalog
) -> None:
    book.begin_release("rel_1", Tier.RELEASABLE, {"parent": "rel_0"})
    for _ in range(2):
        book.publish("rel_1", "m1", "rel_1", {})
    (entry,) = AuditLog(catalog, Clock()).entries()
    assert (entry.actor, entry.action, entry.subject) == ("worker", "publish", "rel_1")
    assert set(entry.detail) == {"manifest", "parent", "row_sha256"}
    assert (entry.detail["manifest"], entry.detail["parent"]) == ("m1", "rel_0")


def test_what_replaces_an_old_release_is_not_the_newest(book: ReleaseBook) -> None:
    book.begin_release("rel_1", Tier.RELEASABLE, {})
    book.begin_release("rel_2", Tier.RELEASABLE, {})
    old = book.find_release("rel_1")
    assert old is not None
    book.begin_release("rel_3", Tier.RELEASABLE, {}, created_at=old.created_at)
    assert book.list_releases()[0].id == "rel_2"
