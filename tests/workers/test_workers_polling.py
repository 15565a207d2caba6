"""When a repository is looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.repository import RightsBasis, Visit, VisitStatus
from ingest.register.registry import RegistrationRequest, register
from store.catalog import HostBook, PollBook, PollRecord
from workers.context import Context, utc_now
from workers.polling import POLL_EVERY, Poller, PollRules, jitter, next_poll, note_visit
from workers.settings import Settings

NOW = datetime(2030, 5, 1, 12, tzinfo=UTC)
RULES = PollRules(
    shortest=timedelta(minutes=5), longest=timedelta(hours=8), covered=timedelta(hours=12)
)
REPO = "repo_" + "0" * 20


def visit(
    refs: str = "a", at: datetime = NOW, status: VisitStatus = VisitStatus.FULL, repo: str = REPO
) -> Visit:
    return Visit(
        repository_id=repo,
        started_at=at - timedelta(seconds=1),
        finished_at=at,
        status=status,
        cause="",
        head_commit="",
        branch="",
        refs_digest=refs,
        ref_count=1,
    )


def wait_of(record: PollRecord, now: datetime = NOW) -> timedelta:
    return (record.next_at - now) / jitter(record.repository_id)


def close(left: timedelta, right: timedelta) -> bool:
    return abs(left - right) < timedelta(seconds=1)


def test_what_changed_is_looked_at_soon_and_what_is_quiet_after_half_of_its_quiet() -> None:
    record = next_poll(None, visit(), None, RULES)
    assert close(wait_of(record), RULES.shortest)
    later = NOW + timedelta(hours=6)
    quiet = next_poll(record, visit(at=later), visit(), RULES)
    assert close(wait_of(quiet, later), timedelta(hours=3))
    changed = next_poll(quiet, visit("b", at=later), visit(), RULES)
    assert close(wait_of(changed, later), RULES.shortest)
    much_later = NOW + timedelta(days=9)
    idle = next_poll(quiet, visit(at=much_later), visit(), RULES)
    assert close(wait_of(idle, much_later), RULES.longest)


def test_failures_wait_twice_as_long_each_time_and_a_good_visit_ends_that() -> None:
    record, waits = next_poll(None, visit(), None, RULES), []
    for _ in range(12):
        record = next_poll(record, visit(status=VisitStatus.FAILED), visit(), RULES)
        waits.append(wait_of(record))
    assert close(waits[0], 2 * RULES.shortest)
    assert close(waits[1], 4 * RULES.shortest)
    assert close(waits[-1], RULES.longest)
    assert record.failures == 12
    assert next_poll(record, visit(), visit(), RULES).failures == 0


def test_where_webhooks_tell_a_poll_only_makes_sure_until_it_finds_what_none_told() -> None:
    told = PollRecord(repository_id=REPO, next_at=NOW, hook_at=NOW - timedelta(hours=1))
    earlier = visit(at=NOW - timedelta(hours=2))
    sure = next_poll(told, visit("b"), earlier, RULES)
    assert close(wait_of(sure), RULES.covered)
    later = NOW + timedelta(hours=12)
    unchanged = next_poll(sure, visit("b", at=later), visit("b"), RULES)
    assert unchanged.hook_at is not None
    missed = next_poll(unchanged, visit("c", at=later), visit("b"), RULES)
    assert missed.hook_at is None
    assert close(wait_of(missed, later), RULES.shortest)


@given(
    st.integers(0, 10**7),
    st.integers(0, 5000),
    st.sampled_from(VisitStatus),
    st.text("0123456789abcdef", min_size=20, max_size=20),
)
def test_a_wait_stays_in_its_bounds_and_is_the_same_each_time(
    quiet: int, failures: int, status: VisitStatus, digits: str
) -> None:
    repo = "repo_" + digits
    before = PollRecord(
        repository_id=repo,
        next_at=NOW,
        changed_at=NOW - timedelta(seconds=quiet),
        failures=failures,
    )
    seen = visit(status=status, repo=repo)
    record = next_poll(before, seen, seen, RULES)
    assert RULES.shortest * 0.9 <= record.next_at - NOW <= RULES.longest * 1.1
    assert record == next_poll(before, seen, seen, RULES)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    made = Context(settings=Settings(home=tmp_path / "state"))
    yield made
    made.catalog.close()


def test_the_reconciler_starts_what_is_due_now_and_then_and_what_was_told_at_once(
    context: Context,
) -> None:
    request = RegistrationRequest(
        url="https://h.example/a", owner="o", rights=RightsBasis.CONTRACT, license="MIT"
    )
    repository = register(request, context.catalog, today=context.today(), allow_local=False)
    moment = [utc_now()]
    poller = Poller(context, lambda: moment[0])
    assert poller.start_due() == []
    note_visit(context, visit(repo=repository.id, at=moment[0] - timedelta(hours=1)), None)
    assert poller.start_due() == []  # asked a moment ago
    moment[0] += POLL_EVERY
    hosts = HostBook(context.catalog, lambda: moment[0])
    hosts.pause("h.example", actor="ann", reason="so")
    assert poller.start_due() == []
    hosts.resume("h.example", actor="ann")
    moment[0] += POLL_EVERY
    (job_id,) = poller.start_due()
    job = context.jobs.claim(job_id, "w", 60)
    assert job is not None
    assert job.scope == repository.id
    context.jobs.complete(job)
    PollBook(context.catalog, lambda: moment[0]).tell("github", "d", [repository.id])
    moment[0] += timedelta(seconds=30)
    assert len(poller.start_due()) == 1


def test_polls_can_be_switched_off_and_webhooks_still_count(tmp_path: Path) -> None:
    context = Context(settings=Settings(home=tmp_path / "off", poll=False))
    request = RegistrationRequest(
        url="https://h.example/a", owner="o", rights=RightsBasis.CONTRACT, license="MIT"
    )
    repository = register(request, context.catalog, today=context.today(), allow_local=False)
    note_visit(context, visit(repo=repository.id, at=utc_now() - timedelta(days=1)), None)
    poller = Poller(context)
    assert poller.start_due() == []
    PollBook(context.catalog, utc_now).tell("github", "d", [repository.id])
    assert len(poller.start_due()) == 1
    context.catalog.close()
