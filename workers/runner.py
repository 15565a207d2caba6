"""Run claimed jobs under a lease, and add what must wait for others once they have ended.

The catalog owns every state. A message of the queue only wakes a worker up; a lost one is made up
for by `tick`, a doubled one finds nothing to claim.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import structlog
from opentelemetry.trace import SpanKind

from ingest.errors import MustWait, ShardgateError, TransientError
from store.catalog import Barrier, ClaimedJob, JobSpec, LeaseLost
from workers.context import Context, utc_now
from workers.marks import start_mark
from workers.pipeline import PIPELINE, STAGES, Scope, Stage
from workers.queues import ready_in
from workers.tracing import span

Notify = Callable[[list[str]], None]
"""Announces job ids to the queue."""

log = structlog.get_logger()

_BACK_OFF = timedelta(seconds=5)
_HEARTBEATS_PER_LEASE = 3
_IDLE_SECONDS = 0.05


def owner_name(host: str | None = None) -> str:
    """Return the name of this process as a lease owner: host, process id and its start."""
    return f"{host or socket.gethostname()}:{os.getpid()}:{start_mark(os.getpid())}"


def is_dead(owner: str) -> bool:
    """Tell whether a lease owner is a process of this host that no longer runs.

    Owners on other hosts are never called dead; their leases run out.
    """
    host, _, process = owner.partition(":")
    pid, _, started_at = process.partition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    return start_mark(int(pid)) != started_at


class Lease:
    """Renews a job's lease while its stage runs; also the stage's `Progress`."""

    def __init__(self, context: Context, job: ClaimedJob) -> None:
        self._context = context
        self._job = job
        self._seconds = context.settings.lease_seconds
        self._done = self._total = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)

    def __call__(self, done: int, total: int) -> None:
        """Note how far the stage is; written with the next heartbeat."""
        self._done, self._total = done, total

    def _beat(self) -> None:
        while not self._stop.wait(self._seconds / _HEARTBEATS_PER_LEASE):
            if not self._context.jobs.heartbeat(self._job, self._seconds, self._done, self._total):
                return

    @contextmanager
    def held(self) -> Iterator[Lease]:
        """Keep the lease for the length of a block."""
        self._thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            self._thread.join()


def run_job(context: Context, job_id: str, notify: Notify) -> bool:
    """Claim and run one job; return False when there was nothing to claim.

    Follow-up jobs are inserted in the transaction that completes the job, and announced by
    `notify` after it.
    """
    job = context.jobs.claim(job_id, owner_name(), context.settings.lease_seconds)
    if job is None:
        return False
    structlog.contextvars.bind_contextvars(job=job.id, stage=job.stage, scope=job.scope)
    started = time.monotonic()
    added: list[str] = []
    try:
        with _traced(job), Lease(context, job).held() as progress:
            follow = STAGES[job.stage].run(context, job, progress)
        added = context.jobs.complete(job, follow)
        log.info("job done", seconds=round(time.monotonic() - started, 3), follow=len(follow))
    except LeaseLost:
        log.warning("lease lost, result dropped")
    except MustWait as error:
        context.jobs.release(job, error.message, timedelta(seconds=error.seconds))
        log.info("job waits", code=error.code)
    except TransientError as error:
        context.jobs.fail(job, str(error), _BACK_OFF * job.attempt)
        log.warning("job will be retried", code=error.code)
    except ShardgateError as error:
        context.jobs.fail(job, str(error), None)
        log.error("job parked", code=error.code)  # noqa: TRY400 - a traceback can hold content
    except Exception as error:  # noqa: BLE001 - the worker lives on; the message may hold content
        context.jobs.fail(job, f"{type(error).__name__} at {_place_of(error)}", _BACK_OFF)
        log.error("job failed", error=type(error).__name__, at=_place_of(error))  # noqa: TRY400
    finally:
        notify(added + settle(context, job.run_id, job.scope))
        structlog.contextvars.clear_contextvars()
    return True


def _traced(job: ClaimedJob) -> AbstractContextManager[object]:
    ids: dict[str, str | int] = {
        "shardgate.job": job.id,
        "shardgate.run": job.run_id,
        "shardgate.repository": job.scope,
        "shardgate.attempt": job.attempt,
    }
    return span(job.stage, SpanKind.INTERNAL, ids)


def _place_of(error: BaseException) -> str:
    """Return file and line of the innermost frame: enough to find a fault, and no content."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119


def settle(context: Context, run_id: str, scope: str | None = None) -> list[str]:
    """Add the waiting stages of a run whose awaited jobs have all ended; return the added ids.

    `scope` is that of the job that just ended; None: look at all of them.
    Ended is done or parked: a parked job leaves facts missing, and missing facts fail closed.
    """

    def barriers_of(scopes: list[str]) -> Iterator[Barrier]:
        for stage in PIPELINE:
            if stage.awaits:
                yield from _barriers(stage, run_id, scopes)

    return context.jobs.settle(run_id, barriers_of, scope)


def _barriers(stage: Stage, run_id: str, scopes: list[str]) -> Iterator[Barrier]:
    for scope in scopes if stage.scope is Scope.REPOSITORY else [""]:
        spec = JobSpec.of(run_id=run_id, stage=stage.name, scope=scope, subject="all")
        yield Barrier(awaits=stage.awaits, scope=scope or None, spec=spec)


def tick(context: Context, notify: Notify, idle: Callable[[], Sequence[str]]) -> None:
    """Take back what dead workers held, add what was not yet added, announce what is ready.

    Ready jobs are announced again only in queues that are empty (`idle`), so that lost messages are
    made up for and messages do not pile up.
    """
    context.jobs.reap(utc_now(), is_dead)
    for run_id in context.jobs.running_runs():
        settle(context, run_id)
    for queue in idle():
        notify(ready_in(context, queue, 4 * context.settings.concurrency))


def drain(context: Context, run_id: str) -> None:
    """Run all jobs of a run in this process, one after the other, without any queue."""
    while not context.jobs.is_finished(run_id):
        ready = context.jobs.ready_ids(limit=1)
        if not ready:
            time.sleep(_IDLE_SECONDS)
            tick(context, lambda _: None, tuple)
        for job_id in ready:
            run_job(context, job_id, lambda _: None)
