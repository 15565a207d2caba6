"""Why nothing moves: what waits, for what, since when, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from store.catalog import QueueState, read_queue, read_refreshing
from workers.context import Context, utc_now
from workers.queues import QUEUES
from workers.refreshing import told_of
from workers.waking import queue_lengths

_LATE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StageWait:
    """Jobs of one stage that wait or run."""

    stage: str
    waiting: int
    delayed: int
    """Of these: to be tried again later, or held back, for example by a paused host."""
    running: int
    oldest_at: datetime | None
    """Since when the oldest waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseView:
    """A job that somebody works on."""

    job: str
    operation: str
    stage: str
    repository: str
    holder: str
    """Host, process and start of the worker."""
    since: datetime | None
    until: datetime | None
    items_done: int
    items_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stillness:
    """What moves, what does not, and why."""

    is_broker_there: bool
    messages: int | None
    """That wait in the broker; None while it is away."""
    stages: Sequence[StageWait]
    leases: Sequence[LeaseView]
    parked: int
    running_operations: int
    reasons: Sequence[str]
    """In words for a person, the weightiest first; empty where all is well."""


def why_nothing_moves(context: Context) -> Stillness:
    """Return what waits and runs, and say why nothing moves."""
    now = utc_now()
    queue = read_queue(context.catalog, now)
    lengths = queue_lengths(context.settings, QUEUES)
    messages = None if lengths is None else sum(lengths.values())
    leases = [
        LeaseView(
            job=job.id,
            operation=job.run_id,
            stage=job.stage,
            repository=job.scope,
            holder=job.holder,
            since=job.started_at,
            until=job.lease_until,
            items_done=job.items_done,
            items_total=job.items_total,
        )
        for job in queue.leases
    ]
    stages = [
        StageWait(
            stage=s.stage,
            waiting=s.waiting,
            delayed=s.delayed,
            running=s.running,
            oldest_at=s.oldest_at,
        )
        for s in queue.stages
    ]
    return Stillness(
        is_broker_there=messages is not None,
        messages=messages,
        stages=stages,
        leases=leases,
        parked=queue.parked,
        running_operations=queue.running_runs,
        reasons=[*_refresh(context), *_reasons(queue, messages, now)],
    )


def _refresh(context: Context) -> Iterator[str]:
    found = read_refreshing(context.catalog)
    if found is not None:
        yield f"{told_of(found)} Until all are, the last decisions stay, and nothing is built."


def _reasons(queue: QueueState, messages: int | None, now: datetime) -> Iterator[str]:
    due = sum(stage.waiting - stage.delayed for stage in queue.stages)
    delayed = sum(stage.delayed for stage in queue.stages)
    if messages is None:
        yield "The broker does not answer: workers look for work in the catalog, but more slowly."
    for job in queue.leases:
        if job.lease_until is not None and job.lease_until < now:
            yield (
                f"The lease of a {job.stage} job ran out and was not renewed: {job.holder} is gone."
                " The next worker that looks takes it back."
            )
    if due and not queue.leases:
        oldest = min(s.oldest_at for s in queue.stages if s.oldest_at is not None)
        waited = (now - oldest).total_seconds()
        if waited > _LATE_SECONDS:
            yield f"{due} jobs wait and nobody works: no worker runs, or none for their queue."
        else:
            yield f"{due} jobs wait for a worker since {waited:.0f} s."
    if delayed:
        yield (
            f"{delayed} jobs wait for their time: they failed and are tried again, a host is"
            " paused or throttled, or they wait for a scan by other rules."
        )
    if queue.running_runs and not queue.leases and not due and not delayed:
        yield "Operations are open with no job left: the next tick of a worker ends them."
    if queue.parked:
        yield (
            f"{queue.parked} jobs are parked and wait for a person: what they cover is not"
            " released. Look at their reasons, and retry them."
        )
