"""Hosts of repositories, as the API shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from store.catalog import HostRecord, count_waiting
from workers import hosts
from workers.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """A host, whether traffic to it flows, and who waits for it."""

    name: str
    paused_at: datetime | None
    """None: nobody paused it."""
    paused_by: str
    reason: str
    throttled_until: datetime | None
    """It asked us to slow down; None: it did not."""
    throttle_cause: str
    fetches: int
    """Visits under way."""
    repositories: int
    """Registered ones."""
    waiting: int
    """Visits that wait."""


def list_hosts(context: Context) -> list[HostState]:
    """Return every host that repositories come from or that was ever paused, by name."""
    found = hosts.list_hosts(context)
    return [_state(v.host, repositories=v.repositories, waiting=v.waiting) for v in found]


def find_host(context: Context, name: str) -> HostState:
    """Return one host, whether anything of it is known or not.

    Raises:
        InputError: `name` is no host.
    """
    host = hosts.named_host(name)
    known = context.catalog.list_repositories()
    return _state(
        hosts.host_book(context).find(host),
        repositories=sum(hosts.host_of(repository.url) == host for repository in known),
        waiting=count_waiting(context.catalog, host),
    )


def _state(host: HostRecord, *, repositories: int, waiting: int) -> HostState:
    return HostState(
        name=host.name,
        paused_at=host.paused_at,
        paused_by=host.paused_by,
        reason=host.reason,
        throttled_until=host.throttled_until,
        throttle_cause=host.throttle_cause,
        fetches=host.fetches,
        repositories=repositories,
        waiting=waiting,
    )
