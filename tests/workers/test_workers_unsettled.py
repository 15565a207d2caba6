"""Nothing is handed out while something may have to be taken back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from ingest.domain.repository import RightsBasis
from ingest.register.registry import RegistrationRequest
from policies.decision import Lane
from policies.review import Move, ReviewState, Selector, Withdrawal, WithdrawalReason
from store.catalog import JobSpec, PolicyBook, ReviewBook, ReviewerBook, WithdrawalBook
from tests.strategies.reviews import waiver
from workers import unsettled
from workers.context import Context, utc_now
from workers.reading.repositories import rights_version
from workers.registering import register, register_many
from workers.restating import Cause, Restatement, restate
from workers.settings import Settings
from workers.unsettled import NotSettled, Unsettled


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    made = Context(settings=Settings(home=tmp_path / "state"))
    yield made
    made.catalog.close()


def look(context: Context) -> None:
    """Have a run look at what is out."""
    context.jobs.start_run(
        "release",
        {},
        lambda run: [JobSpec.of(run_id=run, stage="recall", scope="", subject=run)],
    )
    job = context.jobs.claim_next("test", 60)
    assert job is not None
    context.jobs.complete(job)


def withdraw(context: Context) -> None:
    said = Withdrawal(
        id="wdr_" + "0" * 16,
        selector=Selector.LICENSE,
        value="GPL-3.0-only",
        reason=WithdrawalReason.RIGHTS_CLAIM,
        comment="a claim",
        withdrawn_by="ada",
        withdrawn_at=utc_now(),
    )
    WithdrawalBook(context.catalog, context.policy).withdraw(said)


def apply_policy(context: Context) -> None:
    book = PolicyBook(context.catalog, clock=utc_now)
    book.apply((context.policy.digest, "p", context.policy_text), plan="0" * 64, actor="ada")


def agree(context: Context) -> tuple[str, datetime]:
    """Agree to a waiver; return its id, and when it ends."""
    now = utc_now()
    end = now + timedelta(days=2)
    asked = replace(waiver("MINIFIED", "1"), state=ReviewState.PROPOSED, version=1)
    asked = replace(asked, requested_at=now, expires_at=end)
    ReviewerBook(context.catalog, utc_now).add("bob", Lane.LEGAL, actor="root")
    book = ReviewBook(context.catalog, context.policy)
    book.propose(asked)
    book.approve(asked.id, Move(actor="bob", at=now, comment="so", seen=1))
    return asked.id, end


def test_where_nothing_was_ever_run_nothing_waits(context: Context) -> None:
    withdraw(context)
    Unsettled(context).check()


@pytest.mark.parametrize("say", [withdraw, apply_policy])
def test_what_somebody_says_counts_at_once_and_until_releases_were_looked_at(
    context: Context, say: Callable[[Context], None]
) -> None:
    look(context)
    settled = Unsettled(context)
    settled.check()
    say(context)
    with pytest.raises(NotSettled, match="nothing is handed out"):
        settled.check()
    with pytest.raises(NotSettled):
        Unsettled(context).check()
    look(context)
    settled.check()


def test_a_waiver_takes_nothing_away_until_it_ends_or_is_taken_back(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(context)
    review, end = agree(context)
    Unsettled(context).check()
    monkeypatch.setattr(unsettled, "utc_now", lambda: end)
    assert Unsettled(context).since() == end
    monkeypatch.undo()
    book = ReviewBook(context.catalog, context.policy)
    book.withdraw(review, Move(actor="bob", at=utc_now(), comment="no more", seen=2))
    with pytest.raises(NotSettled):
        Unsettled(context).check()


def attested(consent: date | None, **given: object) -> RegistrationRequest:
    values = {
        "url": "https://git.example/one.git",
        "owner": "core",
        "rights": RightsBasis.OWNER_ATTESTED,
        "license": "Apache-2.0",
        "evidence": "E-1",
        "release_consent": consent is not None,
        "consent_until": consent,
    }
    return RegistrationRequest.model_validate(values | given)


@pytest.mark.parametrize(
    ("days", "given", "is_taking"),
    [
        (90, {}, False),
        (90, {"owner": "late"}, False),
        (None, {}, True),
        (90, {"license": "MIT"}, True),
    ],
)
def test_rights_that_are_stated_anew_count_where_they_may_take_something_away(
    context: Context, days: int | None, given: dict[str, str], *, is_taking: bool
) -> None:
    look(context)
    before = register(context, attested(context.today() + timedelta(days=9)), actor="ada")
    Unsettled(context).check()
    until = None if days is None else context.today() + timedelta(days=days)
    anew = Restatement(
        request=attested(until, **given), cause=Cause.OTHER, seen=rights_version(before)
    )
    assert restate(context, before.id, anew, actor="ada")
    assert (Unsettled(context).since() is not None) is is_taking


def test_a_repository_that_is_registered_once_more_and_a_file_that_is_written_count(
    context: Context,
) -> None:
    look(context)
    request = attested(context.today() + timedelta(days=9))
    register(context, request, actor="ada")
    context.company_file.write_text("domains: [acme.example]\n")
    assert Unsettled(context).since() is not None
    # What was written a tick of the kernel's clock before a look may have come after it.
    time.sleep(0.02)
    look(context)
    Unsettled(context).check()
    changed = request.model_copy(update={"license": "MIT"})
    register_many(context, [changed], actor="ada")
    assert Unsettled(context).since() is not None
