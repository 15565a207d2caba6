"""The job queue: claims, fences, endings, caps; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from store.catalog import (
    Barrier,
    Catalog,
    ClaimedJob,
    JobQueue,
    JobSpec,
    JobState,
    LeaseLost,
    RunState,
)
from store.catalog.jobs import MAX_ATTEMPTS, MAX_DEATHS
from tests.support.clock import Clock

SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2030, 1, 1, tzinfo=UTC))


@pytest.fixture
def queue(catalog: Catalog, clock: Clock) -> Iterator[JobQueue]:
    return JobQueue(catalog, clock)


@pytest.fixture
def run_id(catalog: Catalog) -> str:
    return catalog.add_run("sync", {})


def spec(run_id: str, subject: str = "s", stage: str = "leaf", scope: str = "repo_1") -> JobSpec:
    return JobSpec.of(run_id=run_id, stage=stage, scope=scope, subject=subject)


def claimed(queue: JobQueue, owner: str = "me") -> ClaimedJob:
    job = queue.claim_next(owner, 10)
    assert job is not None
    return job


def nobody_is_dead(_: str) -> bool:
    return False


def state_of(queue: JobQueue, job_id: str) -> JobState:
    job = queue.find(job_id)
    assert job is not None
    return job.state


def test_a_key_is_added_once_however_often_it_is_delivered(queue: JobQueue, run_id: str) -> None:
    one, two = spec(run_id, "1"), spec(run_id, "2")
    assert queue.add([one, one]) == [one.id]
    assert queue.add([two, one]) == [two.id]
    assert queue.add([one, two]) == []
    assert queue.unfinished(run_id) == 2


def test_many_jobs_are_added_at_once(queue: JobQueue, run_id: str) -> None:
    specs = [spec(run_id, str(n)) for n in range(1201)]
    assert queue.add(specs) == [s.id for s in specs]


def test_a_job_needs_its_run(queue: JobQueue) -> None:
    with pytest.raises(IntegrityError):
        queue.add([spec("run_0")])


def test_a_job_is_claimed_by_one_worker(queue: JobQueue, run_id: str, clock: Clock) -> None:
    [job_id] = queue.add([spec(run_id)])
    job = queue.claim(job_id, "me", 10)
    assert job is not None
    assert (job.attempt, job.fence, job.lease_owner) == (1, 1, "me")
    assert job.lease_until == clock.now + 10 * SECOND
    assert queue.claim(job_id, "you", 10) is None
    assert queue.claim_next("you", 10) is None
    assert queue.claim("job_0", "you", 10) is None
    assert queue.ready_ids(10) == []


def test_the_oldest_job_is_claimed_first(queue: JobQueue, run_id: str, clock: Clock) -> None:
    order = []
    for subject in "abc":
        order += queue.add([spec(run_id, subject)])
        clock.now += SECOND
    assert queue.ready_ids(2) == order[:2]
    assert [claimed(queue).id for _ in order] == order


def test_completing_adds_what_follows_and_is_harmless_when_repeated(
    queue: JobQueue, run_id: str
) -> None:
    queue.add([spec(run_id)])
    job, follow = claimed(queue), spec(run_id, "next")
    ran: list[bool] = []
    assert queue.complete(job, [follow], lambda _: ran.append(True)) == [follow.id]
    assert queue.complete(job, [follow], lambda _: ran.append(True)) == []
    assert ran == [True]
    assert state_of(queue, job.id) is JobState.DONE
    assert state_of(queue, follow.id) is JobState.READY


def test_what_breaks_while_completing_leaves_the_job_running(queue: JobQueue, run_id: str) -> None:
    queue.add([spec(run_id)])
    job, follow = claimed(queue), spec(run_id, "next")

    def explode(_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        queue.complete(job, [follow], explode)
    assert state_of(queue, job.id) is JobState.RUNNING
    assert queue.find(follow.id) is None


def test_a_zombie_changes_nothing(queue: JobQueue, run_id: str, clock: Clock) -> None:
    [job_id] = queue.add([spec(run_id)])
    zombie = claimed(queue, "zombie")
    clock.now += 11 * SECOND
    assert queue.reap(clock.now, nobody_is_dead) == [job_id]
    heir = claimed(queue, "heir")
    assert heir.fence == zombie.fence + 1
    assert not queue.heartbeat(zombie, 10, 1, 2)
    assert not queue.fail(zombie, "late", None)
    assert not queue.release(zombie)
    with pytest.raises(LeaseLost):
        queue.complete(zombie, [spec(run_id, "next")])
    assert state_of(queue, job_id) is JobState.RUNNING
    queue.complete(heir)
    with pytest.raises(LeaseLost):
        queue.complete(zombie)
    assert queue.unfinished(run_id) == 0


def test_a_heartbeat_keeps_the_lease_and_notes_the_progress(
    queue: JobQueue, run_id: str, clock: Clock
) -> None:
    queue.add([spec(run_id)])
    job = claimed(queue)
    clock.now += 9 * SECOND
    assert queue.heartbeat(job, 10, 3, 8)
    clock.now += 9 * SECOND
    assert queue.reap(clock.now, nobody_is_dead) == []
    [count] = queue.counts(run_id)
    assert (count.stage, count.state, count.count) == ("leaf", JobState.RUNNING, 1)
    assert (count.progress_done, count.progress_total) == (3, 8)


def test_a_failed_job_waits_for_its_time(queue: JobQueue, run_id: str, clock: Clock) -> None:
    [job_id] = queue.add([spec(run_id)])
    assert queue.fail(claimed(queue), "host away", 30 * SECOND)
    assert queue.claim_next("me", 10) is None
    assert queue.claim(job_id, "me", 10) is None
    clock.now += 30 * SECOND
    assert claimed(queue).attempt == 2


def test_a_job_without_retry_is_parked_with_its_reason(queue: JobQueue, run_id: str) -> None:
    queue.add([spec(run_id)])
    queue.fail(claimed(queue), "not found", None)
    [job] = queue.parked(run_id)
    assert (job.state, job.reason) == (JobState.PARKED, "not found")
    assert queue.parked() == [job]
    assert queue.parked("run_0") == []


def test_retries_are_capped(queue: JobQueue, run_id: str, clock: Clock) -> None:
    queue.add([spec(run_id)])
    for _ in range(MAX_ATTEMPTS):
        assert queue.parked() == []
        queue.fail(claimed(queue), "host away", SECOND)
        clock.now += SECOND
    [job] = queue.parked()
    assert job.reason == "gave up after 5 attempts: host away"


def test_leases_that_run_out_are_capped_too(queue: JobQueue, run_id: str, clock: Clock) -> None:
    queue.add([spec(run_id)])
    for _ in range(MAX_ATTEMPTS):
        claimed(queue)
        clock.now += 11 * SECOND
        queue.reap(clock.now, nobody_is_dead)
    [job] = queue.parked()
    assert (job.attempt, job.deaths) == (5, 0)
    assert job.reason == "its lease ran out in attempt 5"


def test_a_job_that_kills_its_workers_is_parked_after_three(queue: JobQueue, run_id: str) -> None:
    [job_id] = queue.add([spec(run_id)])
    for _ in range(MAX_DEATHS):
        assert queue.parked() == []
        job = claimed(queue, "victim")
        assert queue.reap(job.lease_until - SECOND, lambda owner: owner == "victim") == [job_id]
    [parked] = queue.parked()
    assert (parked.deaths, parked.reason) == (3, "the process that held it died, 3 times")


def test_a_released_job_is_ready_and_the_attempt_does_not_count(
    queue: JobQueue, run_id: str
) -> None:
    queue.add([spec(run_id)])
    assert queue.release(claimed(queue))
    again = claimed(queue)
    assert (again.attempt, again.fence) == (1, 2)


def test_a_parked_job_can_be_taken_up_again(queue: JobQueue, run_id: str, catalog: Catalog) -> None:
    [job_id] = queue.add([spec(run_id)])
    queue.fail(claimed(queue), "broken", None)
    assert queue.finish_run(run_id)
    assert queue.retry_parked(job_id)
    assert not queue.retry_parked(job_id)
    assert not queue.retry_parked("job_0")
    found = catalog.find_run(run_id)
    assert found is not None
    assert (found.state, found.finished_at) == (RunState.RUNNING, None)
    assert claimed(queue).attempt == 1


def test_a_run_ends_when_no_job_is_left_and_has_failed_with_a_parked_one(
    queue: JobQueue, catalog: Catalog
) -> None:
    states = []
    for reason in ("", "broken"):
        run_id = catalog.add_run("sync", {})
        assert not queue.finish_run(run_id), "a run without jobs has not ended"
        queue.add([spec(run_id)])
        assert not queue.finish_run(run_id)
        assert queue.running_runs() == [run_id]
        job = claimed(queue)
        if reason:
            queue.fail(job, reason, None)
        else:
            queue.complete(job)
        assert not queue.is_finished(run_id)
        assert queue.finish_run(run_id)
        assert queue.is_finished(run_id)
        found = catalog.find_run(run_id)
        assert found is not None
        states.append(found.state)
    assert states == [RunState.DONE, RunState.FAILED]


def test_a_run_starts_together_with_its_jobs(queue: JobQueue, catalog: Catalog) -> None:
    run_id = queue.start_run("sync", {"tiers": ["releasable"]}, lambda run: [spec(run)])
    assert catalog.run_tiers(run_id) == ["releasable"]
    assert queue.scopes(run_id) == ["repo_1"]
    assert queue.unfinished(run_id) == 1


def test_unfinished_jobs_are_counted_by_stage_and_scope(queue: JobQueue, run_id: str) -> None:
    queue.add([spec(run_id), spec(run_id, scope="repo_2"), spec(run_id, stage="root", scope="")])
    assert queue.unfinished(run_id, ["leaf"]) == 2
    assert queue.unfinished(run_id, ["leaf"], "repo_2") == 1
    assert queue.unfinished(run_id, ["root", "leaf"]) == 3
    assert queue.unfinished(run_id, ["stem"]) == 0
    assert queue.scopes(run_id) == ["repo_1", "repo_2"]


def test_a_barrier_opens_once_and_not_before_the_last_awaited_job(
    queue: JobQueue, run_id: str
) -> None:
    root = spec(run_id, stage="root", scope="")
    assert queue.add_when_finished(run_id, ["leaf"], None, root) == [], "the run has no jobs yet"
    queue.add([spec(run_id, "1"), spec(run_id, "2", scope="repo_2")])
    first, second = claimed(queue), claimed(queue)
    queue.complete(first)
    assert queue.add_when_finished(run_id, ["leaf"], None, root) == []
    assert queue.add_when_finished(run_id, ["leaf"], first.scope, root) == [root.id]
    queue.fail(second, "broken", None)
    assert queue.add_when_finished(run_id, ["leaf"], None, root) == [], "it was added already"


def test_settling_opens_barriers_in_order_and_ends_the_run(queue: JobQueue, run_id: str) -> None:
    def barriers_of(scopes: list[str]) -> list[Barrier]:
        stems = [spec(run_id, stage="stem", scope=scope) for scope in scopes]
        root = spec(run_id, stage="root", scope="")
        return [
            *(Barrier(awaits=("leaf",), scope=stem.scope, spec=stem) for stem in stems),
            Barrier(awaits=("leaf", "stem"), scope=None, spec=root),
        ]

    queue.add([spec(run_id, "1"), spec(run_id, "2", scope="repo_2")])
    stages = []
    while (job := queue.claim_next("me", 10)) is not None:
        stages.append(job.stage)
        queue.complete(job)
        queue.settle(run_id, barriers_of)
    assert sorted(stages[:4]) == ["leaf", "leaf", "stem", "stem"]
    assert stages[4:] == ["root"]
    assert queue.is_finished(run_id)


def test_a_long_reason_is_cut(queue: JobQueue, run_id: str) -> None:
    queue.add([spec(run_id)])
    queue.fail(claimed(queue), "x" * 10_000, None)
    [job] = queue.parked()
    assert job.reason == "x" * 500
