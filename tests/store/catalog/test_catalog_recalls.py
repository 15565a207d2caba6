"""Recalls in the catalog: which releases are recalled, and who says they know."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.errors import Conflict, InputError, ReleaseRefused
from policies.decision import Tier
from store.catalog import (
    AuditLog,
    Catalog,
    RecallBook,
    RecalledRelease,
    RecallRecord,
    ReleaseBook,
    ReleaseState,
)

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def taken(release_id: str, replaced_by: str = "", rows: int = 2) -> RecalledRelease:
    return RecalledRelease(release_id=release_id, rows=rows, replaced_by=replaced_by)


RECALL = RecallRecord(
    id="rcl_1",
    tier=Tier.RELEASABLE,
    reasons=("SECRET",),
    requests=("wdr_1",),
    releases=(taken("rel_1", "rel_2"), taken("rel_3")),
    issued_at=NOW,
)


@pytest.fixture
def releases(catalog: Catalog) -> ReleaseBook:
    """Three published releases, and one that is held."""
    book = ReleaseBook(catalog, clock=lambda: NOW)
    for name in ("rel_1", "rel_2", "rel_3", "rel_4"):
        book.begin_release(name, Tier.RELEASABLE, {})
    for name in ("rel_1", "rel_2", "rel_3"):
        book.publish(name, f"m{name}", name, {})
    book.hold("rel_4", "exit scan")
    return book


@pytest.fixture
def book(catalog: Catalog, releases: ReleaseBook) -> RecallBook:
    assert releases.find_release("rel_1") is not None
    return RecallBook(catalog, clock=lambda: NOW)


def test_a_recalled_release_is_recalled_and_names_what_replaces_it(
    catalog: Catalog, releases: ReleaseBook, book: RecallBook
) -> None:
    assert book.record(RECALL, actor="worker")
    assert not book.record(RECALL, actor="worker")
    states = {r.id: (r.state, r.replaced_by, r.is_out) for r in releases.list_releases()}
    assert states["rel_1"] == (ReleaseState.RECALLED, "rel_2", True)
    assert states["rel_2"] == (ReleaseState.PUBLISHED, "", True)
    assert states["rel_3"] == (ReleaseState.RECALLED, "", True)
    assert states["rel_4"][2] is False
    assert (book.find("rcl_1"), book.list_all(Tier.RELEASABLE)) == (RECALL, [RECALL])
    assert (book.find("rcl_2"), book.list_all(Tier.INTERNAL_ONLY), RECALL.rows) == (None, [], 4)
    (entry,) = [e for e in AuditLog(catalog, lambda: NOW).entries() if e.action == "recall"]
    assert (entry.subject, entry.detail["rows"]) == ("rcl_1", 4)


def test_two_runs_that_take_the_same_back_make_one_recall(
    catalog: Catalog, releases: ReleaseBook, book: RecallBook
) -> None:
    first = replace(RECALL, requests=("run_1",), releases=(taken("rel_1", "rel_2"),))
    assert book.record(first, actor="worker")
    assert not book.record(replace(first, id="rcl_2", requests=("run_2",)), actor="worker")
    assert book.list_all() == [first]
    assert [
        e.subject for e in AuditLog(catalog, lambda: NOW).entries() if e.action == "recall"
    ] == ["rcl_1"]
    # Nothing replaces it: which rows left is not known by their number.
    alone = replace(RECALL, id="rcl_3", releases=(taken("rel_3"),))
    assert book.record(alone, actor="worker")
    assert book.record(replace(alone, id="rcl_4"), actor="worker")


def test_a_recalled_release_may_lose_more_rows_and_keeps_its_replacement(
    releases: ReleaseBook, book: RecallBook
) -> None:
    book.record(RECALL, actor="worker")
    later = NOW + timedelta(days=1)
    more = replace(RECALL, id="rcl_2", releases=(taken("rel_1", "rel_2", 1),), issued_at=later)
    assert book.record(more, actor="worker")
    assert [r.id for r in book.list_all()] == ["rcl_2", "rcl_1"]
    with pytest.raises(Conflict, match="meanwhile"):
        book.record(replace(more, id="rcl_3", releases=(taken("rel_1", "rel_3"),)), actor="worker")
    found = releases.find_release("rel_1")
    assert found is not None
    assert found.replaced_by == "rel_2"


@pytest.mark.parametrize(
    ("release", "tier"),
    [
        (taken("rel_4"), Tier.RELEASABLE),
        (taken("rel_9"), Tier.RELEASABLE),
        (taken("rel_1", "rel_4"), Tier.RELEASABLE),
        (taken("rel_1"), Tier.INTERNAL_ONLY),
    ],
)
def test_only_what_is_published_in_the_tier_is_recalled(
    book: RecallBook, release: RecalledRelease, tier: Tier
) -> None:
    with pytest.raises(ReleaseRefused):
        book.record(replace(RECALL, releases=(release,), tier=tier), actor="worker")
    assert book.list_all() == []


def test_a_reason_is_a_word_and_no_text(book: RecallBook) -> None:
    with pytest.raises(ValueError, match="identifiers"):
        book.record(replace(RECALL, reasons=("a letter came",)), actor="worker")


def test_who_acknowledges_is_kept_once_and_audited(catalog: Catalog, book: RecallBook) -> None:
    book.record(RECALL, actor="worker")
    first = book.acknowledge("rcl_1", "team-b", actor="bob", comment="retrained")
    assert book.acknowledge("rcl_1", "team-b", actor="eve") == first
    book.acknowledge("rcl_1", "team-a", actor="eve")
    book.acknowledge("rcl_1", "the team of words", actor="eve")
    said = [e.detail for e in AuditLog(catalog, lambda: NOW).entries() if "acknow" in e.action]
    assert [detail["consumer"] for detail in said[:2]] == ["team-b", "team-a"]
    assert said[2].keys() == {"consumer_sha256", "row_sha256"}
    found = [a.consumer for a in book.acknowledgements("rcl_1")]
    assert found == ["team-a", "team-b", "the team of words"]
    log = AuditLog(catalog, lambda: NOW)
    assert [e.actor for e in log.entries() if e.action == "recall.acknowledge"] == [
        "bob",
        "eve",
        "eve",
    ]
    assert log.verify().is_intact
    with pytest.raises(InputError, match="no recall"):
        book.acknowledge("rcl_9", "team-a", actor="eve")
    with pytest.raises(InputError, match="one line"):
        book.acknowledge("rcl_1", " ", actor="eve")


def test_a_recall_of_whole_releases_is_lifted_once_and_one_of_rows_never(
    catalog: Catalog, releases: ReleaseBook, book: RecallBook
) -> None:
    whole = replace(RECALL, releases=(taken("rel_1", rows=0), taken("rel_3", rows=0)))
    book.record(whole, actor="worker")
    book.record(replace(RECALL, id="rcl_2", releases=(taken("rel_2"),)), actor="worker")
    assert {r.state for r in releases.list_releases() if r.is_out} == {ReleaseState.RECALLED}
    lifted = book.lift("rcl_1", actor="ada")
    assert (lifted.releases, lifted.lifted) == ((), ("rel_1", "rel_3"))
    assert book.find("rcl_1") == lifted
    states = {r.id: r.state for r in releases.list_releases() if r.is_out}
    assert states.pop("rel_2") is ReleaseState.RECALLED
    assert set(states.values()) == {ReleaseState.PUBLISHED}
    for name in ("rcl_1", "rcl_2", "rcl_3"):
        with pytest.raises(InputError, match="no recall of whole releases"):
            book.lift(name, actor="ada")
    log = AuditLog(catalog, lambda: NOW)
    (entry,) = [e for e in log.entries() if e.action == "recall.lift"]
    assert (entry.actor, entry.detail["releases"]) == ("ada", ["rel_1", "rel_3"])
    assert log.verify().is_intact
    # What is recalled anew may be replaced.
    assert book.record(replace(RECALL, id="rcl_4", releases=(taken("rel_1", "rel_3"),)), actor="w")
