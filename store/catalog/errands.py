"""Errands: what a face asks a worker to find out, at a host or over all that is kept.

Small and passing: an answer is kept for a week. A worker that dies leaves its errand to another,
twice at most.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from policies.review import check_person
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.ids import fresh_id
from store.catalog.tables_hosts import ErrandRow

KEPT: Final = timedelta(days=7)
MAX_ATTEMPTS: Final = 2
_MAX_REASON_CHARS: Final = 500


class ErrandKind(StrEnum):
    """What is to be found out."""

    PREVIEW = "preview"
    """What a repository would bring along."""
    DISCOVER = "discover"
    """Which repositories a group has."""
    IMPACT = "impact"
    """What another policy would change."""
    FORECAST = "forecast"
    """What a withdrawal would take back."""
    LIFT = "lift"
    """Whether a recall of whole releases can be lifted; it is, if so."""
    UNLOCK = "unlock"
    """Which single approvals would release most."""


class ErrandState(StrEnum):
    """``asked → running → done | failed``."""

    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """An errand as the catalog knows it."""

    id: str
    kind: ErrandKind
    params: Mapping[str, Any]
    state: ErrandState
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    result: Mapping[str, Any]
    """As JSON; empty until it is done."""
    reason: str
    """Why it failed, in words for a person."""
    says: str = ""
    """How far it is, in words for a person."""


class ErrandBook:
    """Keeps errands; each method is one transaction."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of all entries."""
        self._database = catalog.database
        self._clock = clock

    def ask(self, kind: ErrandKind, params: Mapping[str, Any], *, actor: str) -> str:
        """Write an errand and return its id; those asked for long ago are forgotten.

        Raises:
            ValueError: `actor` is no name.
        """
        now = self._clock()
        values = {
            "id": fresh_id("errand"),
            "kind": kind.value,
            "params": dict(params),
            "state": ErrandState.ASKED.value,
            "attempt": 0,
            "asked_by": check_person(actor),
            "asked_at": now,
            "result": {},
            "reason": "",
            "says": "",
        }

        def transaction(session: Session) -> None:
            session.execute(delete(ErrandRow).where(ErrandRow.asked_at < now - KEPT))
            session.execute(insert(ErrandRow).values(**values))

        self._database.write(transaction)
        return str(values["id"])

    def find(self, errand_id: str) -> Errand | None:
        """Return an errand by id."""
        row = self._database.read(lambda s: s.get(ErrandRow, errand_id))
        return None if row is None else errand_of(row)

    def claim(
        self, lease: timedelta, kinds: Collection[ErrandKind] = tuple(ErrandKind)
    ) -> Errand | None:
        """Take the oldest errand of some kinds that waits or whose worker died; None: no such."""
        now = self._clock()
        is_ours = ErrandRow.kind.in_([kind.value for kind in kinds])
        is_lost = (ErrandRow.state == ErrandState.RUNNING.value) & (ErrandRow.lease_until <= now)

        def transaction(session: Session) -> ErrandRow | None:
            worn = is_lost & (ErrandRow.attempt >= MAX_ATTEMPTS)
            given_up = _ended(ErrandState.FAILED, now, "Its workers died or were stopped.", {})
            session.execute(update(ErrandRow).where(worn).values(**given_up))
            query = select(ErrandRow.id).where(
                is_ours, or_(ErrandRow.state == ErrandState.ASKED.value, is_lost)
            )
            query = query.order_by(ErrandRow.asked_at, ErrandRow.id).limit(1)
            found = session.scalar(query.with_for_update(skip_locked=True))
            if found is None:
                return None
            values = {
                "state": ErrandState.RUNNING.value,
                "attempt": ErrandRow.attempt + 1,
                "lease_until": now + lease,
            }
            change = update(ErrandRow).where(ErrandRow.id == found).values(**values)
            return session.scalar(change.returning(ErrandRow))

        row = self._database.write(transaction)
        return None if row is None else errand_of(row)

    def note(self, errand_id: str, says: str) -> None:
        """Write down how far a running errand is."""
        is_running = ErrandRow.state == ErrandState.RUNNING.value
        change = update(ErrandRow).where(ErrandRow.id == errand_id, is_running)
        self._database.write(lambda s: s.execute(change.values(says=says[:_MAX_REASON_CHARS])))

    def finish(self, errand_id: str, result: Mapping[str, Any]) -> bool:
        """End a running errand well; False when it is not running any more."""
        return self._end(errand_id, _ended(ErrandState.DONE, self._clock(), "", result))

    def fail(self, errand_id: str, reason: str) -> bool:
        """End a running errand; False when it is not running any more."""
        return self._end(errand_id, _ended(ErrandState.FAILED, self._clock(), reason, {}))

    def _end(self, errand_id: str, values: Mapping[str, Any]) -> bool:
        is_running = ErrandRow.state == ErrandState.RUNNING.value
        change = update(ErrandRow).where(ErrandRow.id == errand_id, is_running).values(**values)
        done = change.returning(ErrandRow.id)
        return self._database.write(lambda s: s.scalar(done)) is not None


def _ended(
    state: ErrandState, now: datetime, reason: str, result: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "state": state.value,
        "finished_at": now,
        "lease_until": None,
        "reason": reason[:_MAX_REASON_CHARS],
        "result": dict(result),
    }


def errand_of(row: ErrandRow) -> Errand:
    """Return the errand of a row."""
    return Errand(
        id=row.id,
        kind=ErrandKind(row.kind),
        params=row.params,
        state=ErrandState(row.state),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        result=row.result,
        reason=row.reason,
        says=row.says,
    )
