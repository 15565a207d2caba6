"""Reviewers: who decides in which lane."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from ingest.errors import InputError
from policies.decision import Lane
from policies.review import check_person
from store.catalog.audit import append_entry
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.sessions import end_sessions
from store.catalog.tables import ReviewerRow
from store.catalog.tables_users import UserRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """A person in a lane."""

    name: str
    lane: Lane
    active: bool
    changed_at: datetime


class ReviewerBook:
    """Keeps reviewers; each change is one transaction with its entry of the audit chain."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of all entries."""
        self._database = catalog.database
        self._clock = clock

    def add(self, name: str, lane: Lane, *, actor: str) -> bool:
        """Put a person into a lane, or back into it; tell whether that changed anything.

        Raises:
            ValueError: a name is none.
        """
        return self._set(name, lane, actor=actor, active=True)

    def remove(self, name: str, lane: Lane, *, actor: str) -> bool:
        """Take a person out of a lane; their decisions stand.

        Raises:
            ValueError: a name is none.
            InputError: the person never was in the lane.
        """
        return self._set(name, lane, actor=actor, active=False)

    def list_all(self, lane: Lane | None = None) -> list[Reviewer]:
        """Return all, also those who left, by lane and name."""
        query = select(ReviewerRow)
        if lane is not None:
            query = query.where(ReviewerRow.lane == lane.value)
        found = self._database.read(lambda s: [_reviewer(row) for row in s.scalars(query)])
        return sorted(found, key=lambda r: (r.lane, r.name))

    def _set(self, name: str, lane: Lane, *, actor: str, active: bool) -> bool:
        who, now = (check_person(actor), check_person(name)), self._clock()
        return self._database.write(lambda s: set_in_lane(s, who, lane, (active, now)))


def active_names(session: Session, lane: Lane) -> frozenset[str]:
    """Return the names of a lane's active reviewers, inside a caller's transaction.

    A user who is let in no more is none; a name that is no user's is one.
    """
    query = (
        select(ReviewerRow.name)
        .outerjoin(UserRow, UserRow.name == ReviewerRow.name)
        .where(ReviewerRow.lane == lane.value, ReviewerRow.active)
        .where(or_(UserRow.name.is_(None), UserRow.active))
    )
    return frozenset(session.scalars(query))


def active_lanes(session: Session, name: str) -> frozenset[Lane]:
    """Return the lanes that somebody decides in, inside a caller's transaction."""
    query = select(ReviewerRow.lane).where(ReviewerRow.name == name, ReviewerRow.active)
    return frozenset(map(Lane, session.scalars(query)))


def set_in_lane(
    session: Session, who: tuple[str, str], lane: Lane, change: tuple[bool, datetime]
) -> bool:
    """Put somebody into a lane, or out of it, inside a caller's transaction.

    `who` is actor and name, `change` is whether they decide there, and from when.

    Raises:
        InputError: they are to be taken out and never were in.
    """
    (actor, name), (active, now) = who, change
    row = session.get(ReviewerRow, (lane.value, name))
    if row is None and not active:
        raise InputError(f"{name} is no reviewer of the lane {lane}.")
    if row is not None and row.active is active:
        return False
    values = {"active": active, "changed_at": now}
    if row is None:
        session.execute(insert(ReviewerRow).values(lane=lane.value, name=name, **values))
    else:
        is_this = (ReviewerRow.lane == lane.value, ReviewerRow.name == name)
        session.execute(update(ReviewerRow).where(*is_this).values(**values))
    end_sessions(session, name)
    action = "reviewer.add" if active else "reviewer.remove"
    append_entry(session, now, (actor, action, name), {"lane": lane.value})
    return True


def _reviewer(row: ReviewerRow) -> Reviewer:
    return Reviewer(
        name=row.name, lane=Lane(row.lane), active=row.active, changed_at=row.changed_at
    )
