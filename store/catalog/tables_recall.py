"""Tables of what was taken back: withdrawals, recalls, and who knows of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.catalog.tables import Base, one_of


class WithdrawalRow(Base):
    """A withdrawal: what was said never changes, how far its lifting is does."""

    __tablename__ = "withdrawals"
    __table_args__ = (
        one_of("selector", "repository", "path", "blob", "fingerprint", "license"),
        one_of("scope", "all", "releasable"),
        one_of("state", "active", "lift_asked", "lifted"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    selector: Mapped[str]
    value: Mapped[str]
    repo_id: Mapped[str]
    scope: Mapped[str]
    reason: Mapped[str]
    comment: Mapped[str]
    withdrawn_by: Mapped[str]
    withdrawn_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(index=True)
    version: Mapped[int]
    lift_asked_by: Mapped[str]


class WithdrawalEventRow(Base):
    """One thing that one person did about a withdrawal; never changed."""

    __tablename__ = "withdrawal_events"
    __table_args__ = (
        UniqueConstraint("withdrawal_id", "version"),
        one_of("action", "withdraw", "ask_lift", "approve_lift", "refuse_lift"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    withdrawal_id: Mapped[str] = mapped_column(ForeignKey("withdrawals.id"))
    version: Mapped[int]
    action: Mapped[str]
    actor: Mapped[str]
    comment: Mapped[str]
    at: Mapped[datetime]


class RecallRow(Base):
    """One act of taking rows of releases back; never changed, but for its lifting."""

    __tablename__ = "recalls"
    __table_args__ = (one_of("tier", "internal-only", "releasable"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    tier: Mapped[str]
    cause: Mapped[dict[str, Any]]
    """Reasons and requests, as lists of words; releases that it was lifted from."""
    issued_at: Mapped[datetime]


class RecalledReleaseRow(Base):
    """A release of which a recall takes rows back; it is recalled from then on."""

    __tablename__ = "recalled_releases"

    recall_id: Mapped[str] = mapped_column(ForeignKey("recalls.id"), primary_key=True)
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), primary_key=True, index=True)
    replaced_by: Mapped[str]
    """Release that has the other rows; empty where nothing is left."""
    rows: Mapped[int]
    """None: all of them, because nobody can judge the release."""


class AcknowledgementRow(Base):
    """Somebody says that a consumer no longer uses what was recalled; never changed."""

    __tablename__ = "acknowledgements"

    recall_id: Mapped[str] = mapped_column(ForeignKey("recalls.id"), primary_key=True)
    consumer: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    comment: Mapped[str]
    at: Mapped[datetime]
