"""What a violation report says, before it is rendered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from policies.decision import Outcome
from policies.impact import BYTES_PER_TOKEN
from policies.report.said import Said, Status

OUTCOMES: Final = (
    Outcome.RELEASABLE,
    Outcome.INTERNAL_ONLY,
    Outcome.EXCLUDED,
    Outcome.SKIPPED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number of files with their size."""

    files: int
    bytes: int
    """As stored in git, before redaction."""

    @property
    def tokens(self) -> int:
        """Estimated tokens, by `BYTES_PER_TOKEN`."""
        return round(self.bytes / BYTES_PER_TOKEN)

    def __add__(self, other: Amount) -> Amount:
        return Amount(files=self.files + other.files, bytes=self.bytes + other.bytes)


NOTHING: Final = Amount(files=0, bytes=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryTotals:
    """Every occurrence of a repository, once.

    Raises:
        ValueError: an outcome has no amount.
    """

    repo_id: str
    name: str
    by_outcome: dict[Outcome, Amount]

    def __post_init__(self) -> None:
        """Refuse a total that leaves an outcome out."""
        if set(self.by_outcome) != set(OUTCOMES):
            raise ValueError("totals need an amount for every outcome")

    @property
    def seen(self) -> Amount:
        """All of them: releasable + internal-only + excluded + skipped."""
        return sum(self.by_outcome.values(), NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where one case of a group stands."""

    path: bytes
    """As it may be shown (see `policies.report.places`), not necessarily as git stores it."""
    line: int
    """1-based; 0 where the whole file, or its path, is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """What one review says of a group."""

    review_id: str
    kind: str
    lane: str
    status: Status
    justification: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Cases of one rule that a reviewer would decide alike."""

    repo_id: str
    rule_id: str
    title: str
    because: str
    remedy: str
    effect: str
    lane: str
    kind: str
    """``finding`` (by fingerprint), ``path`` (finding in a path) or ``license``."""
    key: str
    """Fingerprint or license expression; identifies the group within (repository, rule)."""
    label: str
    """Category of the finding, or type and source of the license."""
    preview: str
    """Masked value; empty for a license."""
    cases: int
    """Findings, or files where the group is by license."""
    touched: Amount
    """Files in which the rule fired for this group."""
    blocked: Amount
    """Those of them that are not releasable, where the rule is one that blocks."""
    examples: tuple[Location, ...]
    rotation: str = ""
    """What a person last said of the secret; empty where nobody did, or it is none."""
    suppressions: tuple[Suppression, ...] = ()
    """What people said of it, by review id; of an open group never that it is accepted."""

    @property
    def state(self) -> str:
        """``cleared`` where people cleared it, else ``open``."""
        is_cleared = any(said.status is Status.ACCEPTED for said in self.suppressions)
        return "cleared" if is_cleared else "open"

    @property
    def id(self) -> str:
        """Short name of the group, the same for as long as repository, rule and key are."""
        parts = (self.repo_id, self.rule_id, self.kind, self.key, self.label)
        return f"grp_{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """A rule as a report declares it, whether or not it fired."""

    id: str
    title: str
    because: str
    remedy: str
    effect: str
    lane: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationReport:
    """The whole report, sorted: repositories by id, groups by what they block."""

    policy_name: str
    policy_digest: str
    input_digest: str
    repositories: tuple[RepositoryTotals, ...]
    groups: tuple[Group, ...]
    rules: tuple[RuleText, ...]
    cleared: tuple[Group, ...] = ()
    """What would stand against release without the reviews in force, with these."""
    said: tuple[Said, ...] = ()
    """Every review about these repositories, by moment and id."""
    data_at: datetime | None = None
    """Moment of the newest commit; the only time in a report that is no person's."""

    @property
    def totals(self) -> dict[Outcome, Amount]:
        """Amounts by outcome over all repositories."""
        return {
            outcome: sum((r.by_outcome[outcome] for r in self.repositories), NOTHING)
            for outcome in OUTCOMES
        }
