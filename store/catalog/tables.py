"""The one model of the catalog: what people say and what must be locked, as tables.

Grants and pulls stand in `store.catalog.tables_pull`, users in `store.catalog.tables_users`, hosts
in `store.catalog.tables_hosts`.

Rows hold identifiers, states and reasons; never content of a blob, never a matched value.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

_NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time: stored in UTC on every database, returned aware.

    Raises:
        ValueError: the value has no time zone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the value in UTC; without its zone where the database knows none."""
        if value is None:
            return None
        if value.utcoffset() is None:
            msg = "a time without a zone is refused"
            raise ValueError(msg)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored time, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Metadata and type map of all tables."""

    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads a plain mapping here
        str: Text(),
        int: BigInteger(),
        date: Date(),
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
    }


def one_of(column: str, *values: str) -> CheckConstraint:
    """Return the constraint by which a column holds one of some words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class RepositoryRow(Base):
    """A registered repository with its rights."""

    __tablename__ = "repositories"
    __table_args__ = (one_of("state", "active", "quarantined"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(unique=True)
    identity: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    owner: Mapped[str]
    rights_basis: Mapped[str]
    license: Mapped[str]
    release_consent: Mapped[bool]
    consent_until: Mapped[date | None]
    evidence: Mapped[str]
    credential: Mapped[str]
    created_at: Mapped[datetime]
    state: Mapped[str]
    reason: Mapped[str]


class VisitRow(Base):
    """A visit; `generation` counts the visits of one repository from 1."""

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("repository_id", "generation"),
        UniqueConstraint("repository_id", "started_at"),
        one_of("status", "full", "partial", "not_found", "failed"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    repository_id: Mapped[str] = mapped_column(ForeignKey("repositories.id"))
    generation: Mapped[int]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    status: Mapped[str]
    cause: Mapped[str]
    head_commit: Mapped[str]
    branch: Mapped[str]
    refs_digest: Mapped[str]
    ref_count: Mapped[int]
    snapshot_key: Mapped[str | None]
    problem: Mapped[str]


class RunRow(Base):
    """One journey of some repositories through the pipeline."""

    __tablename__ = "runs"
    __table_args__ = (
        one_of("kind", "sync", "release"),
        one_of("state", "running", "done", "failed"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    params: Mapped[dict[str, Any]]
    state: Mapped[str]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class JobRow(Base):
    """One piece of work of a stage, with its lease."""

    __tablename__ = "jobs"
    __table_args__ = (
        one_of("state", "ready", "running", "done", "parked"),
        Index(None, "state", "created_at", "id"),
        Index(None, "run_id", "stage", "scope", "state"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"))
    stage: Mapped[str]
    scope: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str]
    attempt: Mapped[int]
    deaths: Mapped[int]
    fence: Mapped[int]
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    reason: Mapped[str]
    progress_done: Mapped[int]
    progress_total: Mapped[int]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class PolicyRow(Base):
    """A policy document that decided at some time."""

    __tablename__ = "policies"

    digest: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    text: Mapped[str]
    first_seen_at: Mapped[datetime]
    active: Mapped[bool]


class PolicyApplicationRow(Base):
    """A person put a policy in force; the newest row counts."""

    __tablename__ = "policy_applications"

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(sqlite.INTEGER(), "sqlite"), primary_key=True
    )
    digest: Mapped[str] = mapped_column(ForeignKey("policies.digest"))
    plan: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]


class ReleaseRow(Base):
    """A release of one tier, from the start of its build."""

    __tablename__ = "releases"
    __table_args__ = (
        one_of("tier", "internal-only", "releasable"),
        one_of("state", "building", "published", "held", "failed"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    tier: Mapped[str]
    state: Mapped[str]
    manifest_digest: Mapped[str]
    path: Mapped[str]
    totals: Mapped[dict[str, Any]]
    params: Mapped[dict[str, Any]]
    reason: Mapped[str]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class RotationRow(Base):
    """What a person said of one secret; a later row about the same one comes before it."""

    __tablename__ = "rotations"
    __table_args__ = (one_of("state", "unknown", "active", "rotated", "revoked", "false_positive"),)

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(sqlite.INTEGER(), "sqlite"), primary_key=True
    )
    fingerprint: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    actor: Mapped[str]
    comment: Mapped[str]
    at: Mapped[datetime]


class ReviewerRow(Base):
    """Who decides in a lane. Who left stays, inactive: what they decided is theirs."""

    __tablename__ = "reviewers"
    __table_args__ = (one_of("lane", "legal", "privacy", "security"),)

    lane: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    active: Mapped[bool]
    changed_at: Mapped[datetime]


class ReviewRow(Base):
    """A review: what was asked for never changes, `state` and `version` do."""

    __tablename__ = "reviews"
    __table_args__ = (
        one_of("kind", "false_positive", "redact", "keep_internal", "exclude", "waive"),
        one_of("lane", "legal", "privacy", "security"),
        one_of("state", "proposed", "approved", "rejected", "withdrawn"),
        CheckConstraint(
            "expires_at IS NOT NULL OR kind NOT IN ('waive', 'redact')", name="expires"
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    lane: Mapped[str]
    target: Mapped[dict[str, Any]]
    reason: Mapped[str]
    comment: Mapped[str]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    starts_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    extends: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    version: Mapped[int]


class ReviewEventRow(Base):
    """One thing that one person did about a review; never changed."""

    __tablename__ = "review_events"
    __table_args__ = (
        UniqueConstraint("review_id", "version"),
        one_of("action", "propose", "approve", "reject", "withdraw"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    review_id: Mapped[str] = mapped_column(ForeignKey("reviews.id"))
    version: Mapped[int]
    action: Mapped[str]
    actor: Mapped[str]
    comment: Mapped[str]
    at: Mapped[datetime]


class TokenRow(Base):
    """An API token, by the digest of its value."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    consumer: Mapped[str]
    scopes: Mapped[str]
    purpose: Mapped[str]
    run_id: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AuditRow(Base):
    """One link of the audit chain; never changed."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "action", "subject", "seq"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]]
    prev_hash: Mapped[str]
    hash: Mapped[str]
