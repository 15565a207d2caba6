"""What only time changes is seen once, by whoever looks first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.domain.repository import RightsBasis
from ingest.register.registry import RegistrationRequest, register
from policies.decision import Lane, Tier
from policies.document import default_policy_text
from policies.review import Move, ReviewState
from store.catalog import JobSpec, ReleaseBook, ReviewBook, ReviewerBook
from tests.strategies.reviews import waiver
from tests.support.gitrepo import build_repository
from workers import clock
from workers.clock import BACK_OFF, Clockwork
from workers.context import Context, utc_now
from workers.settings import Settings


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    made = Context(settings=Settings(home=tmp_path / "state"))
    yield made
    made.catalog.close()


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "utc_now", lambda: moment)


def agree(context: Context) -> datetime:
    """Agree to a review; return when it ends."""
    now = utc_now()
    end = now + timedelta(days=2)
    asked = replace(waiver("MINIFIED", "1"), state=ReviewState.PROPOSED, version=1)
    asked = replace(asked, requested_at=now, expires_at=end)
    ReviewerBook(context.catalog, utc_now).add("bob", Lane.LEGAL, actor="root")
    book = ReviewBook(context.catalog, context.policy)
    book.propose(asked)
    book.approve(asked.id, Move(actor="bob", at=now, comment="so", seen=1))
    return end


def test_a_review_that_ends_asks_for_a_decision_once(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = agree(context)
    watch = Clockwork(context)
    assert not watch.is_due()
    context.catalog.add_run("sync", {})
    assert not watch.is_due()
    at(monkeypatch, end)
    assert watch.is_due()
    monkeypatch.setattr(context.catalog, "_clock", lambda: end)
    context.catalog.add_run("release", {})
    assert not watch.is_due()
    assert not Clockwork(context).is_due()


def test_only_a_run_that_took_back_is_an_answer_and_others_are_followed_after_a_while(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    end, watch = agree(context), Clockwork(context)
    context.catalog.add_run("sync", {})

    def run(moment: datetime, *, is_done: bool) -> None:
        monkeypatch.setattr(context.jobs, "_clock", lambda: moment)
        run_id = context.jobs.start_run(
            "release",
            {},
            lambda run: [JobSpec.of(run_id=run, stage="recall", scope="", subject="all")],
        )
        job = context.jobs.claim_next("test", 60)
        assert job is not None
        if is_done:
            context.jobs.complete(job)
        else:
            context.jobs.fail(job, "damaged", None)
        context.jobs.finish_run(run_id)

    def is_due(after: timedelta) -> bool:
        at(monkeypatch, end + after)
        return watch.is_due()

    second = timedelta(seconds=1)
    run(end, is_done=False)
    assert [is_due(BACK_OFF - second), is_due(BACK_OFF)] == [False, True]
    run(end + BACK_OFF, is_done=False)
    run(end + 2 * BACK_OFF, is_done=False)
    assert [is_due(4 * BACK_OFF - second), is_due(4 * BACK_OFF)] == [False, True]
    # One that fetches first says nothing before it has taken back.
    monkeypatch.setattr(context.catalog, "_clock", lambda: end + 3 * BACK_OFF)
    context.catalog.add_run("sync", {})
    assert is_due(4 * BACK_OFF)
    run(end + 4 * BACK_OFF, is_done=True)
    assert not is_due(100 * BACK_OFF)


def test_a_consent_ends_with_its_last_day(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = context.today() + timedelta(days=3)
    request = RegistrationRequest(
        url=str(build_repository(tmp_path / "r.git").path),
        owner="team",
        rights=RightsBasis.OWNER_ATTESTED,
        license="LicenseRef-Company",
        release_consent=True,
        consent_until=last,
        evidence="ticket",
    )
    register(request, context.catalog, today=context.today(), allow_local=True)
    context.catalog.add_run("sync", {})
    for days, is_due in ((2, False), (3, False), (4, True)):
        at(monkeypatch, utc_now().replace(hour=12) + timedelta(days=days))
        assert Clockwork(context).is_due() is is_due


def put_out(context: Context) -> None:
    """Have a release in the catalog that people may use."""
    book, name = ReleaseBook(context.catalog, utc_now), "rel_" + "0" * 20
    book.begin_release(name, Tier.RELEASABLE, {})
    book.publish(name, "0" * 64, name, {})


@pytest.mark.parametrize("name", ["policy.yaml", "terms.csv"])
def test_a_file_that_was_edited_asks_for_a_decision_once_if_something_is_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    files = {"policy_file": tmp_path / "policy.yaml", "known_content_file": tmp_path / "known.txt"}
    (tmp_path / "policy.yaml").write_text(default_policy_text())
    context = Context(
        settings=Settings(home=tmp_path, company_file=tmp_path / "company.yaml", **files)
    )
    context.catalog.add_run("sync", {})
    watch = Clockwork(context)
    (tmp_path / name).touch()
    # An archive, or a copy that keeps times, brings an old one along.
    os.utime(tmp_path / name, (0, 0))
    assert not watch.is_due()
    put_out(context)
    assert watch.is_due()
    assert Clockwork(context).is_due()
    decided = utc_now()
    monkeypatch.setattr(context.jobs, "_clock", lambda: decided)
    job = JobSpec.of(run_id="", stage="recall", scope="", subject="all")
    context.jobs.start_run("release", {}, lambda run: [replace(job, run_id=run)])
    assert not watch.is_due()
    claimed = context.jobs.claim_next("test", 60)
    assert claimed is not None
    context.jobs.complete(claimed)
    assert not watch.is_due()
    other = tmp_path / "other"
    other.symlink_to(tmp_path / name)
    other.rename(tmp_path / name)
    assert watch.is_due()
    context.catalog.close()


def test_feeds_are_looked_at_now_and_then_and_a_damaged_one_stops_nothing(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def publish(_: Context, tier: str) -> None:
        seen.append(tier)
        raise ValueError

    monkeypatch.setattr(clock, "publish_recalls", publish)
    watch = Clockwork(context)
    watch.renew_feeds()
    watch.renew_feeds()
    assert seen == ["internal-only", "releasable"]
    at(monkeypatch, utc_now() + clock.RENEWAL)
    watch.renew_feeds()
    assert len(seen) == 4
