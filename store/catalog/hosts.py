"""Hosts: which are paused, which asked us to slow down, and how many visits of each are under way.

A visit enters its host and leaves it. Who may enter is told in one transaction, so that no two
processes both take the last place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from ingest.errors import InputError
from policies.review import check_person
from store.catalog.audit import append_entry
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.tables_hosts import FetchRow, HostRow

FIRST_THROTTLE: Final = timedelta(minutes=1)
MAX_THROTTLE: Final = timedelta(hours=1)
"""How long a host that asked us to slow down is left alone: each time in a row twice as long."""
_MAX_REASON_CHARS: Final = 300
_LOCK: Final = "SELECT pg_advisory_xact_lock(7283412907)"
"""Any constant will do; on SQLite a write transaction is alone anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRecord:
    """A host as the catalog knows it."""

    name: str
    paused_at: datetime | None
    paused_by: str
    reason: str
    throttled_until: datetime | None
    throttle_cause: str
    strikes: int
    """How often in a row it asked us to slow down."""
    fetches: int
    """Visits under way."""

    @property
    def is_paused(self) -> bool:
        """Whether a person stopped all traffic to it."""
        return self.paused_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why a visit may not enter now."""

    code: str
    """``paused``, ``throttled`` or ``crowded``."""
    says: str
    until: datetime | None = None
    """When to ask again; None: when a person resumes the host."""


class HostBook:
    """Keeps hosts; what a person does is one transaction with its entry of the audit chain."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of all entries."""
        self._database = catalog.database
        self._clock = clock

    def pause(self, name: str, *, actor: str, reason: str) -> HostRecord:
        """Stop all traffic to a host; pausing it again changes the reason.

        Raises:
            InputError: the reason is empty or too long.
            ValueError: `actor` is no name.
        """
        who, now = check_person(actor), self._clock()
        if not reason.strip() or len(reason) > _MAX_REASON_CHARS or not reason.isprintable():
            raise InputError(f"A pause needs a reason: one line of {_MAX_REASON_CHARS} characters.")

        def transaction(session: Session) -> HostRecord:
            row = _row(session, name)
            row.paused_at, row.paused_by, row.reason = row.paused_at or now, who, reason.strip()
            session.flush()
            append_entry(session, now, (who, "host.pause", name), {})
            return _record(session, row, now)

        return self._database.write(transaction)

    def resume(self, name: str, *, actor: str) -> HostRecord:
        """Let traffic to a host flow again, also where it had asked us to slow down.

        Raises:
            InputError: it is neither paused nor slowed down.
            ValueError: `actor` is no name.
        """
        who, now = check_person(actor), self._clock()

        def transaction(session: Session) -> HostRecord:
            row = session.get(HostRow, name)
            if row is None or (row.paused_at is None and row.throttled_until is None):
                raise InputError(f"{name} is not paused.")
            row.paused_at, row.paused_by, row.reason = None, "", ""
            row.throttled_until, row.throttle_cause, row.strikes = None, "", 0
            session.flush()
            append_entry(session, now, (who, "host.resume", name), {})
            return _record(session, row, now)

        return self._database.write(transaction)

    def find(self, name: str) -> HostRecord:
        """Return a host; one of which nothing is known is neither paused nor slowed down."""
        now = self._clock()
        return self._database.read(lambda s: _record(s, s.get(HostRow, name) or _fresh(name), now))

    def list_all(self) -> list[HostRecord]:
        """Return every host that was ever paused or slowed down, or is fetched from, by name."""
        now = self._clock()

        def query(session: Session) -> list[HostRecord]:
            rows = {row.name: row for row in session.scalars(select(HostRow))}
            busy = session.scalars(select(FetchRow.host).where(FetchRow.until > now))
            names = sorted({*rows, *busy})
            return [_record(session, rows.get(name) or _fresh(name), now) for name in names]

        return self._database.read(query)

    def paused_names(self) -> frozenset[str]:
        """Return the hosts that no visit may enter now: paused, or slowed down for a while."""
        now = self._clock()
        query = select(HostRow.name).where(
            HostRow.paused_at.is_not(None) | (HostRow.throttled_until > now)
        )
        return self._database.read(lambda s: frozenset(s.scalars(query)))

    def enter(self, name: str, holder: str, *, limit: int, lease: timedelta) -> Hold | None:
        """Take a place at a host for a visit; return why it may not, or None when it may.

        A place is given back by `leave`, or when its lease is not renewed by `renew`.
        """
        now = self._clock()

        def transaction(session: Session) -> Hold | None:
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text(_LOCK))
            held = _hold(session.get(HostRow, name), now)
            if held is not None:
                return held
            over = FetchRow.until <= now
            session.execute(delete(FetchRow).where(over | (FetchRow.holder == holder)))
            count = _count(session, name, now)
            if count >= limit:
                return Hold(
                    code="crowded",
                    says=f"{count} fetches of {name} are running, which is the most at once.",
                    until=now,
                )
            place = {"holder": holder, "host": name, "until": now + lease}
            session.execute(insert(FetchRow).values(**place))
            return None

        return self._database.write(transaction)

    def renew(self, name: str, holder: str, lease: timedelta) -> Hold | None:
        """Keep a place; return why the visit has to end, or None when it may go on."""
        now = self._clock()
        keep = update(FetchRow).where(FetchRow.holder == holder).values(until=now + lease)
        self._database.write(lambda s: s.execute(keep))
        return self.look(name)

    def look(self, name: str) -> Hold | None:
        """Return why traffic to a host has to stop, or None; a host slowed down goes on."""
        return self._database.read(lambda s: _pause(s.get(HostRow, name)))

    def check(self, name: str) -> Hold | None:
        """Return why nothing may be begun at a host, or None."""
        now = self._clock()
        return self._database.read(lambda s: _hold(s.get(HostRow, name), now))

    def leave(self, holder: str) -> None:
        """Give a place back."""
        self._database.write(lambda s: s.execute(delete(FetchRow).where(FetchRow.holder == holder)))

    def throttle(self, name: str, cause: str, until: datetime | None = None) -> datetime:
        """Leave a host alone for a while and return until when.

        `until` is what the host said itself; without it the wait doubles each time in a row.
        """
        now = self._clock()

        def transaction(session: Session) -> datetime:
            row = _row(session, name)
            row.strikes += 1
            own = now + min(FIRST_THROTTLE * 2 ** min(row.strikes - 1, 10), MAX_THROTTLE)
            end = min(until, now + MAX_THROTTLE) if until is not None else own
            row.throttled_until = max(end, row.throttled_until or end)
            row.throttle_cause = cause[:_MAX_REASON_CHARS]
            session.flush()
            return row.throttled_until

        return self._database.write(transaction)

    def calm(self, name: str) -> None:
        """Forget that a host asked us to slow down: it served us again."""
        now = self._clock()
        change = update(HostRow).where(
            HostRow.name == name,
            HostRow.strikes > 0,
            HostRow.throttled_until.is_(None) | (HostRow.throttled_until <= now),
        )
        change = change.values(strikes=0, throttled_until=None, throttle_cause="")
        if self.find(name).strikes:
            self._database.write(lambda s: s.execute(change))


def _fresh(name: str) -> HostRow:
    return HostRow(
        name=name,
        paused_at=None,
        paused_by="",
        reason="",
        throttled_until=None,
        throttle_cause="",
        strikes=0,
    )


def _row(session: Session, name: str) -> HostRow:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(_LOCK))
    row = session.get(HostRow, name)
    if row is None:
        row = _fresh(name)
        session.add(row)
    return row


def _pause(row: HostRow | None) -> Hold | None:
    if row is None or row.paused_at is None:
        return None
    since = f"{row.paused_at:%Y-%m-%d %H:%M} UTC"
    says = f"{row.name} was paused by {row.paused_by} on {since}: {row.reason}."
    return Hold(code="paused", says=says)


def _hold(row: HostRow | None, now: datetime) -> Hold | None:
    held = _pause(row)
    if held is not None or row is None:
        return held
    if row.throttled_until is None or row.throttled_until <= now:
        return None
    says = f"{row.name} asked us to slow down; it is left alone until "
    says += f"{row.throttled_until:%Y-%m-%d %H:%M:%S} UTC."
    return Hold(code="throttled", says=says, until=row.throttled_until)


def _count(session: Session, name: str, now: datetime) -> int:
    query = select(func.count()).where(FetchRow.host == name, FetchRow.until > now)
    return session.scalar(query) or 0


def _record(session: Session, row: HostRow, now: datetime) -> HostRecord:
    is_slow = row.throttled_until is not None and row.throttled_until > now
    return HostRecord(
        name=row.name,
        paused_at=row.paused_at,
        paused_by=row.paused_by,
        reason=row.reason,
        throttled_until=row.throttled_until if is_slow else None,
        throttle_cause=row.throttle_cause if is_slow else "",
        strikes=row.strikes,
        fetches=_count(session, row.name, now),
    )
