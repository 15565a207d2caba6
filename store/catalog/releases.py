"""Releases: what was built, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from store.catalog.audit import append_entry
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.ids import checked_ids
from store.catalog.recalls import replacements
from store.catalog.said import said_by_row
from store.catalog.tables import ReleaseRow

_AUDITED: Final = ("parent", "decisions")
"""Parameters that the audit chain names beside the manifest."""


class ReleaseState(StrEnum):
    """``building → published → recalled``, or ``building → held | failed``; none goes back.

    A row says that a release is published for ever; that it is recalled follows from recalls.
    """

    BUILDING = "building"
    PUBLISHED = "published"
    HELD = "held"
    FAILED = "failed"
    RECALLED = "recalled"
    """It was published, and some of its rows must not be used any more."""


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
    """Tells which is the newest; one that replaces another has the other's."""
    published_at: datetime | None
    replaced_by: str = ""
    """Release that has the rows of a recalled one that may be used; empty where there is none."""

    @property
    def is_out(self) -> bool:
        """Tell whether it was published, recalled or not."""
        return self.state in (ReleaseState.PUBLISHED, ReleaseState.RECALLED)


class ReleaseBook:
    """Keeps releases; each method is one transaction."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of all entries."""
        self._database = catalog.database
        self._clock = clock

    def begin_release(
        self,
        release_id: str,
        tier: Tier,
        params: Mapping[str, Any],
        *,
        created_at: datetime | None = None,
    ) -> None:
        """Write that a release is being built; a build that starts over says anew from what.

        Args:
            release_id: of the release.
            tier: of the release.
            params: what it is built from.
            created_at: UTC, of the release that it is made from and takes the place of; none
                given: now.

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
            "created_at": created_at or self._clock(),
        }

        def transaction(session: Session) -> None:
            known = session.get(ReleaseRow, release_id)
            if known is None:
                session.execute(insert(ReleaseRow).values(id=release_id, **values))
            elif known.tier != tier.value:
                raise ReleaseRefused(f"{release_id} is a release of tier {known.tier}.")
            elif known.state == ReleaseState.BUILDING.value:
                change = update(ReleaseRow).where(ReleaseRow.id == release_id)
                session.execute(change.values(params=values["params"]))

        self._database.write(transaction)

    def publish(
        self,
        release_id: str,
        manifest_digest: str,
        path: str,
        totals: Mapping[str, Any],
        *,
        actor: str = "worker",
    ) -> None:
        """Write that a release is out, with its entry of the audit chain.

        The same digest again changes nothing.

        Raises:
            ReleaseRefused: it was not being built, or went out with another manifest.
        """
        values = {
            "manifest_digest": manifest_digest,
            "path": path,
            "totals": dict(totals),
            "published_at": self._clock(),
        }
        self._end(release_id, ReleaseState.PUBLISHED, values, (actor, "publish"))

    def hold(self, release_id: str, reason: str, *, actor: str = "worker") -> None:
        """Write that a release was held, with its entry of the audit chain.

        Raises:
            ReleaseRefused: it was not being built.
        """
        self._end(release_id, ReleaseState.HELD, {"reason": reason}, (actor, "release.hold"))

    def fail(self, release_id: str, reason: str) -> None:
        """Write that a build failed for good.

        Raises:
            ReleaseRefused: it was not being built.
        """
        self._end(release_id, ReleaseState.FAILED, {"reason": reason})

    def find_release(self, release_id: str) -> ReleaseRecord | None:
        """Return a release by id."""
        query = select(ReleaseRow).where(ReleaseRow.id == release_id)
        return next(iter(self._database.read(lambda s: _releases(s, query))), None)

    def list_releases(self, tier: Tier | None = None) -> list[ReleaseRecord]:
        """Return releases, of one tier or of both, newest first."""
        query = select(ReleaseRow).order_by(ReleaseRow.created_at.desc(), ReleaseRow.id)
        if tier is not None:
            query = query.where(ReleaseRow.tier == tier.value)
        return self._database.read(lambda s: _releases(s, query))

    def _end(
        self,
        release_id: str,
        state: ReleaseState,
        values: Mapping[str, Any],
        who: tuple[str, str] | None = None,
    ) -> None:
        """End what is being built; `who` is actor and action of the entry of the chain, if any."""

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
            if who is not None:
                named = {k: v for k, v in row.params.items() if k in _AUDITED}
                session.refresh(row)
                named |= {"manifest": digest} if digest else {}
                detail = checked_ids({**named, **said_by_row(row)})
                at = values.get("published_at") or self._clock()
                append_entry(session, at, (*who, release_id), detail)

        self._database.write(transaction)


def _releases(session: Session, query: Select[ReleaseRow]) -> list[ReleaseRecord]:
    recalled = replacements(session)
    return [release_of(row, recalled) for row in session.scalars(query)]


def release_of(row: ReleaseRow, recalled: Mapping[str, str]) -> ReleaseRecord:
    """Return a row as a record; `recalled` as `replacements` gives it."""
    state = ReleaseState.RECALLED if row.id in recalled else ReleaseState(row.state)
    return ReleaseRecord(
        id=row.id,
        tier=Tier(row.tier),
        state=state,
        replaced_by=recalled.get(row.id, ""),
        manifest_digest=row.manifest_digest,
        path=row.path,
        totals=row.totals,
        params=row.params,
        reason=row.reason,
        created_at=row.created_at,
        published_at=row.published_at,
    )
