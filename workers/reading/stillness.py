"""Why nothing moves: what waits, for what, since when, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from release.documents.words import plural
from store.catalog import QueueState, StageQueue, count_waiting, read_queue, read_refreshing
from workers.context import Context, utc_now
from workers.hosts import host_book
from workers.queues import QUEUES, queue_of
from workers.refreshing import told_of
from workers.waking import queue_lengths

_LATE_SECONDS: Final = 60.0
_BUSY_SECONDS: Final = 600.0
"""For so long one worker that serves every queue may be busy with another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageWait:
    """Jobs of one stage and queue that wait or run."""

    stage: str
    queue: str
    """Kind of worker that takes them; empty for a stage that there is no more."""
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
    queue: str
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
    lengths = context.keep(
        ("messages", now.replace(microsecond=0)), lambda: queue_lengths(context.settings, QUEUES)
    )
    messages = None if lengths is None else sum(lengths.values())
    leases = [
        LeaseView(
            job=job.id,
            operation=job.run_id,
            stage=job.stage,
            queue=_queue(job.stage, job.subject),
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
            queue=_queue(s.stage, s.tier),
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
        reasons=[*_refresh(context), *_reasons(queue, messages, _held_hosts(context), now)],
    )


def _refresh(context: Context) -> Iterator[str]:
    found = read_refreshing(context.catalog)
    if found is not None:
        yield f"{told_of(found)} Until all are, the last decisions stay, and nothing is built."


@dataclass(frozen=True, slots=True, kw_only=True)
class _HeldHost:
    """A host that nothing may reach now, and for which visits wait."""

    says: str
    waiting: int


def _held_hosts(context: Context) -> list[_HeldHost]:
    book = host_book(context)
    holds = [(name, book.check(name)) for name in sorted(book.paused_names())]
    found = [
        _HeldHost(says=hold.says, waiting=count_waiting(context.catalog, name))
        for name, hold in holds
        if hold is not None
    ]
    return [host for host in found if host.waiting]


def _reasons(
    queue: QueueState, messages: int | None, hosts: Sequence[_HeldHost], now: datetime
) -> Iterator[str]:
    if messages is None:
        yield "The broker does not answer: workers look for work in the catalog, but more slowly."
    for job in queue.leases:
        if job.lease_until is not None and job.lease_until < now:
            yield (
                f"The lease of a {job.stage} job ran out and was not renewed: {job.holder} is gone."
                " The next worker that looks takes it back."
            )
    yield from _idle_queues(queue, now)
    for host in hosts:
        yield f"{host.says} {plural(host.waiting, 'visit')} of its repositories wait for that."
    later = sum(stage.delayed for stage in queue.stages) - sum(host.waiting for host in hosts)
    if later > 0:
        yield (
            f"Jobs that wait for their time: {later}; they failed and are tried again, or wait for"
            " a scan by other rules."
        )
    if queue.running_runs and not queue.leases and not queue.stages:
        yield "Operations are open with no job left: the next tick of a worker ends them."
    if queue.parked:
        yield (
            f"{plural(queue.parked, 'job')} are parked and wait for a person: what they cover is"
            " not released. Look at their reasons, and retry them."
        )


def _idle_queues(queue: QueueState, now: datetime) -> Iterator[str]:
    """Say which queues nobody works on though something waits in them.

    A queue has workers of its own in production: that others are busy does not move it.
    """
    busy = {_queue(job.stage, job.subject) for job in queue.leases}
    for name, stages in _by_queue(queue.stages).items():
        due = sum(stage.waiting - stage.delayed for stage in stages)
        since = min((s.due_since for s in stages if s.due_since is not None), default=None)
        if name in busy or not due or since is None:
            continue
        waited = (now - since).total_seconds()
        what = f"{plural(due, 'job')} of the queue {name} wait{'s' if due == 1 else ''}"
        if waited <= _LATE_SECONDS:
            if not busy:
                yield f"{what} for a worker since {waited:.0f} s."
        elif not busy:
            yield f"{what} {_span(waited)} and nobody works: no worker runs that serves it."
        elif waited > _BUSY_SECONDS:
            holders = ", ".join(sorted({job.holder for job in queue.leases}))
            yield (
                f"{what} {_span(waited)} and nobody works on it: no worker serves it, or those"
                f" that do are busy with other queues ({holders})."
            )


def _by_queue(stages: Sequence[StageQueue]) -> dict[str, list[StageQueue]]:
    found: dict[str, list[StageQueue]] = {}
    for stage in stages:
        found.setdefault(_queue(stage.stage, stage.tier), []).append(stage)
    return found


def _queue(stage: str, subject: str) -> str:
    try:
        return queue_of(stage, subject)
    except (KeyError, ValueError):
        return ""


def _span(seconds: float) -> str:
    for length, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= length:
            return f"for {plural(int(seconds // length), unit)}"
    return f"for {plural(int(seconds), 'second')}"
