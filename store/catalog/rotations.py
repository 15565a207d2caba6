"""Rotations: what people say of secrets that were found, appended and never changed.

A secret is known by its fingerprint, a keyed digest. What is said of it holds for every place at
which it stands, and for every repository.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ingest.errors import InputError
from store.catalog.audit import append_entry
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.said import said_by
from store.catalog.tables import RotationRow

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{32}")
_MAX_CHARS: Final = 500


class RotationState(StrEnum):
    """What became of a secret, as far as a person knows."""

    UNKNOWN = "unknown"
    ACTIVE = "active"
    """It still opens something."""
    ROTATED = "rotated"
    """Another one took its place; the old one no longer works."""
    REVOKED = "revoked"
    FALSE_POSITIVE = "false_positive"
    """It never was a secret. The finding stays, and so does what the policy says of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationRecord:
    """One thing that one person said of one secret."""

    fingerprint: str
    state: RotationState
    actor: str
    comment: str
    at: datetime


class RotationBook:
    """Keeps rotations; each method is one transaction."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of all entries."""
        self._database = catalog.database
        self._clock = clock

    def record(
        self, fingerprint: str, state: RotationState, *, actor: str, comment: str = ""
    ) -> RotationRecord:
        """Append what a person says, with an entry of the audit chain, and return it.

        Raises:
            InputError: the fingerprint is none, nobody is named, or a text is too long or holds
                characters that nobody can see.
        """
        if not _FINGERPRINT.fullmatch(fingerprint):
            raise InputError(
                "A fingerprint has 32 hexadecimal characters.",
                hint="shardgate secrets list shows those that were found.",
            )
        if not actor.strip():
            raise InputError("Say who says so.")
        for text in (actor, comment):
            if len(text) > _MAX_CHARS or not text.isprintable():
                raise InputError(f"Names and comments are one line of at most {_MAX_CHARS}.")
        said = RotationRecord(
            fingerprint=fingerprint, state=state, actor=actor, comment=comment, at=self._clock()
        )
        self._database.write(lambda session: _append(session, said))
        return said

    def history(self, fingerprint: str) -> list[RotationRecord]:
        """Return all that was said of one secret, oldest first."""
        query = select(RotationRow).where(RotationRow.fingerprint == fingerprint)
        ordered = query.order_by(RotationRow.seq)
        return self._database.read(lambda s: [_record(row) for row in s.scalars(ordered)])

    def newest(self) -> dict[str, RotationRecord]:
        """Return the last word on each secret, by fingerprint."""
        query = select(RotationRow).order_by(RotationRow.seq)
        rows = self._database.read(lambda s: [_record(row) for row in s.scalars(query)])
        return {record.fingerprint: record for record in rows}


def _append(session: Session, said: RotationRecord) -> None:
    values = {"fingerprint": said.fingerprint, "state": said.state.value, "at": said.at}
    values |= {"actor": said.actor, "comment": said.comment}
    who = (said.actor, "secret.rotate", said.fingerprint)
    detail = {"state": said.state.value, **said_by(RotationRow, values)}
    # First the entry, which others wait for: so rows are numbered in the order of the chain.
    append_entry(session, said.at, who, detail)
    session.execute(insert(RotationRow).values(**values))


def _record(row: RotationRow) -> RotationRecord:
    return RotationRecord(
        fingerprint=row.fingerprint,
        state=RotationState(row.state),
        actor=row.actor,
        comment=row.comment,
        at=row.at,
    )
