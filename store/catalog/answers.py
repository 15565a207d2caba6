"""Answers to requests that come with a key: asked again, they are given again.

Who asks with a key takes it first. A request that ends without an answer gives it back; one whose
process died gives it back after a while.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Index, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from ingest.errors import Conflict, InputError
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.tables import Base

KEPT: Final = timedelta(hours=24)
"""So long an answer is given again."""
_ABANDONED: Final = timedelta(minutes=10)


class AnswerRow(Base):
    """A key that somebody used; status 0 while there is no answer yet."""

    __tablename__ = "answers"
    __table_args__ = (Index(None, "at"),)

    who: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[str]
    """SHA-256 hex of what was asked for."""
    status: Mapped[int]
    headers: Mapped[dict[str, Any]]
    body: Mapped[str]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer as it was given."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """A request with a key."""

    who: str
    key: str
    request: str
    """SHA-256 hex of what is asked for."""


class AnswerBook:
    """Keeps answers by who asked and key; each method is one transaction."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of all entries."""
        self._database = catalog.database
        self._clock = clock

    def take(self, asked: Keyed) -> KeptAnswer | None:
        """Take a key and return None, or return the answer that was given to it.

        Raises:
            Conflict: the same request has no answer yet.
            InputError: the key was used for another request.
        """
        return self._database.write(lambda s: _take(s, asked, self._clock()))

    def keep(self, asked: Keyed, answer: KeptAnswer) -> None:
        """Write the answer of a key that was taken."""
        values = {"status": answer.status, "headers": answer.headers, "body": answer.body}
        change = update(AnswerRow).where(*_is(asked)).values(**values)
        self._database.write(lambda s: s.execute(change))

    def give_back(self, asked: Keyed) -> None:
        """Let a key be used again, as its request came to nothing."""
        gone = delete(AnswerRow).where(*_is(asked), AnswerRow.status == 0)
        self._database.write(lambda s: s.execute(gone))


def _take(session: Session, asked: Keyed, now: datetime) -> KeptAnswer | None:
    session.execute(delete(AnswerRow).where(AnswerRow.at < now - KEPT))
    row = session.scalar(select(AnswerRow).where(*_is(asked)).with_for_update())
    if row is not None and row.request != asked.request:
        raise InputError("This Idempotency-Key was used for another request.")
    if row is not None and row.status:
        return KeptAnswer(status=row.status, headers=dict(row.headers), body=row.body)
    if row is not None and row.at > now - _ABANDONED:
        raise Conflict("The same request is being answered.", hint="Ask again in a moment.")
    if row is not None:
        session.execute(update(AnswerRow).where(*_is(asked)).values(at=now))
        return None
    values = {"status": 0, "headers": {}, "body": "", "at": now}
    row_of = {"who": asked.who, "key": asked.key, "request": asked.request}
    session.execute(insert(AnswerRow).values(**row_of, **values))
    return None


def _is(asked: Keyed) -> tuple[Any, Any]:
    return AnswerRow.who == asked.who, AnswerRow.key == asked.key
