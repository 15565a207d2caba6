"""Whether something that is out may have to be taken back, and nobody has looked yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from ingest.errors import TransientError
from policies.review import ReviewKind
from store.catalog import AuditEntry, AuditLog, Changes, ReviewBook
from workers.context import Context, utc_now

_RUNS: Final = 100
_TICK: Final = timedelta(milliseconds=10)
"""By how much the time of an inode may lag: a tick of Linux with CONFIG_HZ=100, its slowest."""
_SAID: Final = (
    "withdrawal.withdraw",
    "policy.apply",
    "repository.register",
    "repository.restate",
    "review.approve",
    "review.withdraw",
)
"""Entries of the audit chain that may take rows away."""
_HARMLESS: Final = frozenset(
    {"owner", "evidence", "credential", "release_consent", "consent_until"}
)
"""Changes of what is stated of a repository that take nothing away while there is a consent; an
end that is over by then is told by the clock."""


class NotSettled(TransientError):
    """Nothing is handed out before releases were looked at again."""


class Unsettled:
    """Tells since when releases wait to be looked at again; safe to ask for each request."""

    def __init__(self, context: Context) -> None:
        """Take the adapters; nothing is looked at yet."""
        self._context = context
        self._audit = AuditLog(context.catalog, clock=utc_now)

    def since(self, changes: Changes | None = None) -> datetime | None:
        """Return the newest moment that may take rows away and that no recall has answered.

        That is when somebody withdrew something, restricted it, took a waiver or a consent back,
        stated other rights, applied a policy or wrote the policy's or the company's files, and
        when a waiver or a consent ended. It is answered once a run that was begun later has taken
        back what may not be used any more.

        Args:
            changes: what has changed in the catalog, where the caller has asked already.
        """

        def find() -> datetime | None:
            answered = self._answered()
            return self._look(answered) if answered is not None else None

        mark = changes or self._context.changes or self._context.catalog.changes()
        key = "settled", utc_now().replace(microsecond=0)
        # What somebody says counts at once; what ends by the clock, or is edited, a second later
        # at most. That a recall was made is no entry of the chain: to wait is never remembered.
        return self._context.kept.get(mark, key, find, lambda at: at is None)

    def check(self, changes: Changes | None = None) -> None:
        """Let releases be handed out.

        Args:
            changes: what has changed in the catalog, where the caller has asked already.

        Raises:
            NotSettled: first somebody has to look at what may still be used.
        """
        since = self.since(changes)
        if since is not None:
            raise NotSettled(
                f"Since {since.isoformat(timespec='seconds')} something may have to be taken back; "
                "nothing is handed out before releases were looked at.",
                hint="Try again in a minute. A worker has to run: shardgate up starts one.",
            )

    def _answered(self) -> datetime | None:
        """Return the moment from which on nothing is answered; None: nothing was ever run."""
        done = self._context.jobs.newest_run_that_did("recall")
        if done is not None:
            return done
        runs = self._context.catalog.list_runs(limit=_RUNS)
        return runs[-1].created_at if runs else None

    def _look(self, answered: datetime) -> datetime | None:
        said = [e.at for e in self._audit.since(answered, _SAID) if self._may_take(e)]
        others = [*self._ends(), *map(changed_at, self._context.source_files)]
        now = utc_now()
        return max((*said, *(m for m in others if answered < m <= now)), default=None)

    def _may_take(self, entry: AuditEntry) -> bool:
        if entry.action == "repository.register":
            # Nothing is out of a repository that was not registered before.
            return self._audit.is_repeated(entry)
        if entry.action == "repository.restate":
            is_harmless = _HARMLESS.issuperset(entry.detail["changes"])
            return not (is_harmless and entry.detail["consent"])
        if entry.action.startswith("review."):
            restricts = ReviewKind(entry.detail["kind"]).restricts
            return restricts == (entry.action == "review.approve")
        return True

    def _ends(self) -> Iterator[datetime]:
        """Yield when reviews begin that restrict, and when others end, and consents."""
        for review in ReviewBook(self._context.catalog, self._context.policy).agreed():
            moment = review.starts_at if review.kind.restricts else review.expires_at
            if moment is not None:
                yield moment
        for repository in self._context.repositories().values():
            if repository.release_consent and repository.consent_until is not None:
                yield end_of_consent(repository.consent_until)


def end_of_consent(last_day: date) -> datetime:
    """Return when a consent is over: with the end of its last day, UTC."""
    return datetime.combine(last_day + timedelta(days=1), time(), UTC)


def changed_at(path: Path) -> datetime:
    """Return the latest moment at which a file may have got its content or its name.

    That is the time of its inode, which is the last tick of the kernel's clock before: a copy or an
    archive brings an old modification time along. A link counts too, for it may be turned to
    another file. The oldest moment where there is no file, and never one that is to come.
    """
    moments = [datetime.min.replace(tzinfo=UTC)]
    for stat in (path.stat, path.lstat):
        with suppress(OSError):
            changed = datetime.fromtimestamp(stat().st_ctime, UTC)
            moments.append(min(changed + _TICK, utc_now()))
    return max(moments)
