"""What a scan says, before it is rendered: findings, license verdicts, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

HELD: Final = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFinding:
    """One matched value in a file or in its path; never the value."""

    path: bytes
    line: int
    """1-based, in the file as stored."""
    start: int
    """First byte of the value in the file as stored; in the path for `in_path`."""
    end: int
    family: str
    rule_id: str
    type: str
    """Category of the value, such as ``EMAIL_ADDRESS``."""
    confidence: str
    preview: str
    fingerprint: str
    views: tuple[str, ...] = ()
    """Decodings that lead from the file to the value, outermost first."""
    in_path: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseEvidence:
    """One place in a file that says something about its license; spans as in `ScanFinding`."""

    kind: str
    spdx: str
    line: int
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseVerdict:
    """What the policy's license rules make of one file."""

    path: bytes
    license_expression: str
    category: str
    """permissive | copyleft | proprietary | unknown | none."""
    eligibility: str
    """releasable | held."""
    evidence: tuple[LicenseEvidence, ...]
    reasons: tuple[str, ...]
    """Rules that fired, by id."""
    provenance: str
    """first_party | third_party | mixed | unknown."""
    provenance_evidence: tuple[str, ...] = ()
    license_source: str = ""
    counterpart: bytes = b""
    """Path of the copy whose restriction holds here; empty without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unscanned:
    """A file, or one family's look at it, that counts as not looked at."""

    path: bytes
    reason: str
    family: str = ""
    """Empty: the whole file."""
    detail: str = ""
    in_path: bool = False
    """The path itself was not looked at."""
    blob_id: str = ""
    """Which version of the file, in a scan of the history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A commit with its committer date in UTC; empty where none is known."""

    commit: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistorySecret:
    """One distinct secret of a whole history."""

    family: str
    rule_id: str
    type: str
    confidence: str
    preview: str
    fingerprint: str
    """Of the rule that is named; `fingerprints` holds those of every rule that found the value."""
    fingerprints: tuple[str, ...]
    rules: tuple[str, ...]
    first: Moment
    """The first commit that added it."""
    last: Moment
    """The last commit that has it."""
    removed: Moment
    """The commit that took the last of it away; empty while a ref has it, or may have it."""
    at_head: bool
    at_refs: tuple[str, ...]
    """The first refs whose trees have it, without HEAD."""
    ref_count: int | None
    """All of them; None where there are too many refs and paths to ask every ref."""
    paths: tuple[bytes, ...]
    blobs: int
    rotation: str = "unknown"
    rotated_by: str = ""
    rotated_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """Everything that one scan says, sorted by path and place."""

    subject: str
    """Name of what was scanned, for a heading; no path of this machine."""
    families: tuple[str, ...]
    files: int
    """Files and other entries that were seen."""
    bytes: int
    """Bytes of the files that were scanned."""
    scanned: int
    """Files that at least one family looked at."""
    findings: tuple[ScanFinding, ...] = ()
    verdicts: tuple[LicenseVerdict, ...] = ()
    unscanned: tuple[Unscanned, ...] = ()
    secrets: tuple[HistorySecret, ...] = ()
    is_history: bool = False
    policy_name: str = ""
    policy_digest: str = ""
    blockers: Mapping[str, str] = field(default_factory=dict)
    """Title of each reason of the verdicts that stands against release, by id."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Engine to version, of the families that ran."""
    rules_digests: Mapping[str, str] = field(default_factory=dict)
    """Ruleset digest by family."""

    @property
    def held(self) -> tuple[LicenseVerdict, ...]:
        """Files that their license or origin keeps from release."""
        return tuple(verdict for verdict in self.verdicts if verdict.eligibility == HELD)

    def why_held(self, verdict: LicenseVerdict) -> tuple[str, ...]:
        """Return those of a verdict's reasons that stand against release."""
        return tuple(reason for reason in verdict.reasons if reason in self.blockers)

    @property
    def unscanned_files(self) -> int:
        """Entries that no family looked at, each once."""
        return len({u.path for u in self.unscanned if not u.family and not u.in_path})
