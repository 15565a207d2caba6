"""API tokens: who a program acts for, what it may do, until when.

A token is 256 random bits, shown once. The catalog keeps its SHA-256: a digest of that much chance
needs no salt and no slow function to be of no use to who reads it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ingest.errors import InputError
from policies.access import Action
from policies.review import check_person
from store.catalog.audit import append_entry
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.ids import fresh_id
from store.catalog.said import said_by
from store.catalog.tables import TokenRow

TOKEN_PREFIX: Final = "sgt_"  # noqa: S105 - what every token begins with is no secret
_TOKEN_BYTES: Final = 32
_TOKEN: Final = re.compile(r"sgt_[A-Za-z0-9_-]{43}")
MAX_TOKEN_LIFE: Final = timedelta(days=366)
"""And what is left of the day on which it was made."""
_SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly the last use is known; each use would be a write otherwise."""


class Scope(StrEnum):
    """A bundle of actions that a token may be for; the others are the actions themselves."""

    PULL = "pull"
    """Read releases that the consumer has a grant for."""

    @property
    def actions(self) -> frozenset[Action]:
        """What it stands for."""
        return frozenset({Action.RELEASE_READ, Action.PULL_TAKE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as the catalog knows it: everything but its value."""

    id: str
    consumer: str
    """Who acts, as grants name them."""
    scopes: frozenset[Scope | Action]
    """What it may be used for; its holder's roles and grants limit it further."""
    purpose: str
    """What pulls by this token are for: a purpose of grants."""
    run_id: str
    """Training run that pulls by this token belong to; empty: named by what is pulled."""
    created_by: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def actions(self) -> frozenset[Action]:
        """What it may be used for, bundles taken apart."""
        parts = [s.actions if isinstance(s, Scope) else {s} for s in self.scopes]
        return frozenset().union(*parts)

    def state_at(self, now: datetime) -> str:
        """Return ``active``, ``revoked`` or ``expired``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if now >= self.expires_at else "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """What a new token is asked for with.

    Raises:
        ValueError: a name is none, or there is no scope.
    """

    consumer: str
    scopes: Sequence[Scope | Action]
    purpose: str
    expires_at: datetime
    run_id: str = ""

    def __post_init__(self) -> None:
        """Check the shape."""
        check_person(self.consumer)
        if not self.scopes:
            raise ValueError("a token without a scope is of no use")


def parse_scope(text: str) -> Scope | Action:
    """Return the scope of a name.

    Raises:
        ValueError: there is none of that name.
    """
    return Scope(text) if text in set(Scope) else Action(text)


class TokenBook:
    """Keeps tokens; each change is one transaction with its entry of the audit chain."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of all entries."""
        self._database = catalog.database
        self._clock = clock

    def create(self, request: TokenRequest, *, actor: str) -> tuple[Token, str]:
        """Make a token; return it and its value, which nobody can ask for again.

        Raises:
            InputError: it would have expired already, or it would live too long.
            ValueError: a name is none.
        """
        now, who = self._clock(), check_person(actor)
        if request.expires_at <= now:
            raise InputError("A token expires later than now.")
        if request.expires_at > now + MAX_TOKEN_LIFE + timedelta(days=1):
            raise InputError(
                f"A token lives {MAX_TOKEN_LIFE.days} days at most.", hint="Make another one then."
            )
        scopes = sorted(set(request.scopes))
        value = TOKEN_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
        values = {
            "id": fresh_id("tok"),
            "digest": _digest(value),
            "consumer": request.consumer,
            "scopes": " ".join(scopes),
            "purpose": request.purpose,
            "run_id": request.run_id,
            "created_by": who,
            "created_at": now,
            "expires_at": request.expires_at,
            "last_used_at": None,
            "revoked_at": None,
        }

        def transaction(session: Session) -> Token:
            session.execute(insert(TokenRow).values(**values))
            detail = {
                "consumer": request.consumer,
                "purpose": request.purpose,
                "scopes": scopes,
                "until": request.expires_at.isoformat(),
                **said_by(TokenRow, values),
            }
            append_entry(session, now, (who, "token.create", str(values["id"])), detail)
            return token_of(session.get_one(TokenRow, values["id"]))

        return self._database.write(transaction), value

    def revoke(self, token_id: str, *, actor: str) -> Token:
        """End a token at once; ending it again changes nothing.

        Raises:
            InputError: there is no such token.
        """
        now, who = self._clock(), check_person(actor)

        def transaction(session: Session) -> Token:
            row = session.get(TokenRow, token_id)
            if row is None:
                raise InputError(f"There is no token {token_id}.")
            if row.revoked_at is None:
                row.revoked_at = now
                append_entry(session, now, (who, "token.revoke", token_id), {})
                session.flush()
            return token_of(row)

        return self._database.write(transaction)

    def authenticate(self, value: str) -> Token | None:
        """Return the active token of a value, or None; its last use is noted, by the minute.

        The value is looked up by its digest: how long that takes tells nothing of other tokens.
        """
        if not _TOKEN.fullmatch(value):
            return None
        query = select(TokenRow).where(TokenRow.digest == _digest(value))

        def find(session: Session) -> Token | None:
            row = session.scalar(query)
            return None if row is None else token_of(row)

        token, now = self._database.read(find), self._clock()
        if token is None or token.state_at(now) != "active":
            return None
        if token.last_used_at is None or now - token.last_used_at >= _SEEN_EVERY:
            change = update(TokenRow).where(TokenRow.id == token.id).values(last_used_at=now)
            self._database.write(lambda s: s.execute(change))
        return token

    def list_all(self) -> list[Token]:
        """Return all tokens, newest first."""
        query = select(TokenRow).order_by(TokenRow.created_at.desc(), TokenRow.id)
        return self._database.read(lambda s: [token_of(row) for row in s.scalars(query)])


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def token_of(row: TokenRow) -> Token:
    """Return the token of a row, without its value."""
    return Token(
        id=row.id,
        consumer=row.consumer,
        scopes=frozenset(parse_scope(scope) for scope in row.scopes.split()),
        purpose=row.purpose,
        run_id=row.run_id,
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
