"""Why nothing moves, told for each queue: who would have to work, and which host holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.domain.repository import Repository, RightsBasis
from store.catalog import HostBook, JobQueue, JobSpec
from workers.context import Context, utc_now
from workers.reading.stillness import why_nothing_moves
from workers.settings import Settings


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(settings=Settings(home=tmp_path, broker_url="memory://"))


def add(context: Context, ago: timedelta, *jobs: tuple[str, str, str]) -> list[str]:
    """Add jobs, each a stage, a scope and a subject, as if some time ago; return their ids."""
    moment = utc_now() - ago

    def clock() -> datetime:
        return moment

    def specs(run_id: str) -> list[JobSpec]:
        return [
            JobSpec.of(run_id=run_id, stage=stage, scope=scope, subject=subject)
            for stage, scope, subject in jobs
        ]

    run_id = JobQueue(context.catalog, clock).start_run("sync", {}, specs)
    return [spec.id for spec in specs(run_id)]


def reasons(context: Context) -> str:
    return "\n".join(why_nothing_moves(context).reasons)


SIX_HOURS = timedelta(hours=6)
BUILDS = (("build", "", "releasable.1"), ("build", "", "releasable.2"))


def test_a_queue_without_a_worker_is_named_though_another_one_moves(context: Context) -> None:
    add(context, SIX_HOURS, *BUILDS)
    (scan,) = add(context, SIX_HOURS, ("detect", "repo", "d"))
    context.jobs.claim(scan, "scanner-1", 60)
    told = reasons(context)
    assert "2 jobs of the queue build-releasable wait for 6 hours and nobody works on it" in told
    assert "scanner-1" in told
    found = why_nothing_moves(context)
    assert {(s.stage, s.queue) for s in found.stages} == {
        ("build", "build-releasable"),
        ("detect", "scan"),
    }
    assert [lease.queue for lease in found.leases] == ["scan"]


@pytest.mark.parametrize(
    ("ago", "is_busy", "said"),
    [
        (timedelta(seconds=5), False, "for a worker since"),
        (timedelta(minutes=5), False, "no worker runs that serves it"),
        (timedelta(minutes=5), True, ""),
        (timedelta(minutes=30), True, "no worker serves it, or those that do are busy"),
    ],
)
def test_one_worker_of_all_queues_may_be_busy_for_a_while(
    context: Context, *, ago: timedelta, is_busy: bool, said: str
) -> None:
    add(context, ago, BUILDS[0])
    if is_busy:
        (other,) = add(context, ago, ("decide", "", "all"))
        context.jobs.claim(other, "worker-1", 60)
    told = reasons(context)
    assert said in told
    assert bool(told) == bool(said)


def test_the_tiers_of_builds_are_queues_of_their_own(context: Context) -> None:
    add(context, SIX_HOURS, BUILDS[0], ("build", "", "internal-only.1"))
    (inside,) = add(context, SIX_HOURS, ("build", "", "internal-only.2"))
    context.jobs.claim(inside, "builder-1", 60)
    told = reasons(context)
    assert "1 job of the queue build-releasable waits" in told
    assert "build-internal-only" not in told


def test_a_held_host_is_named_with_who_waits_for_it(context: Context) -> None:
    repository = Repository(
        id="repo_1",
        url="https://git.example.com/a/b",
        name="b",
        owner="core",
        rights_basis=RightsBasis.CONTRACT,
        license="MIT",
        release_consent=False,
        consent_until=None,
        evidence="",
    )
    context.catalog.save_repository(repository)
    book = HostBook(context.catalog, utc_now)
    book.pause("git.example.com", actor="ada", reason="It is being moved.")
    assert reasons(context) == ""
    job_ids = add(context, SIX_HOURS, ("mirror", repository.id, "m"), ("decide", "", "all"))
    for job_id in job_ids:
        taken = context.jobs.claim(job_id, "worker-1", 60)
        assert taken is not None
        context.jobs.fail(taken, "Not now.", timedelta(minutes=10))
    told = reasons(context)
    assert "git.example.com" in told
    assert "It is being moved." in told
    assert "1 visit of its repositories" in told
    assert "Jobs that wait for their time: 1;" in told
