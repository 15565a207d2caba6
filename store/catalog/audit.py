"""The audit chain: who did what to which subject, each entry sealed by the one before.

An entry's hash is SHA-256 over the JSON of its fields and the hash before it (keys sorted, no
spaces, ASCII). A chain that was cut at its end, or a database that was restored from a backup,
verifies in itself; so keep the head elsewhere too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.ids import checked_ids
from store.catalog.tables import AuditRow

GENESIS: Final = "0" * 64
_LOCK: Final = "LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One link of the chain."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    """Identifiers and numbers only."""
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What `AuditLog.verify` found."""

    entries: int
    head: str
    """Hash of the last entry; 64 zeros for an empty chain."""
    broken_seq: int | None
    """First entry that does not fit; None when all do."""
    cause: str

    @property
    def is_intact(self) -> bool:
        """Tell whether every entry fits."""
        return self.broken_seq is None


class AuditLog:
    """Appends to the chain and verifies it."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of the entries."""
        self._database = catalog.database
        self._clock = clock

    def append(
        self, actor: str, action: str, subject: str, detail: Mapping[str, Any] | None = None
    ) -> AuditEntry:
        """Append an entry and return it.

        Raises:
            ValueError: `detail` holds anything but identifiers and numbers.
        """
        checked = checked_ids(detail or {})
        who = (actor, action, subject)
        return self._database.write(lambda s: append_entry(s, self._clock(), who, checked))

    def entries(self) -> list[AuditEntry]:
        """Return the chain, oldest first."""
        query = select(AuditRow).order_by(AuditRow.seq)
        return self._database.read(lambda s: [entry_of(row) for row in s.scalars(query)])

    def last(self, action: str, subject: str) -> AuditEntry | None:
        """Return the newest entry of an action on a subject."""
        query = select(AuditRow).where(AuditRow.action == action, AuditRow.subject == subject)
        newest = query.order_by(AuditRow.seq.desc()).limit(1)

        def read(session: Session) -> AuditEntry | None:
            row = session.scalar(newest)
            return None if row is None else entry_of(row)

        return self._database.read(read)

    def since(self, moment: datetime, actions: Collection[str]) -> list[AuditEntry]:
        """Return the entries of some actions after a moment, oldest first."""
        query = select(AuditRow).where(AuditRow.at > moment, AuditRow.action.in_(actions))
        ordered = query.order_by(AuditRow.seq)
        return self._database.read(lambda s: [entry_of(row) for row in s.scalars(ordered)])

    def is_repeated(self, entry: AuditEntry) -> bool:
        """Tell whether an earlier entry says that the same was done to the same subject."""
        query = select(AuditRow.seq).where(
            AuditRow.action == entry.action,
            AuditRow.subject == entry.subject,
            AuditRow.seq < entry.seq,
        )
        return self._database.read(lambda s: s.scalar(query.limit(1))) is not None

    def head(self) -> AuditEntry | None:
        """Return the last entry."""
        query = select(AuditRow).order_by(AuditRow.seq.desc()).limit(1)
        row = self._database.read(lambda s: s.scalar(query))
        return None if row is None else entry_of(row)

    def verify(self, expected_head: str | None = None) -> AuditReport:
        """Recompute every hash; with `expected_head`, also that the chain still contains it."""
        return check_entries(self.entries(), expected_head)


def check_entries(entries: Sequence[AuditEntry], expected_head: str | None = None) -> AuditReport:
    """Recompute every hash of a chain, wherever it comes from; see `AuditLog.verify`."""
    head, broken, cause = GENESIS, None, ""
    for seq, entry in enumerate(entries, start=1):
        cause = _fault(entry, seq, head)
        if cause:
            broken = seq
            break
        head = entry.hash
    known = {GENESIS, *(entry.hash for entry in entries)}
    if broken is None and expected_head is not None and expected_head not in known:
        broken, cause = len(entries) + 1, "the expected head is not part of the chain"
    return AuditReport(entries=len(entries), head=head, broken_seq=broken, cause=cause)


def entry_record(entry: AuditEntry) -> dict[str, Any]:
    """Return an entry as plain values: the fields that are hashed, and the hash."""
    return {**_fields(entry), "hash": entry.hash}


def read_record(record: Mapping[str, Any]) -> AuditEntry:
    """Return the entry of such values.

    Raises:
        ValueError: fields are missing or malformed.
        TypeError: as well.
    """
    return AuditEntry(**{**record, "at": datetime.fromisoformat(record["at"])})


def append_entry(
    session: Session, at: datetime, who: tuple[str, str, str], detail: Mapping[str, Any]
) -> AuditEntry:
    """Append an entry inside a caller's transaction; `who` is actor, action and subject."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(_LOCK))
    last = session.scalar(select(AuditRow).order_by(AuditRow.seq.desc()).limit(1))
    seq, prev_hash = (last.seq + 1, last.hash) if last else (1, GENESIS)
    actor, action, subject = who
    entry = AuditEntry(
        seq=seq,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        detail=dict(detail),
        prev_hash=prev_hash,
        hash="",
    )
    fields = _fields(entry)
    row = fields | {"at": at, "hash": _hash(fields)}
    session.execute(insert(AuditRow).values(**row))
    return AuditEntry(**row)


def _fields(entry: AuditEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": dict(entry.detail),
        "prev_hash": entry.prev_hash,
    }


def _hash(fields: Mapping[str, Any]) -> str:
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _fault(entry: AuditEntry, seq: int, head: str) -> str:
    """Return why an entry does not fit; empty when it does."""
    if entry.seq != seq:
        return "an entry is missing"
    if entry.prev_hash != head:
        return "the entry does not follow the one before"
    return "" if entry.hash == _hash(_fields(entry)) else "the entry was changed"


def entry_of(row: AuditRow) -> AuditEntry:
    """Return a row as a link of the chain."""
    return AuditEntry(
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        detail=row.detail,
        prev_hash=row.prev_hash,
        hash=row.hash,
    )
