"""Tables of what is handed over: grants, training runs, pulls."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Mapped, mapped_column

from store.catalog.tables import Base

_PURPOSES: Final = "purpose IN ('public-model', 'internal-model', 'evaluation')"


class GrantRow(Base):
    """A person's word that a consumer may pull; only `revoked_…` is ever written to, and once."""

    __tablename__ = "grants"
    __table_args__ = (
        CheckConstraint("tier IN ('internal-only', 'releasable')", name="tier"),
        CheckConstraint(_PURPOSES, name="purpose"),
        CheckConstraint("granted_by <> consumer", name="four_eyes"),
        CheckConstraint("tier = 'releasable' OR purpose <> 'public-model'", name="never"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    consumer: Mapped[str] = mapped_column(index=True)
    tier: Mapped[str]
    purpose: Mapped[str]
    granted_by: Mapped[str]
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    comment: Mapped[str]
    revoked_by: Mapped[str]
    revoked_at: Mapped[datetime | None]


class TrainingRunRow(Base):
    """What somebody pulls for; one consumer and one purpose, whatever is pulled for it."""

    __tablename__ = "training_runs"
    __table_args__ = (CheckConstraint(_PURPOSES, name="purpose"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    consumer: Mapped[str]
    purpose: Mapped[str]
    created_at: Mapped[datetime]


class PullRow(Base):
    """One pull of a release, so that a recall knows whom to reach.

    Pulls from before there were grants have no purpose, grant, run and receipt.
    """

    __tablename__ = "pulls"
    __table_args__ = (
        CheckConstraint(_PURPOSES, name="purpose"),
        Index(
            "uq_pulls_run_id_release_id_grant_id", "run_id", "release_id", "grant_id", unique=True
        ),
    )

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(sqlite.INTEGER(), "sqlite"), primary_key=True
    )
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), index=True)
    tier: Mapped[str]
    destination: Mapped[str]
    consumer: Mapped[str]
    at: Mapped[datetime]
    purpose: Mapped[str | None]
    grant_id: Mapped[str | None] = mapped_column(ForeignKey("grants.id"))
    run_id: Mapped[str | None] = mapped_column(ForeignKey("training_runs.id"))
    receipt_digest: Mapped[str | None]
    receipt: Mapped[str | None] = mapped_column(deferred=True)
    """The signed envelope: as large as the list of the release's shards."""
