"""What a row says for good, as a digest: that is how the audit chain keeps it.

Free text and long lists never stand in the chain. A digest of them does, so an edited one is found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from release.domain.manifest import canonical_json
from store.catalog.audit import AuditEntry
from store.catalog.tables import (
    Base,
    ReleaseRow,
    ReviewEventRow,
    RotationRow,
    TokenRow,
)
from store.catalog.tables_pull import PullRow
from store.catalog.tables_recall import AcknowledgementRow, RecallRow, WithdrawalEventRow
from store.catalog.tables_users import UserRow

ROW_SHA256: Final = "row_sha256"
"""Name of the digest in an entry; entries of earlier versions have none."""
TEAMS_SHA256: Final = "teams_sha256"
PASSWORD_SHA256: Final = "password_sha256"  # noqa: S105 - a name of a field

_STEP: Final = ("version", "action", "actor", "comment", "at")
_SAID: Final[Mapping[type[Base], tuple[str, ...]]] = {
    PullRow: (
        *("release_id", "tier", "destination", "consumer", "at"),
        *("purpose", "grant_id", "run_id", "receipt_digest"),
    ),
    ReleaseRow: (
        *("id", "tier", "state", "manifest_digest", "path", "totals"),
        *("params", "reason", "created_at", "published_at"),
    ),
    TokenRow: (
        *("id", "digest", "consumer", "scopes", "purpose", "run_id"),
        *("created_by", "created_at", "expires_at"),
    ),
    UserRow: ("name", "issuer", "external_id", "created_by", "created_at"),
    RecallRow: ("id", "tier", "issued_at"),
    AcknowledgementRow: ("recall_id", "consumer", "actor", "comment", "at"),
    RotationRow: ("fingerprint", "state", "actor", "comment", "at"),
    ReviewEventRow: ("review_id", *_STEP),
    WithdrawalEventRow: ("withdrawal_id", *_STEP),
}
"""Columns by table: what nobody changes once it is said."""


def said_by(table: type[Base], values: Mapping[str, Any]) -> dict[str, str]:
    """Return what an entry says of a row with these values: their digest, by its name."""
    return {ROW_SHA256: _digest({name: values[name] for name in _SAID[table]})}


def said_by_row(row: Base) -> dict[str, str]:
    """Return what an entry says of this row: its digest, by its name."""
    return said_by(type(row), {name: getattr(row, name) for name in _SAID[type(row)]})


def fits_digest(row: Base, entry: AuditEntry) -> bool:
    """Tell whether a row says what its entry says of it; one without a digest says nothing."""
    try:
        return entry.detail.get(ROW_SHA256) in (None, said_by_row(row)[ROW_SHA256])
    except ValueError:
        return False  # numbers that JSON cannot say: nobody wrote those


def said_of_teams(teams: Sequence[str]) -> dict[str, str]:
    """Return what an entry says of whom a user stands for: teams are named in words."""
    return {TEAMS_SHA256: hashlib.sha256(canonical_json(list(teams))).hexdigest()}


def said_of_password(password_hash: str) -> dict[str, str]:
    """Return what an entry says of a password's hash: its salt keeps anybody from guessing."""
    return {PASSWORD_SHA256: hashlib.sha256(password_hash.encode()).hexdigest()}


def _digest(values: Mapping[str, Any]) -> str:
    plain = {name: _plain(value) for name, value in values.items()}
    return hashlib.sha256(canonical_json(plain)).hexdigest()


def _plain(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
