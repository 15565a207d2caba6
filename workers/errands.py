"""Errands: previews and discoveries that a face asks for and a worker runs.

The web server reaches no git host, so it writes down what it wants to know; a worker that mirrors
finds out, in a process of its own that can be stopped, and writes the answer down.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import structlog

from ingest.errors import InputError, ShardgateError
from ingest.register.registry import check_credential
from ingest.register.urls import canonicalise
from store.catalog.errands import Errand, ErrandBook, ErrandKind, ErrandState
from workers.bound_credentials import check_bound
from workers.context import Context, utc_now
from workers.discovery.model import (
    DiscoveryPlan,
    Filters,
    Group,
    Kind,
    PlannedRepository,
    Standing,
)
from workers.discovery.plan import Applied, Terms, apply_discovery, checked_group, discover
from workers.reading.page import as_json
from workers.settings import Settings

LIMIT_SECONDS: Final = 900.0
"""Longest that one errand may take."""
_LEASE: Final = timedelta(seconds=LIMIT_SECONDS + 60)
_IDLE_SECONDS: Final = 1.0
_GRACE_SECONDS: Final = 10.0

log = structlog.get_logger()


def ask_preview(
    context: Context, url: str, *, actor: str, credential: str = "", with_forecast: bool = True
) -> str:
    """Ask for a preview and return the id of the errand; arguments as `preview_repository`.

    Raises:
        RegistrationRefused: the URL or the reference is none that could be registered.
        ValueError: `actor` is no name.
    """
    address = canonicalise(url, allow_local=context.settings.allow_local)
    check_credential(credential, address.scheme)
    check_bound(context.settings, credential, address.url)
    params = {"url": address.url, "credential": credential, "with_forecast": with_forecast}
    return errand_book(context).ask(ErrandKind.PREVIEW, params, actor=actor)


def ask_discovery(
    context: Context, group: Group, filters: Filters, *, actor: str, ssh: bool = False
) -> str:
    """Ask for the plan of a group and return the id of the errand; arguments as `discover`.

    Raises:
        InputError: host, name or credential reference are none.
        ValueError: `actor` is no name.
    """
    known = checked_group(group)
    check_bound(context.settings, group.credential, f"https://{known.host}/x")
    params = {
        "group": as_json(known),
        "filters": as_json(filters),
        "ssh": ssh,
    }
    return errand_book(context).ask(ErrandKind.DISCOVER, params, actor=actor)


def find_errand(context: Context, errand_id: str) -> Errand:
    """Return an errand; what it found is its `result`, as JSON of `Preview` or `DiscoveryPlan`.

    Raises:
        InputError: there is no such errand, or no more.
    """
    found = errand_book(context).find(errand_id)
    if found is None:
        raise InputError(f"There is no errand {errand_id}.", hint="Answers are kept for a week.")
    return found


def apply_found(
    context: Context, errand_id: str, terms: Terms, *, actor: str, dry_run: bool = False
) -> list[Applied]:
    """Register what a discovery found; see `apply_discovery`.

    Raises:
        InputError: it is no discovery, or it is not done.
    """
    errand = find_errand(context, errand_id)
    if errand.kind is not ErrandKind.DISCOVER or errand.state is not ErrandState.DONE:
        raise InputError(f"{errand_id} is no discovery that is done.")
    plan = read_plan(errand.result)
    return apply_discovery(context, plan, terms, actor=actor, dry_run=dry_run)


def read_plan(result: Mapping[str, Any]) -> DiscoveryPlan:
    """Return the plan that a discovery wrote down."""
    items = [
        replace(PlannedRepository(**item), standing=Standing(item["standing"]))
        for item in result["items"]
    ]
    return DiscoveryPlan(
        group=_group(result["group"]), items=items, requests=int(result["requests"])
    )


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
    # What was bound when it was asked for may be so no more.
    if errand.kind is ErrandKind.PREVIEW:
        from workers.preview.look import preview_repository  # noqa: PLC0415 - a worker's alone

        check_bound(context.settings, params["credential"], params["url"])
        return preview_repository(
            context,
            params["url"],
            credential=params["credential"],
            with_forecast=params["with_forecast"],
        )
    filters, group = Filters(**params["filters"]), _group(params["group"])
    check_bound(context.settings, group.credential, f"https://{group.host}/x")
    return discover(context, group, filters, ssh=params["ssh"])


def _group(fields: Mapping[str, Any]) -> Group:
    return replace(Group(**fields), kind=Kind(fields["kind"]))


def errand_book(context: Context) -> ErrandBook:
    """Return the book of errands."""
    return ErrandBook(context.catalog, utc_now)


def serve_errands(stop: threading.Event) -> None:
    """Run errands one after the other, each in a process of its own, until told to stop."""
    book = errand_book(Context(settings=Settings()))
    while not stop.wait(_IDLE_SECONDS):
        try:
            errand = book.claim(_LEASE)
            if errand is not None:
                _run_apart(book, errand.id, stop)
        except Exception as error:  # noqa: BLE001 - the next one may go well
            log.error("errands", error=type(error).__name__)  # noqa: TRY400 - no message


def _run_apart(book: ErrandBook, errand_id: str, stop: threading.Event) -> None:
    """Run an errand in a process; what leaves no answer has failed."""
    command = [sys.executable, "-m", "workers.errands", errand_id]
    waited = 0.0
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True) as process:
        while process.poll() is None:
            stop.wait(_IDLE_SECONDS)
            waited += _IDLE_SECONDS
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
    """Run one errand: the entry point of ``python -m workers.errands ID``."""
    signal.signal(signal.SIGTERM, _end_tidily)
    context = Context(settings=Settings())
    errand = errand_book(context).find(sys.argv[1])
    if errand is not None and errand.state is ErrandState.RUNNING:
        run_errand(context, errand)


if __name__ == "__main__":
    main()
