"""The queue at one moment: what waits, what is held by whom, what is parked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from policies.decision import Tier
from store.catalog.catalog import Catalog
from store.catalog.records import JobState, RunState
from store.catalog.tables import JobRow, RunRow

_MOST_LEASES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StageQueue:
    """Jobs of one stage that are ready or running; of builds, those of one tier."""

    stage: str
    tier: str
    """Empty for a stage that is of no tier."""
    waiting: int
    delayed: int
    """Of these: whose time has not come."""
    running: int
    oldest_at: datetime | None
    """When the oldest that waits was added."""
    due_since: datetime | None
    """Since when the first of those whose time has come could have been taken; None: none could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldJob:
    """A job under a lease."""

    id: str
    run_id: str
    stage: str
    subject: str
    scope: str
    holder: str
    started_at: datetime | None
    lease_until: datetime | None
    items_done: int
    items_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """The whole queue."""

    stages: Sequence[StageQueue]
    """By name."""
    leases: Sequence[HeldJob]
    """Oldest first, at most 200."""
    parked: int
    running_runs: int


def read_queue(catalog: Catalog, now: datetime) -> QueueState:
    """Return the queue as it is at a moment."""
    return catalog.database.read(lambda session: _read(session, now))


def _read(session: Session, now: datetime) -> QueueState:
    ready, running = JobState.READY.value, JobState.RUNNING.value
    is_ready = JobRow.state == ready
    is_late = and_(is_ready, JobRow.not_before.is_not(None), JobRow.not_before > now)
    is_due = and_(is_ready, or_(JobRow.not_before.is_(None), JobRow.not_before <= now))
    tiers = {f"{tier.value}.": tier.value for tier in Tier}
    # What a build is of begins with its tier; each tier is built by workers of its own.
    tier = case(
        *((JobRow.subject.startswith(text), value) for text, value in tiers.items()), else_=""
    )
    query = (
        select(
            JobRow.stage,
            tier,
            func.sum(case((is_ready, 1), else_=0)),
            func.sum(case((is_late, 1), else_=0)),
            func.sum(case((JobRow.state == running, 1), else_=0)),
            func.min(case((is_ready, JobRow.created_at))),
            func.min(case((is_due, func.coalesce(JobRow.not_before, JobRow.created_at)))),
        )
        .where(or_(is_ready, JobRow.state == running))
        .group_by(JobRow.stage, tier)
        .order_by(JobRow.stage, tier)
    )
    stages = [
        StageQueue(
            stage=stage,
            tier=of_tier,
            waiting=int(waiting),
            delayed=int(late),
            running=int(held),
            oldest_at=oldest,
            due_since=due,
        )
        for stage, of_tier, waiting, late, held, oldest, due in session.execute(query)
    ]
    held = select(JobRow).where(JobRow.state == running).order_by(JobRow.started_at, JobRow.id)
    parked = select(func.count()).where(JobRow.state == JobState.PARKED.value)
    open_runs = select(func.count()).where(RunRow.state == RunState.RUNNING.value)
    return QueueState(
        stages=stages,
        leases=[_held(row) for row in session.scalars(held.limit(_MOST_LEASES))],
        parked=session.scalar(parked) or 0,
        running_runs=session.scalar(open_runs) or 0,
    )


def _held(row: JobRow) -> HeldJob:
    return HeldJob(
        id=row.id,
        run_id=row.run_id,
        stage=row.stage,
        subject=row.subject,
        scope=row.scope,
        holder=row.lease_owner or "",
        started_at=row.started_at,
        lease_until=row.lease_until,
        items_done=row.progress_done,
        items_total=row.progress_total,
    )
