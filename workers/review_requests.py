"""What somebody asks reviewers for, and what it would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ingest.domain.repository import Repository
from policies.decision import Lane
from policies.report.model import Amount
from policies.review import ReviewKind, ReviewReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody asks for: a group, or a place in a repository."""

    kind: ReviewKind
    by: str
    reason: ReviewReason
    comment: str
    group_id: str = ""
    repository: Repository | None = None
    path: bytes = b""
    """Of one file; empty where `pattern` is given."""
    pattern: str = ""
    rule_id: str = ""
    """Needed where several rules hold a place."""
    fingerprint: str = ""
    """Which finding of a place is none."""
    everywhere: bool = False
    """A false positive counts in every repository."""
    lane: Lane = Lane.LEGAL
    """Who decides on a restriction; of anything else the rule or the finding tells."""
    until: date | None = None
    """Last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a review would change, over the present corpus."""

    touched: Amount
    """Files whose decision would differ in any way."""
    freed: Amount
    """Files that would become releasable."""
    stopped: Amount
    """Files that would no longer be."""
    still_held_by: Mapping[str, int]
    """What else stands against files that it touches: reason to files."""
