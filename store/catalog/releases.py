"""Releases and pulls: what went out, and to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.ids import checked_ids
from store.catalog.tables import PullRow, ReleaseRow


class ReleaseState(StrEnum):
    """``building → published | held | failed``; none of the three is ever left."""

    BUILDING = "building"
    PUBLISHED = "published"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRecord:
    """A release of one tier."""

    id: str
    tier: Tier
    state: ReleaseState
    manifest_digest: str
    """SHA-256 hex of the signed manifest; empty until published."""
    path: str
    totals: Mapping[str, Any]
    params: Mapping[str, Any]
    """Identifiers and numbers only."""
    reason: str
    created_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRecord:
    """One pull of a release."""

    release_id: str
    tier: Tier
    destination: str
    """Label of where it went, not a path of the puller's machine."""
    consumer: str
    at: datetime


class ReleaseBook:
    """Keeps releases and pulls; each method is one transaction."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of all entries."""
        self._database = catalog.database
        self._clock = clock

    def begin_release(self, release_id: str, tier: Tier, params: Mapping[str, Any]) -> None:
        """Write that a release is being built; a build that starts over changes nothing.

        Raises:
            ReleaseRefused: the id belongs to a release of the other tier.
            ValueError: `params` holds anything but identifiers and numbers.
        """
        values = {
            "tier": tier.value,
            "state": ReleaseState.BUILDING.value,
            "manifest_digest": "",
            "path": "",
            "totals": {},
            "params": checked_ids(params),
            "reason": "",
            "created_at": self._clock(),
        }

        def transaction(session: Session) -> None:
            known = session.get(ReleaseRow, release_id)
            if known is None:
                session.execute(insert(ReleaseRow).values(id=release_id, **values))
            elif known.tier != tier.value:
                raise ReleaseRefused(f"{release_id} is a release of tier {known.tier}.")

        self._database.write(transaction)

    def publish(
        self, release_id: str, manifest_digest: str, path: str, totals: Mapping[str, Any]
    ) -> None:
        """Write that a release is out; the same digest again changes nothing.

        Raises:
            ReleaseRefused: it was not being built, or went out with another manifest.
        """
        values = {
            "manifest_digest": manifest_digest,
            "path": path,
            "totals": dict(totals),
            "published_at": self._clock(),
        }
        self._end(release_id, ReleaseState.PUBLISHED, values)

    def hold(self, release_id: str, reason: str) -> None:
        """Write that the exit scan held a release.

        Raises:
            ReleaseRefused: it was not being built.
        """
        self._end(release_id, ReleaseState.HELD, {"reason": reason})

    def fail(self, release_id: str, reason: str) -> None:
        """Write that a build failed for good.

        Raises:
            ReleaseRefused: it was not being built.
        """
        self._end(release_id, ReleaseState.FAILED, {"reason": reason})

    def find_release(self, release_id: str) -> ReleaseRecord | None:
        """Return a release by id."""
        row = self._database.read(lambda s: s.get(ReleaseRow, release_id))
        return None if row is None else _release(row)

    def list_releases(self, tier: Tier | None = None) -> list[ReleaseRecord]:
        """Return releases, of one tier or of both, newest first."""
        query = select(ReleaseRow).order_by(ReleaseRow.created_at.desc(), ReleaseRow.id)
        if tier is not None:
            query = query.where(ReleaseRow.tier == tier.value)
        return self._database.read(lambda s: [_release(row) for row in s.scalars(query)])

    def add_pull(self, release_id: str, destination: str, consumer: str) -> None:
        """Write that a published release was pulled.

        Raises:
            ReleaseRefused: there is no such release, or it is not published.
        """

        def transaction(session: Session) -> None:
            row = session.get(ReleaseRow, release_id)
            if row is None or row.state != ReleaseState.PUBLISHED.value:
                raise ReleaseRefused(f"{release_id} is not published.")
            values = {"destination": destination, "consumer": consumer, "at": self._clock()}
            session.execute(insert(PullRow).values(release_id=row.id, tier=row.tier, **values))

        self._database.write(transaction)

    def list_pulls(self, release_id: str) -> list[PullRecord]:
        """Return who pulled a release, oldest first."""
        query = select(PullRow).where(PullRow.release_id == release_id).order_by(PullRow.seq)
        return self._database.read(lambda s: [_pull(row) for row in s.scalars(query)])

    def _end(self, release_id: str, state: ReleaseState, values: Mapping[str, Any]) -> None:
        def transaction(session: Session) -> None:
            query = select(ReleaseRow).where(ReleaseRow.id == release_id)
            row = session.scalar(query.with_for_update())
            if row is None:
                raise ReleaseRefused(f"There is no release {release_id}.")
            digest = values.get("manifest_digest", "")
            if row.state == state.value and row.manifest_digest == digest:
                return
            if row.state != ReleaseState.BUILDING.value:
                raise ReleaseRefused(f"{release_id} is {row.state}, it cannot become {state}.")
            change = update(ReleaseRow).where(ReleaseRow.id == release_id)
            session.execute(change.values(state=state.value, **values))

        self._database.write(transaction)


def _release(row: ReleaseRow) -> ReleaseRecord:
    return ReleaseRecord(
        id=row.id,
        tier=Tier(row.tier),
        state=ReleaseState(row.state),
        manifest_digest=row.manifest_digest,
        path=row.path,
        totals=row.totals,
        params=row.params,
        reason=row.reason,
        created_at=row.created_at,
        published_at=row.published_at,
    )


def _pull(row: PullRow) -> PullRecord:
    return PullRecord(
        release_id=row.release_id,
        tier=Tier(row.tier),
        destination=row.destination,
        consumer=row.consumer,
        at=row.at,
    )
