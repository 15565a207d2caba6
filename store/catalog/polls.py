"""Polls: when each repository is looked at again, and what webhooks told of meanwhile.

A webhook only notes that a repository is asked for. The reconciler starts one run for all that is
due, in the transaction that notes it as started: no two processes start the same visit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, not_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.catalog.barrier import Clock, insert_new_jobs
from store.catalog.catalog import Catalog, insert_run
from store.catalog.ids import fresh_id
from store.catalog.records import JobSpec, JobState, RepositoryState
from store.catalog.tables import JobRow, RepositoryRow
from store.catalog.tables_hosts import DeliveryRow, PollRow

ASKED_GAP: Final = timedelta(seconds=15)
"""Pushes that follow one another this closely are answered by one visit."""
KEPT_DELIVERIES: Final = timedelta(days=7)
"""GitHub lets a person send a delivery again for three days."""
_STAGE: Final = "mirror"


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """When a repository is looked at again, and why then."""

    repository_id: str
    next_at: datetime
    hook_at: datetime | None = None
    """Last webhook that can be relied on: pushes are told to us, a poll only makes sure."""
    changed_at: datetime | None = None
    """Visit that last found other refs than the one before."""
    failures: int = 0
    """Visits in a row that failed."""


class PollBook:
    """Keeps the polls; each method is one transaction."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of all entries."""
        self._database = catalog.database
        self._clock = clock

    def find(self, repository_id: str) -> PollRecord | None:
        """Return when a repository is polled; None before its first visit."""
        return self._database.read(lambda s: _record(s.get(PollRow, repository_id)))

    def after_visit(
        self, repository_id: str, step: Callable[[PollRecord | None], PollRecord]
    ) -> PollRecord:
        """Write what `step` makes of the record there was."""

        def transaction(session: Session) -> PollRecord:
            row = session.get(PollRow, repository_id, with_for_update=True)
            after = step(_record(row))
            _upsert(session, asdict(after))
            return after

        return self._database.write(transaction)

    def tell(self, provider: str, delivery_id: str, repository_ids: Sequence[str]) -> bool:
        """Note a delivery and that its repositories are asked for; False for one known already.

        Repositories that are not registered are left out.
        """
        now = self._clock()

        def transaction(session: Session) -> bool:
            past = DeliveryRow.received_at < now - KEPT_DELIVERIES
            session.execute(delete(DeliveryRow).where(past))
            if not _is_new(session, provider, delivery_id, now):
                return False
            known = select(RepositoryRow.id).where(RepositoryRow.id.in_(repository_ids))
            for repository_id in sorted(session.scalars(known)):
                told = {"hook_at": now, "asked_at": now}
                _upsert(session, {"repository_id": repository_id, **told}, next_at=now)
            return True

        return self._database.write(transaction)

    def start_due(
        self, held_hosts: Collection[str], *, with_polls: bool, limit: int, longest: timedelta
    ) -> list[str]:
        """Start one run over the repositories that are due; return the ids of its jobs.

        Left out are repositories of held hosts, and those for which a visit waits already: that
        one answers. Without `with_polls` only what webhooks asked for is due.
        """
        run_id, now = fresh_id("run"), self._clock()
        # most ticks find nothing, and are not to hold up those who write
        if not self._database.read(lambda s: _is_anything_due(s, now, with_polls=with_polls)):
            return []

        def transaction(session: Session) -> list[str]:
            _drop_answered(session)
            query = _due(now, held_hosts, with_polls=with_polls).limit(limit)
            found = sorted(session.scalars(query.with_for_update(skip_locked=True)))
            if not found:
                return []
            insert_run(session, run_id, "sync", {"tiers": [], "cause": "poll"}, now)
            specs = [JobSpec.of(run_id=run_id, stage=_STAGE, scope=r, subject=r) for r in found]
            is_mine = PollRow.repository_id.in_(found)
            # until its visit says better
            values = {"started_at": now, "asked_at": None, "next_at": now + longest}
            session.execute(update(PollRow).where(is_mine).values(**values))
            return insert_new_jobs(session, specs, now=now)

        return self._database.write(transaction)


def _is_anything_due(session: Session, now: datetime, *, with_polls: bool) -> bool:
    due: ColumnElement[bool] = PollRow.asked_at.is_not(None)
    if with_polls:
        due = or_(due, PollRow.next_at <= now)
    return session.scalar(select(PollRow.repository_id).where(due).limit(1)) is not None


def _due(now: datetime, held_hosts: Collection[str], *, with_polls: bool) -> Any:  # noqa: ANN401 - a select
    gap = or_(PollRow.started_at.is_(None), PollRow.started_at <= now - ASKED_GAP)
    due = and_(PollRow.asked_at.is_not(None), gap, PollRow.repository_id.not_in(_visits("ready")))
    if with_polls:
        idle = PollRow.repository_id.not_in(_visits("ready", "running"))
        due = or_(due, and_(PollRow.next_at <= now, idle))
    query = select(PollRow.repository_id).join(
        RepositoryRow, RepositoryRow.id == PollRow.repository_id
    )
    query = query.where(due, RepositoryRow.state == RepositoryState.ACTIVE.value)
    for host in sorted(held_hosts):
        query = query.where(not_(is_of_host(host)))
    # those asked for come first, then whoever waits longest
    return query.order_by(PollRow.asked_at.is_(None), PollRow.next_at)


def is_of_host(host: str) -> ColumnElement[bool]:
    """Return the condition of a repository whose URL names a host, whatever user and port."""
    starts = ("https://", "ssh://", "ssh://%@")
    url = RepositoryRow.url
    return or_(*(url.like(f"{start}{host}{end}%") for start in starts for end in ("/", ":")))


def _visits(*states: str) -> Any:  # noqa: ANN401 - a select
    wanted = [JobState(state).value for state in states]
    return select(JobRow.scope).where(JobRow.state.in_(wanted), JobRow.stage == _STAGE)


def _drop_answered(session: Session) -> None:
    """Forget a webhook for whose repository a visit waits: that visit will see the push."""
    is_waiting = PollRow.repository_id.in_(_visits("ready"))
    change = update(PollRow).where(PollRow.asked_at.is_not(None), is_waiting)
    session.execute(change.values(asked_at=None))


def _is_new(session: Session, provider: str, delivery_id: str, now: datetime) -> bool:
    row = {"provider": provider, "delivery_id": delivery_id, "received_at": now}
    statement = dialect_insert(session)(DeliveryRow).values(**row).on_conflict_do_nothing()
    return session.scalar(statement.returning(DeliveryRow.delivery_id)) is not None


def _upsert(session: Session, values: dict[str, Any], **first: Any) -> None:  # noqa: ANN401 - columns
    """Change the row of a repository, or insert it with what a `first` row has besides."""
    statement = dialect_insert(session)(PollRow).values(**({"failures": 0} | first | values))
    change = {name: value for name, value in values.items() if name != "repository_id"}
    session.execute(
        statement.on_conflict_do_update(index_elements=[PollRow.repository_id], set_=change)
    )


def dialect_insert(session: Session) -> Any:  # noqa: ANN401 - one dialect's insert or the other's
    """Return the insert of the session's database, which knows what to do about conflicts."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert if is_sqlite else postgresql.insert


def _record(row: PollRow | None) -> PollRecord | None:
    if row is None:
        return None
    return PollRecord(
        repository_id=row.repository_id,
        next_at=row.next_at,
        hook_at=row.hook_at,
        changed_at=row.changed_at,
        failures=row.failures,
    )
