"""Pulls: who took which release over, for which training run, by whose grant."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.grant import PullRefused, Purpose, Wish, why_refused
from release.domain.receipt import Receipt
from store.catalog.audit import append_entry
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.grants import locked_grant
from store.catalog.recalls import replacements
from store.catalog.said import said_by
from store.catalog.tables import ReleaseRow
from store.catalog.tables_pull import PullRow, TrainingRunRow

_PULLABLE = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRecord:
    """One pull of a release."""

    seq: int
    release_id: str
    tier: Tier
    destination: str
    """Label of where it went, not a path of the puller's machine."""
    consumer: str
    at: datetime
    purpose: Purpose | None
    """None, and the ids below empty: pulled before there were grants."""
    grant_id: str
    run_id: str
    receipt_digest: str
    """SHA-256 hex of the receipt's file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRunRecord:
    """What somebody pulls for."""

    id: str
    consumer: str
    purpose: Purpose
    created_at: datetime


class PullBook:
    """Keeps pulls and training runs; each method is one transaction."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of all entries."""
        self._database = catalog.database
        self._clock = clock

    def record(self, receipt: Receipt, envelope: bytes, destination: str) -> PullRecord:
        """Write a pull with its signed receipt and an entry of the audit chain.

        The same pull again (run, release, grant) changes nothing; its first receipt stands.

        Raises:
            PullRefused: the grant does not allow it, now; or the run is another one's, or for
                another purpose.
            ReleaseRefused: the release is not published, or has another manifest.
        """
        return self._database.write(
            lambda s: _record(s, receipt, (envelope, destination), self._clock())
        )

    def list_all(
        self, *, release_id: str = "", run_id: str = "", consumer: str = ""
    ) -> list[PullRecord]:
        """Return pulls, oldest first: all, or those of a release, a run, a consumer."""
        query = select(PullRow).order_by(PullRow.seq)
        for column, value in (
            (PullRow.release_id, release_id),
            (PullRow.run_id, run_id),
            (PullRow.consumer, consumer),
        ):
            if value:
                query = query.where(column == value)
        return self._database.read(lambda s: [pull_of(row) for row in s.scalars(query)])

    def receipts(self, run_id: str) -> dict[str, bytes]:
        """Return the signed receipts of a training run by the digest that is kept of each."""
        query = select(PullRow.receipt_digest, PullRow.receipt).where(PullRow.run_id == run_id)
        rows = self._database.read(lambda s: s.execute(query.order_by(PullRow.seq)).all())
        return {digest: envelope.encode() for digest, envelope in rows if digest and envelope}

    def find_run(self, run_id: str) -> TrainingRunRecord | None:
        """Return a training run that something was pulled for."""
        row = self._database.read(lambda s: s.get(TrainingRunRow, run_id))
        return None if row is None else _run(row)

    def check_run(self, run_id: str, wish: Wish) -> None:
        """Refuse a run that cannot be pulled for: see `record`.

        Raises:
            PullRefused: it is another consumer's, or for another purpose.
        """
        self._database.read(lambda s: _check_run(s, run_id, wish))


def _record(
    session: Session, receipt: Receipt, parcel: tuple[bytes, str], now: datetime
) -> PullRecord:
    envelope, destination = parcel
    wish = Wish(consumer=receipt.consumer, tier=receipt.tier, purpose=receipt.purpose)
    _check_release(session, receipt)
    refusal = why_refused(locked_grant(session, receipt.grant_id), wish, now)
    if refusal is not None:
        raise PullRefused(f"{receipt.release_id} is not handed over: {refusal}.")
    known = session.scalar(
        select(PullRow).where(
            PullRow.run_id == receipt.run_id,
            PullRow.release_id == receipt.release_id,
            PullRow.grant_id == receipt.grant_id,
        )
    )
    if known is not None:
        return pull_of(known)
    _claim_run(session, receipt.run_id, wish, now)
    digest = hashlib.sha256(envelope).hexdigest()
    values = {
        "release_id": receipt.release_id,
        "tier": receipt.tier.value,
        "destination": destination,
        "consumer": receipt.consumer,
        "at": now,
        "purpose": receipt.purpose.value,
        "grant_id": receipt.grant_id,
        "run_id": receipt.run_id,
        "receipt_digest": digest,
        "receipt": envelope.decode(),
    }
    seq = session.scalar(insert(PullRow).values(**values).returning(PullRow.seq))
    detail = {"run": receipt.run_id, "grant": receipt.grant_id, "receipt": digest}
    who = (receipt.consumer, "pull", receipt.release_id)
    detail |= {"purpose": receipt.purpose.value, **said_by(PullRow, values)}
    append_entry(session, now, who, detail)
    return pull_of(session.get_one(PullRow, seq))


def _check_release(session: Session, receipt: Receipt) -> None:
    row = session.get(ReleaseRow, receipt.release_id)
    if row is None or row.state != _PULLABLE:
        raise ReleaseRefused(f"{receipt.release_id} is not published.")
    if (row.tier, row.manifest_digest) != (receipt.tier.value, receipt.manifest_digest):
        raise ReleaseRefused(f"{receipt.release_id} is not the release that was published.")
    if not receipt.recalls and receipt.release_id in replacements(session):
        raise ReleaseRefused(f"{receipt.release_id} was recalled.")


def _claim_run(session: Session, run_id: str, wish: Wish, now: datetime) -> None:
    """Write a run that is not known yet; of two pulls at once, the second sees the first's."""
    values = {"consumer": wish.consumer, "purpose": wish.purpose.value, "created_at": now}
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    new = (postgresql.insert if is_postgresql else sqlite.insert)(TrainingRunRow)
    session.execute(new.values(id=run_id, **values).on_conflict_do_nothing())
    _check_run(session, run_id, wish)


def _check_run(session: Session, run_id: str, wish: Wish) -> None:
    """Refuse a run that is known as somebody else's, or as for something else."""
    row = session.get(TrainingRunRow, run_id)
    if row is None:
        return
    if row.consumer != wish.consumer:
        raise PullRefused(
            f"The training run {run_id} is of {row.consumer}.", hint="Name another with --run."
        )
    # What was pulled for one purpose would count for the other: a run trains one model.
    if row.purpose != wish.purpose.value:
        raise PullRefused(
            f"The training run {run_id} is for {row.purpose}.", hint="Name another with --run."
        )


def pull_of(row: PullRow) -> PullRecord:
    """Return the pull of a row, without its receipt."""
    return PullRecord(
        seq=row.seq,
        release_id=row.release_id,
        tier=Tier(row.tier),
        destination=row.destination,
        consumer=row.consumer,
        at=row.at,
        purpose=Purpose(row.purpose) if row.purpose else None,
        grant_id=row.grant_id or "",
        run_id=row.run_id or "",
        receipt_digest=row.receipt_digest or "",
    )


def _run(row: TrainingRunRow) -> TrainingRunRecord:
    return TrainingRunRecord(
        id=row.id, consumer=row.consumer, purpose=Purpose(row.purpose), created_at=row.created_at
    )
