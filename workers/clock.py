"""What nobody announces: consents and reviews that end, files that are edited, feeds that age."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import structlog

from policies.decision import Tier
from store.catalog import ReviewBook, RunState
from workers.context import Context, utc_now
from workers.recalls import publish_recalls
from workers.released import published
from workers.unsettled import changed_at, end_of_consent

RENEWAL: Final = timedelta(hours=1)
"""How often feeds are looked at. One is renewed when half of its life is over."""

BACK_OFF: Final = timedelta(minutes=10)
MAX_BACK_OFF: Final = timedelta(days=1)
"""How long after a run that came to nothing another is asked for: each time twice as long."""
_RUNS: Final = 100


class Clockwork:
    """Follows the clock in the reconciler of a worker.

    A decision is asked for once after something has ended, or after the policy's or the company's
    files were written while something is out, whoever sees it first. A run that was
    begun later answers it as soon as it has taken back what may not be used any more, so nothing
    is asked again when a worker starts anew. One that ended without that is followed by another
    after a while, which grows.
    """

    def __init__(self, context: Context) -> None:
        """Take the adapters; nothing is looked at yet."""
        self._context = context
        self._renewed: datetime | None = None

    def is_due(self) -> bool:
        """Tell whether something has ended, begun or been edited that nobody answers."""
        runs = self._context.catalog.list_runs(limit=_RUNS)
        if not runs:
            return False
        # Where nothing was ever taken back, all that happened since the oldest run is to be seen.
        answered = self._context.jobs.newest_run_that_did("recall") or runs[-1].created_at
        moments = (*self._moments(), *self._edits(answered))
        now = utc_now()
        latest = max((m for m in moments if answered < m <= now), default=None)
        if latest is None:
            return False
        # A run that fetches first may take hours: what has ended does not wait for it.
        asked = next((r for r in runs if r.kind == "release" and r.created_at >= latest), None)
        if asked is None:
            return True
        if asked.state is RunState.RUNNING:
            return False
        pause = min(max(asked.created_at - latest, BACK_OFF), MAX_BACK_OFF)
        return now >= asked.created_at + pause

    def renew_feeds(self) -> None:
        """Renew the feeds that grow old, now and then; a damaged one is logged and left."""
        now = utc_now()
        if self._renewed is not None and now < self._renewed + RENEWAL:
            return
        self._renewed = now
        for tier in Tier:
            try:
                publish_recalls(self._context, tier)
            except Exception as error:  # noqa: BLE001 - the other tier's readers wait too
                structlog.get_logger().error(
                    "feed not renewed", tier=tier.value, error=type(error).__name__
                )

    def _moments(self) -> Iterator[datetime]:
        """Yield when reviews that were agreed to begin and end, and when consents end."""
        for review in ReviewBook(self._context.catalog, self._context.policy).agreed():
            yield from (m for m in (review.starts_at, review.expires_at) if m is not None)
        for repository in self._context.catalog.list_repositories():
            if repository.release_consent and repository.consent_until is not None:
                yield end_of_consent(repository.consent_until)

    def _edits(self, since: datetime) -> Iterator[datetime]:
        """Yield when policy, terms or known contents were written after a moment.

        Nothing while nothing is out: what is decided later reads them as they are then.
        """
        edited = [m for path in self._context.source_files if (m := changed_at(path)) > since]
        if edited and published(self._context):
            yield from edited
