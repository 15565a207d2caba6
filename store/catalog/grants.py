"""Grants: who may pull which tier for which purpose; created and revoked, never edited."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ingest.errors import InputError
from policies.decision import Tier
from policies.review import check_person
from release.domain.grant import Grant, Purpose, Wish
from store.catalog.audit import append_entry
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.ids import fresh_id
from store.catalog.tables_pull import GrantRow


class GrantBook:
    """Keeps grants; each change is one transaction with its entry of the audit chain."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of all entries."""
        self._database = catalog.database
        self._clock = clock

    def draft(self, wish: Wish, until: datetime, *, by: str, comment: str = "") -> Grant:
        """Return a grant from now on without writing it.

        Raises:
            InputError: nobody may give this grant, or nobody could use it; see `Grant`.
        """
        try:
            return Grant(
                id=fresh_id("grt"),
                consumer=wish.consumer,
                tier=wish.tier,
                purpose=wish.purpose,
                granted_by=by,
                granted_at=self._clock(),
                expires_at=until,
                comment=comment,
            )
        except ValueError as error:
            raise InputError(f"This cannot be granted: {error}.") from None

    def add(self, grant: Grant) -> None:
        """Write a new grant; the same one again changes nothing."""
        detail = {
            "consumer": grant.consumer,
            "tier": grant.tier.value,
            "purpose": grant.purpose.value,
            "until": grant.expires_at.isoformat(),
        }

        def transaction(session: Session) -> None:
            if session.get(GrantRow, grant.id) is None:
                session.execute(insert(GrantRow).values(**_values(grant)))
                who = (grant.granted_by, "grant.add", grant.id)
                append_entry(session, grant.granted_at, who, detail)

        self._database.write(transaction)

    def revoke(self, grant_id: str, *, by: str) -> Grant:
        """End a grant from now on, and return it; one that was revoked stays as it is.

        Anybody may: to take away needs one person.

        Raises:
            InputError: there is no such grant, or nobody is named.
        """
        try:
            check_person(by)
        except ValueError as error:
            raise InputError(f"Say who you are: {error}.") from None
        return self._database.write(lambda session: _revoke(session, grant_id, by, self._clock()))

    def find(self, grant_id: str) -> Grant | None:
        """Return a grant by id, whatever its state."""
        row = self._database.read(lambda s: s.get(GrantRow, grant_id))
        return None if row is None else grant_of(row)

    def list_all(self, consumer: str = "") -> list[Grant]:
        """Return the grants of one consumer or of all, whatever their state, oldest first."""
        query = select(GrantRow).order_by(GrantRow.granted_at, GrantRow.id)
        if consumer:
            query = query.where(GrantRow.consumer == consumer)
        return self._database.read(lambda s: [grant_of(row) for row in s.scalars(query)])


def locked_grant(session: Session, grant_id: str) -> Grant | None:
    """Return a grant inside a caller's transaction; nobody revokes it before that ends."""
    row = session.scalar(select(GrantRow).where(GrantRow.id == grant_id).with_for_update())
    return None if row is None else grant_of(row)


def _revoke(session: Session, grant_id: str, by: str, now: datetime) -> Grant:
    if (known := locked_grant(session, grant_id)) is None:
        raise InputError(
            f"There is no grant {grant_id}.", hint="shardgate grant list shows all of them."
        )
    if known.revoked_at is not None:
        return known
    change = update(GrantRow).where(GrantRow.id == grant_id)
    session.execute(change.values(revoked_by=by, revoked_at=now))
    append_entry(session, now, (by, "grant.revoke", grant_id), {"consumer": known.consumer})
    row = session.get_one(GrantRow, grant_id, populate_existing=True)
    return grant_of(row)


def _values(grant: Grant) -> dict[str, object]:
    return {
        "id": grant.id,
        "consumer": grant.consumer,
        "tier": grant.tier.value,
        "purpose": grant.purpose.value,
        "granted_by": grant.granted_by,
        "granted_at": grant.granted_at,
        "expires_at": grant.expires_at,
        "comment": grant.comment,
        "revoked_by": grant.revoked_by,
        "revoked_at": grant.revoked_at,
    }


def grant_of(row: GrantRow) -> Grant:
    """Return the grant of a row."""
    return Grant(
        id=row.id,
        consumer=row.consumer,
        tier=Tier(row.tier),
        purpose=Purpose(row.purpose),
        granted_by=row.granted_by,
        granted_at=row.granted_at,
        expires_at=row.expires_at,
        comment=row.comment,
        revoked_by=row.revoked_by,
        revoked_at=row.revoked_at,
    )
