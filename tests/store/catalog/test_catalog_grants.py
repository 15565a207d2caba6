"""Grants and pulls: nobody grants to themselves, nothing is handed over without a grant."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from ingest.errors import InputError, ReleaseRefused
from policies.decision import Tier
from release.domain.grant import Grant, PullRefused, Purpose, Wish
from release.domain.receipt import Receipt
from store.catalog import AuditLog, Catalog, GrantBook, PullBook, ReleaseBook
from store.catalog.tables_pull import PullRow
from tests.strategies.grants import DAY, NOW, receipt, release_id_of, sha
from tests.support.clock import Clock

WISH = Wish(consumer="trainers", tier=Tier.RELEASABLE, purpose=Purpose.PUBLIC_MODEL)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def book(catalog: Catalog, clock: Clock) -> GrantBook:
    return GrantBook(catalog, clock)


@pytest.fixture
def pulls(catalog: Catalog, clock: Clock) -> PullBook:
    """The book of an installation with two published releases and one that is being built."""
    releases = ReleaseBook(catalog, clock)
    for number in (1, 2, 3):
        releases.begin_release(release_id_of(number), Tier.RELEASABLE, {})
    for number in (1, 2):
        name = release_id_of(number)
        releases.publish(name, sha(name), name, {})
    return PullBook(catalog, clock)


def given(book: GrantBook, wish: Wish = WISH, until: datetime = NOW + DAY) -> Grant:
    made = book.draft(wish, until, by="ada", comment="for the spring model")
    book.add(made)
    return made


def audited(catalog: Catalog) -> list[tuple[str, str, str]]:
    log = AuditLog(catalog, clock=lambda: NOW)
    assert log.verify().is_intact
    told = [(e.actor, e.action, e.subject) for e in log.entries()]
    return [entry for entry in told if entry[1] != "publish"]


def test_a_grant_is_kept_as_it_was_given(book: GrantBook, catalog: Catalog) -> None:
    made = given(book)
    book.add(made)
    assert book.find(made.id) == made
    assert book.list_all() == book.list_all("trainers") == [made]
    assert book.list_all("somebody") == []
    assert audited(catalog) == [("ada", "grant.add", made.id)]


def test_a_draft_is_not_written(book: GrantBook) -> None:
    book.draft(WISH, NOW + DAY, by="ada")
    assert book.list_all() == []


@pytest.mark.parametrize(
    ("wish", "until", "by"),
    [
        (WISH, NOW + DAY, "trainers"),
        (WISH, NOW, "ada"),
        (WISH, NOW + DAY, "Ada L."),
        (
            Wish(consumer="t", tier=Tier.INTERNAL_ONLY, purpose=Purpose.PUBLIC_MODEL),
            NOW + DAY,
            "ada",
        ),
    ],
    ids=["to oneself", "over at once", "no name", "internal-only for a public model"],
)
def test_what_cannot_be_granted_is_refused(
    book: GrantBook, wish: Wish, until: datetime, by: str
) -> None:
    with pytest.raises(InputError, match="cannot be granted"):
        book.draft(wish, until, by=by)


@pytest.mark.parametrize(
    "change",
    [
        "expires_at = NULL",
        "consumer = granted_by",
        "tier = 'internal-only'",
        "purpose = 'fun'",
    ],
)
def test_the_database_itself_refuses_a_grant_that_must_not_be(
    book: GrantBook, catalog: Catalog, change: str
) -> None:
    given(book)
    with pytest.raises(IntegrityError):
        catalog.database.write(lambda s: s.execute(text(f"UPDATE grants SET {change}")))


def test_a_grant_is_revoked_once_by_anybody_and_for_good(
    book: GrantBook, catalog: Catalog, clock: Clock
) -> None:
    made = given(book)
    clock.now += timedelta(hours=1)
    revoked = book.revoke(made.id, by="eve")
    assert (revoked.revoked_by, revoked.revoked_at) == ("eve", clock.now)
    clock.now += timedelta(hours=1)
    assert book.revoke(made.id, by="bob") == revoked == book.find(made.id)
    assert audited(catalog)[1:] == [("eve", "grant.revoke", made.id)]
    for grant_id, by in (("grt_none", "eve"), (made.id, "")):
        with pytest.raises(InputError):
            book.revoke(grant_id, by=by)


def written(pulls: PullBook, made: Receipt) -> bytes:
    envelope = made.to_json()
    pulls.record(made, envelope, "local")
    return envelope


def test_a_pull_is_kept_with_its_receipt_and_pulling_again_changes_nothing(
    book: GrantBook, pulls: PullBook, catalog: Catalog, clock: Clock
) -> None:
    made = given(book)
    first = receipt(1, grant_id=made.id)
    envelope = written(pulls, first)
    clock.now += timedelta(hours=1)
    written(pulls, receipt(1, grant_id=made.id, at="2030-01-01T13:00:00Z"))
    (found,) = pulls.list_all(run_id="run-7")
    assert (found.release_id, found.purpose, found.grant_id) == (
        release_id_of(1),
        Purpose.PUBLIC_MODEL,
        made.id,
    )
    assert found.at == NOW
    assert pulls.receipts("run-7") == {found.receipt_digest: envelope}
    assert audited(catalog)[1:] == [("trainers", "pull", release_id_of(1))]


def test_pulls_are_listed_by_release_run_and_consumer(book: GrantBook, pulls: PullBook) -> None:
    made = given(book)
    for number, run in ((1, "a"), (2, "a"), (1, "b")):
        written(pulls, receipt(number, grant_id=made.id, run_id=run))

    def listed(**by: str) -> list[tuple[str, str]]:
        return [(p.release_id[-1], p.run_id) for p in pulls.list_all(**by)]

    assert listed() == [("1", "a"), ("2", "a"), ("1", "b")]
    assert listed(release_id=release_id_of(1)) == [("1", "a"), ("1", "b")]
    assert listed(run_id="a") == [("1", "a"), ("2", "a")]
    assert listed(consumer="trainers") == listed()
    assert listed(consumer="somebody") == []
    assert len(pulls.receipts("a")) == 2


def test_a_pull_without_a_grant_that_counts_now_is_not_written(
    book: GrantBook, pulls: PullBook, clock: Clock
) -> None:
    revoked, expired = given(book), given(book, until=NOW + timedelta(seconds=1))
    book.revoke(revoked.id, by="eve")
    other = given(book, Wish(consumer="trainers", tier=WISH.tier, purpose=Purpose.EVALUATION))
    clock.now += timedelta(seconds=1)
    for grant_id in (revoked.id, expired.id, other.id, "grt_none"):
        with pytest.raises(PullRefused):
            written(pulls, receipt(1, grant_id=grant_id))
    assert pulls.list_all() == []
    assert pulls.find_run("run-7") is None


def test_only_what_is_published_is_pulled(book: GrantBook, pulls: PullBook) -> None:
    made = given(book)
    for number in (3, 4):
        with pytest.raises(ReleaseRefused, match="not published"):
            written(pulls, receipt(number, grant_id=made.id))
    with pytest.raises(ReleaseRefused, match="not the release"):
        written(pulls, receipt(1, grant_id=made.id, manifest_digest=sha("forged")))


def test_a_run_has_one_consumer_and_one_purpose(book: GrantBook, pulls: PullBook) -> None:
    written(pulls, receipt(1, grant_id=given(book).id))
    for change in ({"consumer": "others"}, {"purpose": Purpose.EVALUATION}):
        wish = Wish(
            **({"consumer": "trainers", "tier": WISH.tier, "purpose": WISH.purpose} | change)  # type: ignore[arg-type]
        )
        made = given(book, wish)
        with pytest.raises(PullRefused, match="run-7"):
            pulls.check_run("run-7", wish)
        with pytest.raises(PullRefused, match="run-7"):
            written(pulls, receipt(2, grant_id=made.id, **change))
    pulls.check_run("run-7", WISH)
    pulls.check_run("run-8", WISH)
    run = pulls.find_run("run-7")
    assert run is not None
    assert (run.consumer, run.purpose, run.created_at) == ("trainers", WISH.purpose, NOW)


def test_pulls_of_one_run_at_once_do_not_disturb_one_another(
    book: GrantBook, pulls: PullBook
) -> None:
    grants = {number: given(book) for number in (1, 2)}
    start = Barrier(2)

    def pull_one(number: int) -> None:
        start.wait()
        written(pulls, receipt(number, grant_id=grants[number].id))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(pull_one, grants))
    assert {pull.release_id for pull in pulls.list_all(run_id="run-7")} == {
        release_id_of(1),
        release_id_of(2),
    }


def test_a_pull_of_before_there_were_grants_is_still_listed(
    pulls: PullBook, catalog: Catalog
) -> None:
    old = {"release_id": release_id_of(1), "tier": "releasable", "at": NOW}
    old |= {"destination": "local", "consumer": "cli"}
    catalog.database.write(lambda s: s.execute(insert(PullRow).values(**old)))
    (found,) = pulls.list_all()
    assert (found.purpose, found.grant_id, found.run_id) == (None, "", "")
