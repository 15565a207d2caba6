"""Tables of the hosts that repositories come from: pauses, fetches under way, polls, webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.catalog.tables import Base, one_of


class HostRow(Base):
    """A host that somebody paused, or that asked us to slow down."""

    __tablename__ = "hosts"

    name: Mapped[str] = mapped_column(primary_key=True)
    """Lower case, without port."""
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[str]
    reason: Mapped[str]
    throttled_until: Mapped[datetime | None]
    throttle_cause: Mapped[str]
    strikes: Mapped[int]
    """How often in a row it asked us to slow down."""


class FetchRow(Base):
    """One visit of a host under way; a row whose time is over belongs to a dead process."""

    __tablename__ = "fetches"

    holder: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(index=True)
    until: Mapped[datetime]


class PollRow(Base):
    """When a repository is looked at again by itself."""

    __tablename__ = "polls"
    __table_args__ = (Index(None, "next_at"), Index(None, "asked_at"))

    repository_id: Mapped[str] = mapped_column(ForeignKey("repositories.id"), primary_key=True)
    next_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    """A webhook told of a push that no visit has answered yet."""
    hook_at: Mapped[datetime | None]
    """Last webhook; none, or none that can be relied on."""
    changed_at: Mapped[datetime | None]
    """Visit that last found other refs than the one before."""
    started_at: Mapped[datetime | None]
    """When a visit was last asked for by poll or webhook."""
    failures: Mapped[int]
    """Visits in a row that failed."""


class DeliveryRow(Base):
    """A webhook delivery that was taken; kept for as long as it could be sent again."""

    __tablename__ = "deliveries"

    provider: Mapped[str] = mapped_column(primary_key=True)
    delivery_id: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(index=True)


class VisitCommandRow(Base):
    """One git command of a visit, redacted."""

    __tablename__ = "visit_commands"

    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    command: Mapped[str]
    """Arguments, quoted as a shell would read them."""
    returncode: Mapped[int | None]
    milliseconds: Mapped[int]
    message: Mapped[str]


class ErrandRow(Base):
    """Something that a face asked a worker to find out."""

    __tablename__ = "errands"
    __table_args__ = (
        one_of("kind", "preview", "discover", "impact", "forecast", "lift", "unlock"),
        one_of("state", "asked", "running", "done", "failed"),
        Index(None, "state", "asked_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    params: Mapped[dict[str, Any]]
    state: Mapped[str]
    attempt: Mapped[int]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]]
    """Empty until it is done."""
    reason: Mapped[str]
    says: Mapped[str]
    """How far it is, for people."""


class FoundRow(Base):
    """A repository that a discovery saw, under the number by which its host knows it."""

    __tablename__ = "found"

    source: Mapped[str] = mapped_column(primary_key=True)
    """Kind, host and group: ``github:github.com/acme``."""
    remote_id: Mapped[str] = mapped_column(primary_key=True)
    repository_id: Mapped[str] = mapped_column(index=True)
    """Id that its address has or would have; no registration is needed."""
    full_name: Mapped[str]
    seen_at: Mapped[datetime]
