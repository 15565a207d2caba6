"""The job queue: every state of every job, claimed under a lease that a fence guards.

::

    ready ──claim──> running ──complete──> done
      ^                 │ fail(retry), release, lease run out, owner dead
      └─────────────────┤
                        └─ fail(no retry), 5 attempts, 3 deaths ──> parked

A claim raises the job's fence. Whatever a worker writes later names the fence of its claim, so a
worker that was taken for dead, and comes back, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from store.catalog import job_views
from store.catalog.barrier import (
    Barrier,
    Clock,
    add_all_finished,
    add_when_finished,
    count_unfinished,
    finish_run,
    insert_new_jobs,
    lock_runs,
    reopen_runs,
)
from store.catalog.catalog import Catalog, insert_run
from store.catalog.ids import checked_ids, fresh_id
from store.catalog.records import (
    ClaimedJob,
    Job,
    JobSpec,
    JobState,
    LeaseLost,
    RunState,
    StageCount,
)
from store.catalog.tables import JobRow, RunRow

MAX_ATTEMPTS: Final = 5
"""A job that was claimed this often, and did not end, is parked."""
MAX_DEATHS: Final = 3
"""A job that this many processes died of is parked."""
_MAX_REASON_CHARS: Final = 500
_NO_WAIT: Final = timedelta()

_NO_LEASE: Final[Mapping[str, None]] = {"lease_owner": None, "lease_until": None}


class JobQueue:
    """Claims, heartbeats and endings of jobs; each method is one transaction."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of all leases (aware, UTC)."""
        self._database = catalog.database
        self._clock = clock

    # runs

    def start_run(
        self, kind: str, params: Mapping[str, Any], specs_of: Callable[[str], Sequence[JobSpec]]
    ) -> str:
        """Write a run together with its first jobs and return its id.

        `specs_of` makes the specs of a run id. Nobody sees the run without its jobs, so nothing
        can take it for finished.

        Raises:
            ValueError: `params` holds anything but identifiers and numbers.
        """
        run_id, now, checked = fresh_id("run"), self._clock(), checked_ids(params)
        specs = specs_of(run_id)

        def transaction(session: Session) -> None:
            insert_run(session, run_id, kind, checked, now)
            insert_new_jobs(session, specs, now=now)

        self._database.write(transaction)
        return run_id

    def settle(
        self,
        run_id: str,
        barriers_of: Callable[[list[str]], Iterable[Barrier]],
        scope: str | None = None,
    ) -> list[str]:
        """Add every waiting job whose time has come, in order; end the run when none is left.

        All are judged in one transaction, so that a job which ends meanwhile cannot open a later
        barrier before an earlier one. `barriers_of` makes those of some scopes, by stage; `scope`
        is that of the job that just ended, as no other waits for it; None: all scopes.

        Returns:
            ids of the added jobs.
        """

        def transaction(session: Session) -> list[str]:
            lock_runs(session, [run_id])
            scopes = job_views.scopes_of(session, run_id) if scope is None else [scope]
            barriers = barriers_of([name for name in scopes if name])
            added = add_all_finished(session, run_id, barriers, now=self._clock())
            finish_run(session, run_id, self._clock())
            return added

        return self._database.write(transaction)

    def finish_run(self, run_id: str) -> bool:
        """End the run if none of its jobs is left; tell whether it has ended.

        A run that has no job yet has not ended. It has failed when a job was parked.
        """

        def transaction(session: Session) -> bool:
            lock_runs(session, [run_id])
            return finish_run(session, run_id, self._clock())

        return self._database.write(transaction)

    def is_finished(self, run_id: str) -> bool:
        """Tell whether the run has ended, well or not."""
        query = select(RunRow.state).where(RunRow.id == run_id)
        return self._database.read(lambda s: s.scalar(query)) != RunState.RUNNING.value

    def running_runs(self) -> list[str]:
        """Return the ids of runs that have not ended, oldest first."""
        query = select(RunRow.id).where(RunRow.state == RunState.RUNNING.value)
        query = query.order_by(RunRow.created_at, RunRow.id)
        return self._database.read(lambda s: list(s.scalars(query)))

    # adding

    def add(self, specs: Sequence[JobSpec]) -> list[str]:
        """Add the jobs whose key is new and return their ids; known ones stay as they are.

        Raises:
            sqlalchemy.exc.IntegrityError: a spec names a run that does not exist.
        """

        def transaction(session: Session) -> list[str]:
            lock_runs(session, [spec.run_id for spec in specs])
            return insert_new_jobs(session, specs, now=self._clock())

        return self._database.write(transaction)

    def add_when_finished(
        self, run_id: str, stages: Sequence[str], scope: str | None, spec: JobSpec
    ) -> list[str]:
        """Add a job iff no job of these stages (and scope) is left; return its id if new.

        Several barriers of one run that wait for each other belong into one `settle`.
        """
        barrier = Barrier(awaits=tuple(stages), scope=scope, spec=spec)
        now = self._clock()
        return self._database.write(lambda s: add_when_finished(s, run_id, barrier, now=now))

    # working

    def claim(self, job_id: str, owner: str, lease_seconds: float) -> ClaimedJob | None:
        """Take one job; None when it is not ready, not due, or unknown."""
        return self._claim(owner, lease_seconds, lambda _: JobRow.id == job_id)

    def claim_next(self, owner: str, lease_seconds: float) -> ClaimedJob | None:
        """Take the oldest job that is ready; None when there is none."""

        def oldest(now: datetime) -> ColumnElement[bool]:
            query = select(JobRow.id).where(job_views.is_due(now))
            query = query.order_by(JobRow.created_at, JobRow.id).limit(1)
            return JobRow.id == query.with_for_update(skip_locked=True).scalar_subquery()

        return self._claim(owner, lease_seconds, oldest)

    def heartbeat(self, claimed: ClaimedJob, lease_seconds: float, done: int, total: int) -> bool:
        """Renew the lease and note the progress; False when the lease is lost."""
        until = self._clock() + timedelta(seconds=lease_seconds)
        values = {"lease_until": until, "progress_done": done, "progress_total": total}
        return self._database.write(lambda s: _change(s, claimed, values))

    def complete(
        self,
        claimed: ClaimedJob,
        follow: Sequence[JobSpec] = (),
        then: Callable[[Session], object] | None = None,
    ) -> list[str]:
        """End a job, add what follows from it and run `then`, all in one transaction.

        Completing the same claim again changes nothing: the outcome of a commit during which the
        connection broke is found in the row.

        Returns:
            ids of the added jobs.

        Raises:
            LeaseLost: the job was taken back; nothing was written.
        """

        def transaction(session: Session) -> list[str]:
            now = self._clock()
            lock_runs(session, [claimed.run_id, *(spec.run_id for spec in follow)])
            values = {"state": JobState.DONE.value, "finished_at": now, "reason": "", **_NO_LEASE}
            if not _change(session, claimed, values):
                if job_views.is_done(session, claimed):
                    return []
                raise LeaseLost(f"The lease of {claimed.id} is lost.")
            added = insert_new_jobs(session, follow, now=now)
            if then is not None:
                then(session)
            return added

        return self._database.write(transaction)

    def fail(self, claimed: ClaimedJob, reason: str, retry_after: timedelta | None) -> bool:
        """Give a job back until `retry_after` has passed; None, or the 5th attempt, parks it.

        Returns:
            False when the lease is lost and nothing was written.
        """
        now = self._clock()
        if retry_after is None:
            values = _parked(reason, now)
        elif claimed.attempt >= MAX_ATTEMPTS:
            values = _parked(f"gave up after {claimed.attempt} attempts: {reason}", now)
        else:
            values = _ready(reason) | {"not_before": now + retry_after}
        return self._end(claimed, values)

    def release(
        self, claimed: ClaimedJob, reason: str = "released", wait: timedelta = _NO_WAIT
    ) -> bool:
        """Give a job back untouched, as at a shutdown; the attempt does not count.

        Returns:
            False when the lease is lost and nothing was written.
        """
        due = {"not_before": self._clock() + wait} if wait else {}
        return self._end(claimed, _ready(reason) | due | {"attempt": claimed.attempt - 1})

    def reap(self, now: datetime, is_dead: Callable[[str], bool]) -> list[str]:
        """Take back jobs whose lease ran out or whose owner is dead; park those beyond a cap.

        Returns:
            ids of the jobs that were taken back or parked.
        """
        query = select(JobRow).where(JobRow.state == JobState.RUNNING.value).order_by(JobRow.id)
        running = self._database.read(lambda s: list(s.scalars(query)))
        taken = []
        for row in running:
            death = is_dead(row.lease_owner or "")
            is_expired = row.lease_until is None or row.lease_until <= now
            if (death or is_expired) and self._take_back(row, now, is_death=death):
                taken.append(row.id)
        return taken

    def retry_parked(self, job_id: str) -> bool:
        """Let a parked job start over, with all its attempts; False when it is not parked."""

        def transaction(session: Session) -> bool:
            run_id = session.scalar(select(JobRow.run_id).where(JobRow.id == job_id))
            if run_id is None:
                return False
            lock_runs(session, [run_id])
            change = update(JobRow).where(JobRow.id == job_id)
            change = change.where(JobRow.state == JobState.PARKED.value)
            values = _ready("") | {"attempt": 0, "deaths": 0, "finished_at": None}
            if session.scalar(change.values(values).returning(JobRow.id)) is None:
                return False
            reopen_runs(session, [run_id])
            return True

        return self._database.write(transaction)

    # asking

    def find(self, job_id: str) -> Job | None:
        """Return a job by id."""
        row = self._database.read(lambda s: s.get(JobRow, job_id))
        return None if row is None else job_views.as_job(row)

    def ready_ids(self, limit: int, *, stages: Sequence[str] = (), subject: str = "") -> list[str]:
        """Return ids of jobs that may be claimed now, oldest first.

        Args:
            limit: how many at most.
            stages: of these only; empty: of any.
            subject: what their subjects begin with.
        """
        return self._database.read(
            lambda s: job_views.ready_ids(s, self._clock(), limit, stages=stages, subject=subject)
        )

    def counts(self, run_id: str) -> list[StageCount]:
        """Return counts and progress of a run by stage and state, sorted."""
        return self._database.read(lambda s: job_views.stage_counts(s, run_id))

    def unfinished(
        self, run_id: str, stages: Sequence[str] | None = None, scope: str | None = None
    ) -> int:
        """Return how many jobs of these stages (and scope) are ready or running."""
        return self._database.read(lambda s: count_unfinished(s, run_id, stages, scope))

    def parked(self, run_id: str | None = None) -> list[Job]:
        """Return parked jobs, of one run or of all, oldest first."""
        return self._database.read(lambda s: job_views.parked_jobs(s, run_id))

    def newest_run_that_did(self, stage: str) -> datetime | None:
        """Return when the newest run was begun of which a job of a stage is done."""
        return self._database.read(lambda s: job_views.newest_run_that_did(s, stage))

    def scopes(self, run_id: str) -> list[str]:
        """Return the repositories that a run's jobs are about, sorted."""
        return self._database.read(lambda s: job_views.scopes_of(s, run_id))

    def _claim(
        self, owner: str, lease_seconds: float, which: Callable[[datetime], ColumnElement[bool]]
    ) -> ClaimedJob | None:
        now = self._clock()
        until = now + timedelta(seconds=lease_seconds)
        change = (
            update(JobRow)
            .where(which(now), job_views.is_due(now))
            .values(
                state=JobState.RUNNING.value,
                attempt=JobRow.attempt + 1,
                fence=JobRow.fence + 1,
                lease_owner=owner,
                lease_until=until,
                not_before=None,
                started_at=now,
            )
            .returning(JobRow)
        )
        row = self._database.write(lambda s: s.scalar(change))
        return None if row is None else job_views.as_claimed(row)

    def _end(self, claimed: ClaimedJob, values: Mapping[str, Any]) -> bool:
        def transaction(session: Session) -> bool:
            lock_runs(session, [claimed.run_id])
            return _change(session, claimed, values)

        return self._database.write(transaction)

    def _take_back(self, row: JobRow, now: datetime, *, is_death: bool) -> bool:
        claimed = job_views.as_claimed(row)
        deaths = row.deaths + is_death
        reason = "the process that held it died" if is_death else "its lease ran out"
        if deaths >= MAX_DEATHS:
            values = _parked(f"{reason}, {deaths} times", now)
        elif row.attempt >= MAX_ATTEMPTS:
            values = _parked(f"{reason} in attempt {row.attempt}", now)
        else:
            values = _ready(reason)

        def transaction(session: Session) -> bool:
            lock_runs(session, [row.run_id])
            # A heartbeat that came in meanwhile has moved the lease: then its owner lives.
            is_same = JobRow.lease_until == row.lease_until
            unless_renewed = [] if is_death else [is_same]
            return _change(session, claimed, values | {"deaths": deaths}, *unless_renewed)

        return self._database.write(transaction)


def _change(
    session: Session,
    claimed: ClaimedJob,
    values: Mapping[str, Any],
    *conditions: ColumnElement[bool],
) -> bool:
    """Change the row if the claim still holds; tell whether it did."""
    change = (
        update(JobRow)
        .where(
            JobRow.id == claimed.id,
            JobRow.state == JobState.RUNNING.value,
            JobRow.fence == claimed.fence,
            *conditions,
        )
        .values(**values)
        .returning(JobRow.id)
    )
    return session.scalar(change) is not None


def _ready(reason: str) -> dict[str, Any]:
    return {"state": JobState.READY.value, "reason": reason[:_MAX_REASON_CHARS], **_NO_LEASE}


def _parked(reason: str, now: datetime) -> dict[str, Any]:
    cut = reason[:_MAX_REASON_CHARS]
    return {"state": JobState.PARKED.value, "reason": cut, "finished_at": now, **_NO_LEASE}
