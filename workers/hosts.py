"""Hosts: who may be talked to now. Asked before and while anything of ours reaches one.

The mirror stage, previews, scans of a URL and discovery all come by here, so that a pause stops
all traffic: what runs is ended within seconds, what waits goes on waiting, with the reason.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from ingest.domain.problem import Problem
from ingest.errors import InputError, MustWait
from ingest.register.urls import canonicalise
from workers.context import Context, utc_now

if TYPE_CHECKING:  # a scan of a folder needs no catalog
    from store.catalog import Hold, HostBook, HostRecord

_LEASE: Final = timedelta(seconds=60)
_RENEW_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 1.0
_PAUSED_WAIT: Final = 600.0
"""Seconds after which a paused host is asked about again; to resume it wakes what waits."""
_CROWDED_WAIT: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HostView:
    """A host as a person looks at it."""

    host: HostRecord
    repositories: int
    """Registered ones."""
    waiting: int
    """Visits that wait."""


def host_of(url: str) -> str:
    """Return the host of a canonical URL, lower case and without port; empty for a local path."""
    return (urlsplit(url).hostname or "").lower()


def named_host(text: str) -> str:
    """Return the host that a person names, by itself or in a URL.

    Raises:
        InputError: it names none.
    """
    url = text if "://" in text else f"https://{text}"
    host = canonicalise(url.rstrip("/") + "/x", allow_local=False).host
    if not host:
        raise InputError(f"{text} is no host.", hint="Write a name such as git.example.com.")
    return host


class HostPass:
    """One visit's leave to talk to a host; what git asks (`ingest.mirror.git.Held`)."""

    def __init__(self, book: HostBook, holder: str) -> None:
        """Take the book and the name under which the visit holds its place."""
        self._book = book
        self._holder = holder
        self._looked = self._renewed = time.monotonic() - _RENEW_SECONDS
        self._answer: MustWait | None = None

    def __call__(self, host: str) -> MustWait | None:
        """Return why traffic has to stop; the catalog is asked once a second at most."""
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS:
            return self._answer
        self._looked = now
        if now - self._renewed >= _RENEW_SECONDS:
            self._renewed = now
            hold = self._book.renew(host, self._holder, _LEASE)
        else:
            hold = self._book.look(host)
        self._answer = None if hold is None else as_wait(hold, self._holder)
        return self._answer


@contextmanager
def entering(context: Context, url: str, holder: str) -> Iterator[HostPass | None]:
    """Hold a place at the host of a URL for the length of a block; None for a local path.

    Raises:
        MustWait: the host is paused, asked us to slow down, or has no place left.
    """
    host = host_of(url)
    if not host:
        yield None
        return
    book = host_book(context)
    hold = book.enter(host, holder, limit=context.settings.host_fetches, lease=_LEASE)
    if hold is not None:
        raise as_wait(hold, holder)
    try:
        yield HostPass(book, holder)
    finally:
        book.leave(holder)


def own_holder(what: str) -> str:
    """Return a name for a place that no job holds."""
    return f"{what}:{os.getpid()}:{time.monotonic_ns()}"


def require_open(context: Context, host: str) -> None:
    """Refuse to begin anything at a host that is paused or slowed down.

    Raises:
        MustWait: it is.
    """
    hold = host_book(context).check(host)
    if hold is not None:
        raise as_wait(hold, host)


def reasons_to_wait(context: Context, urls: Iterable[str]) -> list[str]:
    """Return why visits of these addresses would wait now, a sentence a host."""
    book = host_book(context)
    holds = [book.check(host) for host in sorted({host_of(url) for url in urls} - {""})]
    return [hold.says for hold in holds if hold is not None]


def as_wait(hold: Hold, who: str) -> MustWait:
    """Return a hold as the error that makes a job wait; equal waits would all end at once."""
    wait = _PAUSED_WAIT
    if hold.code == "crowded":
        wait = _CROWDED_WAIT
    elif hold.until is not None:
        wait = max((hold.until - utc_now()).total_seconds(), 1.0)
    share = hashlib.sha256(who.encode()).digest()[0] / 255
    hint = "shardgate host resume lets traffic flow again." * (hold.code == "paused")
    return MustWait(hold.says, seconds=wait * (1 + share), hint=hint, code=hold.code)


def note_outcome(context: Context, url: str, problem: str, cause: str) -> datetime | None:
    """Slow down where a host said so, and forget that where it served us; return until when."""
    host = host_of(url)
    if not host:
        return None
    if problem == Problem.THROTTLED:
        return host_book(context).throttle(host, cause)
    if not problem:
        host_book(context).calm(host)
    return None


def pause_host(context: Context, name: str, *, actor: str, reason: str) -> HostRecord:
    """Stop all traffic to a host: running fetches end within seconds, the others wait.

    Raises:
        InputError: `name` is no host, or there is no reason.
        ValueError: `actor` is no name.
    """
    return host_book(context).pause(named_host(name), actor=actor, reason=reason)


def resume_host(context: Context, name: str, *, actor: str) -> int:
    """Let traffic to a host flow again; return how many waiting visits go on at once.

    Raises:
        InputError: it is neither paused nor slowed down.
        ValueError: `actor` is no name.
    """
    from store.catalog import wake_visits  # noqa: PLC0415 - heavy

    host = named_host(name)
    host_book(context).resume(host, actor=actor)
    return wake_visits(context.catalog, host)


def list_hosts(context: Context) -> list[HostView]:
    """Return every host that repositories come from or that was ever paused, by name."""
    from store.catalog import count_waiting  # noqa: PLC0415 - heavy

    book = host_book(context)
    known = {record.name: record for record in book.list_all()}
    counts: dict[str, int] = {}
    for repository in context.repositories().values():
        host = host_of(repository.url)
        if host:
            counts[host] = counts.get(host, 0) + 1
    return [
        HostView(
            host=known.get(name) or book.find(name),
            repositories=counts.get(name, 0),
            waiting=count_waiting(context.catalog, name),
        )
        for name in sorted({*known, *counts})
    ]


def host_book(context: Context) -> HostBook:
    """Return the book of hosts."""
    from store.catalog import HostBook  # noqa: PLC0415 - heavy

    return HostBook(context.catalog, utc_now)
