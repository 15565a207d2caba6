"""When a repository is looked at again by itself: by how often it changes, and how visits end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ingest.domain.repository import Visit, VisitStatus
from store.catalog import HostBook, PollBook, PollRecord
from workers.context import Context, utc_now

POLL_EVERY: Final = timedelta(minutes=1)
"""Polls that fall due within this are one run."""
MAX_VISITS: Final = 200
"""Visits that one run begins with."""
_GOOD: Final = (VisitStatus.FULL, VisitStatus.PARTIAL)
_JITTER: Final = 0.1
_MAX_DOUBLINGS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRules:
    """Bounds of the wait between two looks."""

    shortest: timedelta
    longest: timedelta
    covered: timedelta
    """Shortest wait where webhooks tell us of pushes: a poll then only makes sure."""

    @classmethod
    def of(cls, context: Context) -> PollRules:
        """Return those of the settings."""
        settings = context.settings
        return cls(
            shortest=timedelta(seconds=settings.poll_min_seconds),
            longest=timedelta(seconds=max(settings.poll_max_seconds, settings.poll_min_seconds)),
            covered=timedelta(seconds=settings.poll_covered_seconds),
        )


def next_poll(
    before: PollRecord | None, visit: Visit, earlier: Visit | None, rules: PollRules
) -> PollRecord:
    """Return when a repository is looked at next, after a visit; `earlier` is the one before.

    What has not changed for two days is asked about after one more: half of the time it has been
    quiet. Visits that fail wait twice as long each time. A change of which no webhook told ends
    the trust in webhooks, until the next one arrives.
    """
    now, known = visit.finished_at, before or _new(visit)
    if visit.status not in _GOOD:
        failures = known.failures + 1
        wait = _clamp(rules.shortest * 2 ** min(failures, _MAX_DOUBLINGS), rules)
        hook_at, changed_at = known.hook_at, known.changed_at
    else:
        is_changed = earlier is None or earlier.refs_digest != visit.refs_digest
        changed_at = now if is_changed or known.changed_at is None else known.changed_at
        failures, wait = 0, _clamp((now - changed_at) / 2, rules)
        hook_at = known.hook_at
        if hook_at is not None and is_changed and earlier and hook_at < earlier.started_at:
            hook_at = None
        if hook_at is not None:
            wait = max(wait, rules.covered)
    return PollRecord(
        repository_id=visit.repository_id,
        next_at=now + wait * jitter(visit.repository_id),
        hook_at=hook_at,
        changed_at=changed_at,
        failures=failures,
    )


def jitter(repository_id: str) -> float:
    """Return a factor near 1 that is a repository's own, so that not all come due at once."""
    share = int.from_bytes(hashlib.sha256(repository_id.encode()).digest()[:4]) / 2**32
    return 1 - _JITTER + 2 * _JITTER * share


def note_visit(context: Context, visit: Visit, earlier: Visit | None) -> PollRecord:
    """Write when the repository of a visit is looked at next."""
    rules = PollRules.of(context)
    book = PollBook(context.catalog, utc_now)
    return book.after_visit(
        visit.repository_id, lambda before: next_poll(before, visit, earlier, rules)
    )


class Poller:
    """Starts what is due, in the reconciler of a worker."""

    def __init__(self, context: Context, clock: Callable[[], datetime] = utc_now) -> None:
        """Take the adapters; nothing is looked at yet."""
        self._context = context
        self._clock = clock
        self._polled: datetime | None = None

    def start_due(self) -> list[str]:
        """Start one run over all that is due; return the ids of its jobs."""
        now, settings = self._clock(), self._context.settings
        with_polls = settings.poll and (self._polled is None or now >= self._polled + POLL_EVERY)
        if with_polls:
            self._polled = now
        catalog = self._context.catalog
        return PollBook(catalog, self._clock).start_due(
            HostBook(catalog, self._clock).paused_names(),
            with_polls=with_polls,
            limit=MAX_VISITS,
            longest=PollRules.of(self._context).longest,
        )


def _new(visit: Visit) -> PollRecord:
    return PollRecord(repository_id=visit.repository_id, next_at=visit.finished_at)


def _clamp(wait: timedelta, rules: PollRules) -> timedelta:
    return min(max(wait, rules.shortest), rules.longest)
