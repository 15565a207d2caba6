"""Run errands (`workers.errands`): one after the other, each in a process that can be stopped."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Collection
from datetime import timedelta
from functools import partial
from typing import Any, Final

import structlog

from ingest.errors import ShardgateError
from policies.review import Selector, WithdrawalReason, WithdrawalScope
from store.catalog.errands import Errand, ErrandBook, ErrandKind, ErrandState
from workers.bound_credentials import check_bound
from workers.context import Context
from workers.discovery.model import Filters
from workers.discovery.plan import discover
from workers.errands import errand_book, read_group
from workers.forecasts import told
from workers.logs import configure_logging
from workers.policy_proposals import note_weighed, weigh_policy
from workers.reading.page import as_json
from workers.settings import Settings
from workers.unlocks import rank
from workers.withdrawals import Order, draft_withdrawal, foresee

LIMIT_SECONDS: Final = 900.0
"""Longest that one errand may take."""
_LEASE: Final = timedelta(seconds=LIMIT_SECONDS + 60)
_IDLE_SECONDS: Final = 1.0
_LOOK_SECONDS: Final = 0.1
"""How soon it is seen that one is done: somebody waits for it before a page."""
_GRACE_SECONDS: Final = 10.0

log = structlog.get_logger()


def run_errand(context: Context, errand: Errand) -> None:
    """Find out what was asked for and write the answer down, whatever it is."""
    book = errand_book(context)
    try:
        result = as_json(_find_out(context, errand))
    except ShardgateError as error:
        book.fail(errand.id, str(error))
        log.warning("errand failed", errand=errand.id, code=error.code)
    except Exception as error:  # noqa: BLE001 - the message may hold what a host said
        book.fail(errand.id, f"Unexpected {type(error).__name__}; this is a defect.")
        log.error("errand failed", errand=errand.id, error=type(error).__name__)  # noqa: TRY400
    else:
        book.finish(errand.id, result)
        log.info("errand done", errand=errand.id)


def _find_out(context: Context, errand: Errand) -> object:
    params = errand.params
    if errand.kind is ErrandKind.PREVIEW:
        return _preview(context, errand)
    if errand.kind is ErrandKind.IMPACT:
        return _weighed(context, errand)
    if errand.kind is ErrandKind.FORECAST:
        radius, _ = foresee(context, draft_withdrawal(_order(params)))
        return told(radius)
    if errand.kind is ErrandKind.LIFT:
        from workers.lifting import lift_recall  # noqa: PLC0415 - it brings along the detectors

        return lift_recall(context, params["recall"], actor=errand.asked_by)
    if errand.kind is ErrandKind.UNLOCK:
        return rank(context)
    filters, group = Filters(**params["filters"]), read_group(params["group"])
    # What was bound when it was asked for may be so no more.
    check_bound(context.settings, group.credential, f"https://{group.host}/x")
    return discover(context, group, filters, ssh=params["ssh"])


def _weighed(context: Context, errand: Errand) -> object:
    text = errand.params["text"]
    is_noted = errand.params["is_noted"]
    return note_weighed(context, text, errand.asked_by) if is_noted else weigh_policy(context, text)


def _preview(context: Context, errand: Errand) -> object:
    from workers.preview.look import preview_repository  # noqa: PLC0415 - a worker's alone

    params = errand.params
    check_bound(context.settings, params["credential"], params["url"])
    return preview_repository(
        context,
        params["url"],
        credential=params["credential"],
        with_forecast=params["with_forecast"],
        says=partial(errand_book(context).note, errand.id),
    )


def _order(params: Any) -> Order:  # noqa: ANN401 - JSON
    return Order(
        selector=Selector(params["selector"]),
        value=params["value"],
        repo_id=params["repo_id"],
        scope=WithdrawalScope(params["scope"]),
        reason=WithdrawalReason(params["reason"]),
        comment=params["comment"],
        by=params["by"],
    )


def serve_errands(stop: threading.Event, kinds: Collection[ErrandKind]) -> None:
    """Run errands of some kinds, each in a process of its own, until told to stop."""
    book = errand_book(Context(settings=Settings()))
    while not stop.wait(_IDLE_SECONDS):
        try:
            errand = book.claim(_LEASE, kinds)
            if errand is not None:
                _run_apart(book, errand.id, stop)
        except Exception as error:  # noqa: BLE001 - the next one may go well
            log.error("errands", error=type(error).__name__)  # noqa: TRY400 - no message


def _run_apart(book: ErrandBook, errand_id: str, stop: threading.Event) -> None:
    """Run an errand in a process; what leaves no answer has failed."""
    command = [sys.executable, "-m", "workers.errand_runner", errand_id]
    waited = 0.0
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True) as process:
        while process.poll() is None:
            stop.wait(_LOOK_SECONDS)
            waited += _LOOK_SECONDS
            if stop.is_set() or waited > LIMIT_SECONDS:
                _end(process)
    book.fail(errand_id, "It took too long or was stopped.")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process; on the signal it ends its git processes, which have sessions of their own."""
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _end_tidily(number: int, frame: object) -> None:
    del frame
    sys.exit(128 + number)


def main() -> None:
    """Run one errand: the entry point of ``python -m workers.errand_runner ID``."""
    configure_logging(logging.INFO)
    signal.signal(signal.SIGTERM, _end_tidily)
    context = Context(settings=Settings())
    errand = errand_book(context).find(sys.argv[1])
    if errand is not None and errand.state is ErrandState.RUNNING:
        run_errand(context, errand)


if __name__ == "__main__":
    main()
