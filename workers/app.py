"""The Celery application: settings, tasks and the reconciler thread. Celery stays in here.

A message carries a job id and nothing else. Results are ignored, retries and recovery belong to the
catalog (`workers.runner`), so Celery is left with what it is good at: waking processes up.
"""

from __future__ import annotations

import logging
import os
import threading
from functools import partial
from typing import Any

from celery import Celery, current_task, signals
from opentelemetry.trace import SpanKind

from workers.context import Context
from workers.logs import configure_logging
from workers.queues import errands_of, route, served_by
from workers.runner import run_job
from workers.settings import Settings
from workers.tracing import TRACEPARENT, configure_tracing, span
from workers.waking import TASK, address, wake

_GRACE_SECONDS = 60.0


class Process:
    """The one context of a worker process; made after the fork."""

    context: Context | None = None
    sources: tuple[object, ...] = ()

    @classmethod
    def get(cls) -> Context:
        """Return the context of this process; a new one when policy or company terms changed."""
        if cls.context is None or cls.context.sources != cls.sources:
            cls.context = Context(settings=Settings())
            cls.sources = cls.context.sources
        return cls.context


def make_app(settings: Settings) -> Celery:
    """Return the application for a broker."""
    app = Celery("shardgate", broker=settings.queue_url)
    app.conf.update(
        task_acks_late=True,
        task_acks_on_failure_or_timeout=True,
        task_reject_on_worker_lost=False,
        task_soft_time_limit=settings.job_timeout_seconds,
        task_time_limit=settings.job_timeout_seconds + _GRACE_SECONDS,
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        result_backend=None,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=500,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": 3600,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_timeout": 30,
        },
    )
    app.task(name=TASK, ignore_result=True)(run_job_task)
    return app


def run_job_task(job_id: str) -> None:
    """Run the job with this id, if it still waits."""
    parent = current_task.request.get(TRACEPARENT) if current_task else None
    with span("work", SpanKind.CONSUMER, {"shardgate.job": job_id}, parent=parent or ""):
        run_job(Process.get(), job_id, notify)


def notify(job_ids: list[str]) -> None:
    """Wake workers up for jobs."""
    context = Process.get()
    wake(context.settings, route(context, job_ids))


_APPS: dict[str, Celery] = {}


def _app() -> Celery:
    settings = Settings()
    url = settings.queue_url
    if url not in _APPS:
        _APPS[url] = make_app(settings)
    return _APPS[url]


def main() -> None:
    """Run a worker in the foreground: the entry point of ``python -m workers.app``."""
    settings = Settings()
    # People wait for pages; for scans nobody waits by the second. Children have it from here.
    os.nice(settings.worker_nice)
    configure_logging(logging.INFO)
    app = _app()
    stop = threading.Event()

    def start_reconciler(**_: Any) -> None:  # noqa: ANN401 - Celery's signal arguments
        from workers.beat import reconcile  # noqa: PLC0415 - it brings along what builds releases

        threading.Thread(target=reconcile, args=(stop,), name="reconciler", daemon=True).start()

    def start_errands(**_: Any) -> None:  # noqa: ANN401 - same
        from workers.errand_runner import serve_errands  # noqa: PLC0415 - heavy

        # A slow host keeps nobody waiting who asks about what is kept here.
        for kinds in errands:
            work = partial(serve_errands, stop, kinds)
            threading.Thread(target=work, name="errands", daemon=True).start()

    def start_tracing(**_: Any) -> None:  # noqa: ANN401 - same
        configure_tracing(settings, "worker")

    signals.worker_process_init.connect(start_tracing, weak=False)
    if settings.beat:
        signals.worker_ready.connect(start_reconciler, weak=False)
    errands = errands_of(served_by(settings.queues))
    if errands:
        signals.worker_ready.connect(start_errands, weak=False)
    app.worker_main(
        [
            "worker",
            "--pool=prefork",
            f"--concurrency={settings.concurrency}",
            f"--queues={','.join(map(address, served_by(settings.queues)))}",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            "--loglevel=WARNING",
        ]
    )


if __name__ == "__main__":
    main()
