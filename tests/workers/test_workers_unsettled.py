"""Nothing is handed out while something may have to be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from policies.decision import Lane
from policies.review import Move, ReviewState, Selector, Withdrawal, WithdrawalReason
from store.catalog import JobSpec, PolicyBook, ReviewBook, ReviewerBook, WithdrawalBook
from tests.strategies.reviews import waiver
from workers import unsettled
from workers.context import Context, utc_now
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
