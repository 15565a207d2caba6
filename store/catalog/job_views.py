"""Questions to the job table; each function reads inside the transaction it is given."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from store.catalog.records import ClaimedJob, Job, JobState, StageCount
from store.catalog.tables import JobRow, RunRow


def is_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition of a job that may be claimed."""
    is_time = or_(JobRow.not_before.is_(None), JobRow.not_before <= now)
    return and_(JobRow.state == JobState.READY.value, is_time)


def ready_ids(
    session: Session, now: datetime, limit: int, *, stages: Sequence[str] = (), subject: str = ""
) -> list[str]:
    """Return the ids of jobs that may be claimed, oldest first; of some stages, of some subject."""
    query = select(JobRow.id).where(is_due(now)).order_by(JobRow.created_at, JobRow.id)
    if stages:
        query = query.where(JobRow.stage.in_(stages))
    if subject:
        query = query.where(JobRow.subject.startswith(subject, autoescape=True))
    return list(session.scalars(query.limit(limit)))


def stage_counts(session: Session, run_id: str) -> list[StageCount]:
    """Return counts and progress of a run by stage and state, sorted."""
    return counts_by_run(session, [run_id])[run_id]


def counts_by_run(session: Session, run_ids: Collection[str]) -> dict[str, list[StageCount]]:
    """Return counts and progress of each of some runs, by stage and state, sorted."""
    query = (
        select(
            JobRow.run_id,
            JobRow.stage,
            JobRow.state,
            func.count(),
            func.sum(JobRow.progress_done),
            func.sum(JobRow.progress_total),
        )
        .where(JobRow.run_id.in_(run_ids))
        .group_by(JobRow.run_id, JobRow.stage, JobRow.state)
    )
    found: dict[str, list[StageCount]] = {run_id: [] for run_id in run_ids}
    for run_id, stage, state, count, done, total in session.execute(query):
        found[run_id].append(
            StageCount(
                stage=stage,
                state=JobState(state),
                count=count,
                progress_done=int(done),
                progress_total=int(total),
            )
        )
    return {run_id: sorted(c, key=lambda c: (c.stage, c.state)) for run_id, c in found.items()}


def parked_jobs(session: Session, run_id: str | None) -> list[Job]:
    """Return parked jobs, of one run or of all, oldest first."""
    query = select(JobRow).where(JobRow.state == JobState.PARKED.value)
    if run_id is not None:
        query = query.where(JobRow.run_id == run_id)
    rows = session.scalars(query.order_by(JobRow.created_at, JobRow.id))
    return [as_job(row) for row in rows]


def newest_run_that_did(session: Session, stage: str) -> datetime | None:
    """Return when the newest run was begun of which a job of a stage is done."""
    query = select(func.max(RunRow.created_at)).join(JobRow, JobRow.run_id == RunRow.id)
    done = (JobRow.stage == stage, JobRow.state == JobState.DONE.value)
    return session.scalar(query.where(*done))


def is_done(session: Session, claimed: ClaimedJob) -> bool:
    """Tell whether this very claim of a job has ended well."""
    query = select(JobRow.id).where(
        JobRow.id == claimed.id,
        JobRow.state == JobState.DONE.value,
        JobRow.fence == claimed.fence,
    )
    return session.scalar(query) is not None


def scopes_of(session: Session, run_id: str) -> list[str]:
    """Return the scopes of a run's jobs, sorted, without the empty one."""
    query = select(JobRow.scope).distinct().where(JobRow.run_id == run_id, JobRow.scope != "")
    return sorted(session.scalars(query))


def as_job(row: JobRow) -> Job:
    """Return a row as a record."""
    return Job(
        id=row.id,
        run_id=row.run_id,
        stage=row.stage,
        scope=row.scope,
        subject=row.subject,
        state=JobState(row.state),
        attempt=row.attempt,
        deaths=row.deaths,
        reason=row.reason,
    )


def as_claimed(row: JobRow) -> ClaimedJob:
    """Return a running row as the claim that holds it."""
    return ClaimedJob(
        id=row.id,
        run_id=row.run_id,
        stage=row.stage,
        scope=row.scope,
        subject=row.subject,
        attempt=row.attempt,
        fence=row.fence,
        lease_owner=row.lease_owner or "",
        lease_until=row.lease_until or row.created_at,
    )
