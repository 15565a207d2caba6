"""What is due is started once, whoever looks; webhooks are taken once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.domain.repository import GitCommand, Repository, RightsBasis, Visit, VisitStatus
from store.catalog import (
    Catalog,
    JobQueue,
    PollBook,
    PollRecord,
    RepositoryState,
    count_waiting,
    list_commands,
    wake_visits,
)
from store.catalog.polls import ASKED_GAP, KEPT_DELIVERIES
from store.catalog.visit_commands import KEPT_VISITS
from tests.support.clock import Clock

START = datetime(2030, 5, 1, 12, tzinfo=UTC)
LONGEST = timedelta(hours=8)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def book(catalog: Catalog, clock: Clock) -> PollBook:
    return PollBook(catalog, clock)


def register(catalog: Catalog, number: int, url: str = "") -> str:
    repository = Repository(
        id=f"repo_{number:020x}",
        url=url or f"https://h.example/team/app{number}",
        name=f"app{number}",
        owner="team",
        rights_basis=RightsBasis.OWNER_ATTESTED,
        license="MIT",
        release_consent=False,
        consent_until=None,
        evidence="",
    )
    catalog.save_repository(repository)
    return repository.id


def poll_at(book: PollBook, repository_id: str, moment: datetime) -> None:
    record = PollRecord(repository_id=repository_id, next_at=moment)
    book.after_visit(repository_id, lambda _: record)


def start(book: PollBook, *held: str, with_polls: bool = True, limit: int = 10) -> list[str]:
    return book.start_due(held, with_polls=with_polls, limit=limit, longest=LONGEST)


def scopes(catalog: Catalog, clock: Clock, job_ids: list[str]) -> set[str]:
    queue = JobQueue(catalog, clock)
    return {job.scope for i in job_ids if (job := queue.find(i))}


def test_what_is_due_is_started_once_and_as_one_run(
    book: PollBook, catalog: Catalog, clock: Clock
) -> None:
    due, later, never = (register(catalog, n) for n in range(3))
    poll_at(book, due, START)
    poll_at(book, later, START + timedelta(minutes=1))
    assert start(book, with_polls=False) == []
    jobs = start(book)
    assert scopes(catalog, clock, jobs) == {due}
    assert start(book) == []
    clock.now += timedelta(minutes=1)
    assert scopes(catalog, clock, start(book)) == {later}
    assert [run.kind for run in catalog.list_runs()] == ["sync", "sync"]
    record = book.find(due)
    assert record is not None
    assert record.next_at == START + LONGEST
    assert book.find(never) is None


def test_one_that_is_under_way_or_out_of_the_corpus_or_held_is_left_out(
    book: PollBook, catalog: Catalog, clock: Clock
) -> None:
    ids = [register(catalog, n) for n in range(2)]
    ids.append(register(catalog, 2, "ssh://git@other.example:2222/a/b"))
    for repository_id in ids:
        poll_at(book, repository_id, START)
    catalog.set_state(ids[0], RepositoryState.QUARANTINED, "x")
    assert start(book, "h.example", "other.example") == []
    assert scopes(catalog, clock, start(book, "other.example")) == {ids[1]}
    assert scopes(catalog, clock, start(book, "other.test", "h.test")) == {ids[2]}


def test_a_push_is_answered_by_one_visit_that_begins_after_it(
    book: PollBook, catalog: Catalog, clock: Clock
) -> None:
    pushed = register(catalog, 1)
    queue = JobQueue(catalog, clock)
    assert book.tell("github", "d1", [pushed])
    assert book.tell("github", "d2", [pushed])
    first = start(book, with_polls=False)
    assert scopes(catalog, clock, first) == {pushed}
    # it waits: the next push is answered by it
    assert book.tell("github", "d3", [pushed])
    clock.now += ASKED_GAP
    assert start(book, with_polls=False) == []
    claimed = queue.claim(first[0], "w", 60)
    assert claimed is not None
    assert start(book, with_polls=False) == []
    # it runs, and may have asked the host before this push: another one follows
    assert book.tell("github", "d4", [pushed])
    assert len(start(book, with_polls=False)) == 1


def test_pushes_close_together_are_answered_together(
    book: PollBook, catalog: Catalog, clock: Clock
) -> None:
    pushed = register(catalog, 1)
    queue = JobQueue(catalog, clock)
    book.tell("github", "d1", [pushed])
    claimed = queue.claim(start(book, with_polls=False)[0], "w", 60)
    assert claimed is not None
    book.tell("github", "d2", [pushed])
    assert start(book, with_polls=False) == []
    clock.now += ASKED_GAP
    assert len(start(book, with_polls=False)) == 1


def test_a_delivery_counts_once_until_nobody_could_send_it_again(
    book: PollBook, catalog: Catalog, clock: Clock
) -> None:
    pushed = register(catalog, 1)
    assert book.tell("github", "d1", [pushed, "repo_" + "f" * 20])
    assert not book.tell("github", "d1", [pushed])
    assert book.tell("gitea", "d1", [pushed])
    clock.now += KEPT_DELIVERIES + timedelta(seconds=1)
    assert book.tell("github", "d1", [pushed])
    assert book.find("repo_" + "f" * 20) is None


def test_what_a_visit_says_leaves_a_webhook_that_came_meanwhile(
    book: PollBook, catalog: Catalog
) -> None:
    pushed = register(catalog, 1)
    poll_at(book, pushed, START + LONGEST)
    book.tell("github", "d1", [pushed])
    book.after_visit(pushed, lambda seen: replace(seen, failures=1) if seen else seen)  # type: ignore[arg-type,return-value]
    assert len(start(book, with_polls=False)) == 1


def test_waiting_visits_of_a_host_are_counted_and_woken(
    book: PollBook, catalog: Catalog, clock: Clock
) -> None:
    mine, other = register(catalog, 1), register(catalog, 2, "https://o.example/a")
    for repository_id in (mine, other):
        poll_at(book, repository_id, START)
    queue = JobQueue(catalog, clock)
    for job_id in start(book):
        claimed = queue.claim(job_id, "w", 60)
        assert claimed is not None
        assert queue.release(claimed, "paused", timedelta(hours=1))
    assert queue.ready_ids(9) == []
    assert count_waiting(catalog, "h.example") == 1
    assert wake_visits(catalog, "h.example") == 1
    (woken,) = queue.ready_ids(9)
    job = queue.find(woken)
    assert job is not None
    assert (job.scope, job.attempt, job.reason) == (mine, 0, "paused")


def test_the_commands_of_the_last_visits_are_kept(catalog: Catalog) -> None:
    repository_id = register(catalog, 1)
    command = GitCommand(
        argv=("fetch", "a b"), returncode=None, milliseconds=12, message="fatal: x\ny"
    )
    visits = []
    for number in range(KEPT_VISITS + 1):
        moment = START + timedelta(minutes=number)
        visit = Visit(
            repository_id=repository_id,
            started_at=moment,
            finished_at=moment,
            status=VisitStatus.FAILED,
            cause="c",
            head_commit="",
            branch="",
            refs_digest="",
            ref_count=0,
            problem="throttled",
            commands=(command, command),
        )
        visits.append(catalog.add_visit(visit))
        catalog.add_visit(visit)
    assert list_commands(catalog.database, visits[-1]) == [command, command]
    assert list_commands(catalog.database, visits[0]) == []
    found = catalog.find_visit(visits[-1])
    assert found is not None
    assert found.visit.problem == "throttled"
