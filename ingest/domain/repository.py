"""A registered repository with its rights, and the visits that were paid to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class RightsBasis(StrEnum):
    """Why the company may use the code at all."""

    OWNER_ATTESTED = "owner-attested"
    CONTRACT = "contract"
    LICENSE = "license"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A git repository that its owner registered."""

    id: str
    """Opaque and stable: ``repo_`` and 20 hex characters over the canonical URL."""
    url: str
    """Canonical URL, without user info."""
    name: str
    """Display name, the last part of the path."""
    owner: str
    rights_basis: RightsBasis
    license: str
    """SPDX expression or ``LicenseRef-…`` of first-party files."""
    release_consent: bool
    consent_until: date | None
    """Last day (UTC) on which the consent holds; required with consent."""
    evidence: str
    """Reference to the attestation or contract."""
    credential: str = ""
    """Reference ``env:NAME`` or ``file:PATH``; resolved inside the mirror stage only."""

    def has_valid_consent(self, today: date) -> bool:
        """Tell whether release consent is given and not expired. Missing date is no consent."""
        until = self.consent_until
        return self.release_consent and until is not None and today <= until


class VisitStatus(StrEnum):
    """How a visit ended (names as in Software Heritage)."""

    FULL = "full"
    PARTIAL = "partial"
    NOT_FOUND = "not_found"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class GitCommand:
    """One git command of a visit, as it may be shown: no credential, no path of this machine."""

    argv: tuple[str, ...]
    """Subcommand, options and operands; what every command is told stands in the code."""
    returncode: int | None
    """None: it was stopped by us."""
    milliseconds: int
    message: str
    """Last lines of what it said, with addresses taken out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One try to bring a mirror up to date; always written."""

    repository_id: str
    started_at: datetime
    finished_at: datetime
    status: VisitStatus
    cause: str
    """Why the status is what it is, in words for a person; empty for a plain full visit."""
    head_commit: str
    """Commit that HEAD names; empty when the repository has none."""
    branch: str
    refs_digest: str
    """SHA-256 over the sorted ``id ref`` lines; equal digests mean equal refs."""
    ref_count: int
    problem: str = ""
    """Value of `ingest.domain.problem.Problem`; empty where there is none."""
    commands: tuple[GitCommand, ...] = field(default=(), compare=False)
    """The git commands of the visit, in order; the catalog hands them out on their own."""
