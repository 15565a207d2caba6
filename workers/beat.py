"""The reconciler: what makes up for whatever was lost, and follows the clock.

A thread in every worker by default; ``python -m workers.beat`` runs it alone, for stacks with a
service for each thing. Several at once do no harm: all that they do is asked of the catalog.
"""

from __future__ import annotations

import logging
import signal
import threading
from typing import Final

import structlog

from workers.clock import Clockwork
from workers.context import Context
from workers.decisions import decide_anew
from workers.logs import configure_logging
from workers.polling import Poller
from workers.queues import QUEUES, route
from workers.refreshing import RuleWatch
from workers.runner import tick
from workers.settings import Settings
from workers.waking import idle_queues, wake

_TICK_SECONDS: Final = 2.0


def reconcile(stop: threading.Event) -> None:
    """Look after the catalog's jobs every two seconds, until told to stop."""
    context = Context(settings=Settings())
    clockwork, poller, rules = Clockwork(context), Poller(context), RuleWatch(context)

    def announce(job_ids: list[str]) -> None:
        wake(context.settings, route(context, job_ids))

    while not stop.wait(_TICK_SECONDS):
        try:
            tick(context, announce, lambda: idle_queues(context.settings, QUEUES))
            rules.follow()
            announce(poller.start_due())
            if clockwork.is_due():
                decide_anew(context)
            clockwork.renew_feeds()
        except Exception as error:  # noqa: BLE001 - the next tick tries again
            structlog.get_logger().error("tick failed", error=type(error).__name__)


def main() -> None:
    """Run the reconciler in the foreground, until SIGTERM or Ctrl-C."""
    configure_logging(logging.INFO)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    structlog.get_logger().info("beat started")
    reconcile(stop)


if __name__ == "__main__":
    main()
