"""The job state machine under any order of claims, deaths, zombies, retries and reaps."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from store.catalog import Catalog, ClaimedJob, JobQueue, JobSpec, JobState, LeaseLost
from store.catalog.jobs import MAX_ATTEMPTS, MAX_DEATHS

_LEASE_SECONDS = 10
_SUBJECTS = st.sampled_from("abc")
_OWNERS = ("ann", "bob")


class JobMachine(RuleBasedStateMachine):
    """Drives a queue and keeps the simplest model of what it must have done."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.catalog = Catalog(f"sqlite:///{Path(self.folder.name) / 'catalog.sqlite'}")
        self.catalog.upgrade()
        self.now = datetime(2030, 1, 1, tzinfo=UTC)
        self.queue = JobQueue(self.catalog, lambda: self.now)
        self.run_id = self.catalog.add_run("sync", {})
        self.added: set[str] = set()
        self.claims: list[ClaimedJob] = []
        self.holder: dict[str, ClaimedJob] = {}
        self.completed: list[str] = []

    def spec(self, stage: str, subject: str) -> JobSpec:
        return JobSpec.of(run_id=self.run_id, stage=stage, scope="", subject=subject)

    @rule(subject=_SUBJECTS)
    def deliver_a_job(self, subject: str) -> None:
        spec = self.spec("leaf", subject)
        new = self.queue.add([spec])
        assert new == ([] if spec.id in self.added else [spec.id])
        self.added.add(spec.id)

    @rule(owner=st.sampled_from(_OWNERS))
    def claim(self, owner: str) -> None:
        job = self.queue.claim_next(owner, _LEASE_SECONDS)
        if job is None:
            return
        assert job.id not in self.holder, "one job, two holders"
        assert job.id not in self.completed, "a done job is never claimed"
        fences = [c.fence for c in self.claims if c.id == job.id]
        assert job.fence == max(fences, default=0) + 1
        self.claims.append(job)
        self.holder[job.id] = job

    @rule(data=st.data())
    def complete_any_claim_even_a_zombies(self, data: st.DataObject) -> None:
        if not self.claims:
            return
        job = data.draw(st.sampled_from(self.claims))
        follow = self.spec("next", f"{job.id}-{job.fence}")
        is_holder = self.holder.get(job.id) == job
        was_done = job.id in self.completed
        try:
            new = self.queue.complete(job, [follow])
        except LeaseLost:
            assert not is_holder
            assert self.queue.find(follow.id) is None, "a zombie's writes change nothing"
            return
        if is_holder:
            assert new == [follow.id]
            self.completed.append(job.id)
            self.added.add(follow.id)
            del self.holder[job.id]
        else:
            assert was_done, "only the claim that completed may say so again"
            assert new == []

    @rule(data=st.data(), retry=st.sampled_from([None, 0, 5]))
    def fail_any_claim(self, data: st.DataObject, retry: int | None) -> None:
        if not self.claims:
            return
        job = data.draw(st.sampled_from(self.claims))
        is_holder = self.holder.get(job.id) == job
        after = None if retry is None else timedelta(seconds=retry)
        assert self.queue.fail(job, "reason", after) == is_holder
        if is_holder:
            del self.holder[job.id]

    @rule(data=st.data())
    def release_any_claim(self, data: st.DataObject) -> None:
        if not self.claims:
            return
        job = data.draw(st.sampled_from(self.claims))
        is_holder = self.holder.get(job.id) == job
        assert self.queue.release(job) == is_holder
        if is_holder:
            del self.holder[job.id]

    @rule(data=st.data())
    def beat_for_any_claim(self, data: st.DataObject) -> None:
        if not self.claims:
            return
        job = data.draw(st.sampled_from(self.claims))
        is_holder = self.holder.get(job.id) == job
        assert self.queue.heartbeat(job, _LEASE_SECONDS, 1, 1) == is_holder

    @rule(seconds=st.sampled_from([1, 6, 11]))
    def let_time_pass(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(dead=st.sets(st.sampled_from(_OWNERS)))
    def reap(self, dead: set[str]) -> None:
        held_by_the_dead = {j for j, c in self.holder.items() if c.lease_owner in dead}
        taken = set(self.queue.reap(self.now, lambda owner: owner in dead))
        assert held_by_the_dead <= taken <= set(self.holder)
        for job_id in taken:
            del self.holder[job_id]

    @invariant()
    def nothing_is_lost_and_caps_hold(self) -> None:
        for job_id in self.added:
            job = self.queue.find(job_id)
            assert job is not None
            assert (job.state is JobState.RUNNING) == (job_id in self.holder)
            assert (job.state is JobState.DONE) == (job_id in self.completed)
            assert job.attempt <= MAX_ATTEMPTS
            assert job.deaths <= MAX_DEATHS
        assert len(self.completed) == len(set(self.completed))

    @invariant()
    def the_counts_add_up(self) -> None:
        counts = self.queue.counts(self.run_id)
        assert sum(count.count for count in counts) == len(self.added)
        left = self.queue.unfinished(self.run_id, ["leaf", "next"])
        ended = len(self.completed) + len(self.queue.parked(self.run_id))
        assert left + ended == len(self.added)

    def teardown(self) -> None:
        self.catalog.close()
        self.folder.cleanup()


TestJobMachine = JobMachine.TestCase
TestJobMachine.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    # Every step is a transaction on disk: to shrink a failure would take minutes.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
