"""Sessions: who is logged in. The browser holds 256 random bits, the catalog their SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from store.catalog.audit import append_entry
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.tables_users import SessionRow

_BYTES: Final = 32
_VALUE_CHARS: Final = 43
_SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly the last use is known; each use would be a write otherwise."""
MAX_SESSIONS: Final = 20
"""Of one user; the oldest ends when there is one more."""


class LoginMethod(StrEnum):
    """How somebody showed who they are."""

    PASSWORD = "password"  # noqa: S105 - the name of a method
    LINK = "link"
    OIDC = "oidc"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginSession:
    """A session that goes on."""

    name: str
    method: LoginMethod
    created_at: datetime
    expires_at: datetime
    """When it ends, however much it is used."""


class SessionBook:
    """Keeps sessions."""

    def __init__(
        self, catalog: Catalog, clock: Clock, *, idle: timedelta, longest: timedelta
    ) -> None:
        """Take the catalog, the clock, and after how long unused and in all a session ends."""
        self._database = catalog.database
        self._clock = clock
        self._idle, self._longest = idle, longest

    def open(self, name: str, method: LoginMethod) -> str:
        """Begin a session of a user; return its value, which nobody can ask for again."""
        value = secrets.token_urlsafe(_BYTES)
        self._database.write(lambda s: self._open(s, value, name, method))
        return value

    def find(self, value: str) -> LoginSession | None:
        """Return the session of a value if it goes on; its last use is noted, by the minute."""
        if len(value) != _VALUE_CHARS:
            return None
        digest, now = digest_of(value), self._clock()
        row = self._database.read(lambda s: s.get(SessionRow, digest))
        if row is None or now >= row.expires_at or now >= row.seen_at + self._idle:
            return None
        if now - row.seen_at >= _SEEN_EVERY:
            change = update(SessionRow).where(SessionRow.digest == digest).values(seen_at=now)
            self._database.write(lambda s: s.execute(change))
        return LoginSession(
            name=row.name,
            method=LoginMethod(row.method),
            created_at=row.created_at,
            expires_at=row.expires_at,
        )

    def close(self, value: str) -> None:
        """End the session of a value; ending it again changes nothing."""
        digest, now = digest_of(value), self._clock()

        def transaction(session: Session) -> None:
            row = session.get(SessionRow, digest)
            if row is not None:
                append_entry(session, now, (row.name, "session.close", row.name), {})
                session.execute(delete(SessionRow).where(SessionRow.digest == digest))

        self._database.write(transaction)

    def close_all(self, name: str, *, actor: str) -> int:
        """End all sessions of a user; return how many there were."""
        now = self._clock()

        def transaction(session: Session) -> int:
            ended = end_sessions(session, name)
            if ended:
                append_entry(session, now, (actor, "session.close-all", name), {"count": ended})
            return ended

        return self._database.write(transaction)

    def _open(self, session: Session, value: str, name: str, method: LoginMethod) -> None:
        now = self._clock()
        ended = SessionRow.expires_at <= now, SessionRow.seen_at <= now - self._idle
        session.execute(delete(SessionRow).where(ended[0] | ended[1]))
        mine = select(SessionRow.digest).where(SessionRow.name == name)
        oldest = mine.order_by(SessionRow.created_at.desc(), SessionRow.digest)
        surplus = session.scalars(oldest.offset(MAX_SESSIONS - 1)).all()
        session.execute(delete(SessionRow).where(SessionRow.digest.in_(surplus)))
        values = {
            "digest": digest_of(value),
            "name": name,
            "method": method.value,
            "created_at": now,
            "seen_at": now,
            "expires_at": now + self._longest,
        }
        session.execute(insert(SessionRow).values(**values))
        append_entry(session, now, (name, "session.open", name), {"method": method.value})


def end_sessions(session: Session, name: str) -> int:
    """End all sessions of a user inside a caller's transaction; return how many there were."""
    mine = SessionRow.name == name
    found = session.scalars(select(SessionRow.digest).where(mine)).all()
    if found:
        session.execute(delete(SessionRow).where(mine))
    return len(found)


def digest_of(value: str) -> str:
    """Return what is kept of a random value; one of 256 bits needs no salt and no slow function."""
    return hashlib.sha256(value.encode(errors="replace")).hexdigest()
