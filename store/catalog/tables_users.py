"""Tables of who may act: users, their roles, sessions, login links, failed logins.

The lanes of reviewers stand in `ReviewerRow` and nowhere else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.catalog.tables import Base, one_of

ROLES_IN_TABLE: Final = ("registrant", "releaser", "consumer", "auditor", "administrator")


class UserRow(Base):
    """A person or a service that may log in. Who left stays, inactive: what they did is theirs."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("issuer", "external_id"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    password_hash: Mapped[str]
    """Argon2id with its parameters and salt; empty: there is no password."""
    teams: Mapped[list[Any]] = mapped_column(JSON)
    active: Mapped[bool]
    issuer: Mapped[str | None]
    """OpenID issuer that vouches for them; None: nobody but us."""
    external_id: Mapped[str | None]
    """The issuer's own id (``sub``): names may be given to somebody else, this one never is."""
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class UserRoleRow(Base):
    """A role that somebody gave to a user; who decides in a lane stands in the reviewers."""

    __tablename__ = "user_roles"
    __table_args__ = (one_of("role", *ROLES_IN_TABLE),)

    name: Mapped[str] = mapped_column(ForeignKey("users.name"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    granted_by: Mapped[str]
    granted_at: Mapped[datetime]


class SessionRow(Base):
    """A person who is logged in, by the digest of what their browser holds."""

    __tablename__ = "sessions"
    __table_args__ = (one_of("method", "password", "link", "oidc"),)

    digest: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(ForeignKey("users.name"), index=True)
    method: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class LoginLinkRow(Base):
    """A link that logs somebody in once, by the digest of its value."""

    __tablename__ = "login_links"

    digest: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(ForeignKey("users.name"))
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginFailureRow(Base):
    """How often somebody failed to log in. The key is a digest: people type passwords as names."""

    __tablename__ = "login_failures"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime]
    blocked_until: Mapped[datetime]
