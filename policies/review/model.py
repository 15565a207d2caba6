"""A review: what one person asks for about a file or a finding, and what others said to it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from policies.decision import Lane
from policies.review.paths import check_pattern

MAX_BLOBS: Final = 10_000
"""Contents that one review may name; more are a path pattern."""
MAX_COMMENT_CHARS: Final = 500
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{32}")
_BLOB: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PERSON: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


class ReviewKind(StrEnum):
    """What a review asks for."""

    FALSE_POSITIVE = "false_positive"
    """A finding is none: it is neither counted nor redacted."""
    REDACT = "redact"
    """What a rule found is taken out of some contents, and the rule no longer holds them."""
    KEEP_INTERNAL = "keep_internal"
    EXCLUDE = "exclude"
    WAIVE = "waive"
    """A rule does not count for some contents, or for some paths of a repository."""

    @property
    def clears_a_rule(self) -> bool:
        """Tell whether it takes a rule's verdict away; such a review always expires."""
        return self in (ReviewKind.WAIVE, ReviewKind.REDACT)

    @property
    def restricts(self) -> bool:
        """Tell whether it can only tighten; such a review never expires by itself."""
        return self in (ReviewKind.KEEP_INTERNAL, ReviewKind.EXCLUDE)


class ReviewReason(StrEnum):
    """Why a review is asked for; the comment says the rest."""

    RIGHTS_CONFIRMED = "rights-confirmed"
    LICENSE_CLARIFIED = "license-clarified"
    PERMISSION_OBTAINED = "permission-obtained"
    CREDENTIAL_DEAD = "credential-dead"
    INVENTED_DATA = "invented-data"
    PUBLIC_KNOWLEDGE = "public-knowledge"
    PERSON_AGREED = "person-agreed"
    WRONG_MATCH = "wrong-match"
    RISK_ACCEPTED = "risk-accepted"
    NOT_FOR_RELEASE = "not-for-release"
    OTHER = "other"


class ReviewState(StrEnum):
    """Where a review stands at a moment."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    """Agreed to; its start has not come yet."""
    ACTIVE = "active"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a review is bound to.

    Raises:
        ValueError: an id is malformed, contents and a pattern are both given, a pattern has no
            repository, a rule no version, or too many contents are named.
    """

    fingerprint: str = ""
    category: str = ""
    """Category of the finding; a finding of another one is another finding."""
    repo_id: str = ""
    """Only there; empty: in every repository."""
    blob_ids: tuple[str, ...] = ()
    """Contents, sorted: they survive a rename and die with the bytes."""
    pattern: str = ""
    """Glob over the full paths of the repository (see `policies.review.paths`)."""
    rule_id: str = ""
    rule_version: str = ""
    """See `policies.review.binding.rule_version`."""

    def __post_init__(self) -> None:
        """Check the parts."""
        if self.fingerprint and not _FINGERPRINT.fullmatch(self.fingerprint):
            raise ValueError("a fingerprint has 32 hexadecimal characters")
        if bool(self.fingerprint) != bool(self.category):
            raise ValueError("a finding is named by fingerprint and category")
        if not all(_BLOB.fullmatch(blob) for blob in self.blob_ids):
            raise ValueError("a blob id has 40 or 64 hexadecimal characters")
        if list(self.blob_ids) != sorted(set(self.blob_ids)) or len(self.blob_ids) > MAX_BLOBS:
            raise ValueError(f"at most {MAX_BLOBS:,} blob ids are named, sorted and each once")
        if bool(self.rule_id) != bool(self.rule_version):
            raise ValueError("a rule is named with its version")
        if self.pattern:
            check_pattern(self.pattern)
            if self.blob_ids or not self.repo_id:
                raise ValueError("a pattern belongs to one repository and names no contents")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One reviewer's yes."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A decision of people: created and withdrawn, never edited. Expiry follows from the clock.

    Raises:
        ValueError: the target does not fit the kind, a moment is not UTC, or an expiry is missing
            where one is due, or given where none may be.
    """

    id: str
    kind: ReviewKind
    target: Target
    lane: Lane
    """Whose reviewers decide on it."""
    reason: ReviewReason
    comment: str
    requested_by: str
    requested_at: datetime
    starts_at: datetime | None = None
    """None: as soon as it is approved."""
    expires_at: datetime | None = None
    extends: str = ""
    """Id of the review that it continues."""
    state: ReviewState = ReviewState.PROPOSED
    """As recorded; what holds now is `state_at`."""
    version: int = 1
    """Counts the transitions; a transition names the version that it saw."""
    approvals: tuple[Approval, ...] = field(default=())

    def __post_init__(self) -> None:
        """Check the shape."""
        check_person(self.requested_by)
        check_comment(self.comment)
        _check_shape(self.kind, self.target)
        moments = [m for m in (self.requested_at, self.starts_at, self.expires_at) if m is not None]
        if any(moment.utcoffset() != timedelta(0) for moment in moments):
            raise ValueError("moments are UTC")
        if self.kind.clears_a_rule and self.expires_at is None:
            raise ValueError(f"a review of kind {self.kind} has an expiry")
        if self.kind.restricts and self.expires_at is not None:
            raise ValueError(f"a review of kind {self.kind} is withdrawn, it does not expire")
        if self.expires_at is not None and self.expires_at <= (self.starts_at or self.requested_at):
            raise ValueError("a review expires after it starts")

    def state_at(self, moment: datetime) -> ReviewState:
        """Return the state at a moment: an expiry takes effect without anyone acting."""
        if self.state in (ReviewState.REJECTED, ReviewState.WITHDRAWN):
            return self.state
        if self.expires_at is not None and moment >= self.expires_at:
            return ReviewState.EXPIRED
        if self.state is ReviewState.PROPOSED:
            return ReviewState.PROPOSED
        is_early = self.starts_at is not None and moment < self.starts_at
        return ReviewState.APPROVED if is_early else ReviewState.ACTIVE

    def asked(self) -> dict[str, Any]:
        """Return what was asked for as plain values; it never changes."""
        target = {
            name: getattr(self.target, name) for name in Target.__slots__ if name != "blob_ids"
        }
        return {
            "kind": self.kind.value,
            "target": target | {"blob_ids": list(self.target.blob_ids)},
            "lane": self.lane.value,
            "reason": self.reason.value,
            "comment": self.comment,
            "requested_by": self.requested_by,
            "requested_at": self.requested_at.isoformat(),
            "starts_at": _iso(self.starts_at),
            "expires_at": _iso(self.expires_at),
            "extends": self.extends,
        }

    @property
    def digest(self) -> str:
        """SHA-256 hex over what was asked for."""
        return hashlib.sha256(json.dumps(self.asked(), sort_keys=True).encode()).hexdigest()


def check_person(name: str) -> str:
    """Return the name of a person.

    Raises:
        ValueError: it is none: lower-case letters, digits and ``._@+-``, at most 64.
    """
    if not _PERSON.fullmatch(name):
        raise ValueError("a name is lower-case letters, digits and ._@+-, at most 64")
    return name


def is_person(name: str) -> bool:
    """Tell whether a text could be the name of a person; see `check_person`."""
    return _PERSON.fullmatch(name) is not None


def check_comment(text: str) -> str:
    """Return a comment: one line that says something.

    Raises:
        ValueError: it is empty, too long or holds characters that nobody can see.
    """
    if not text.strip() or len(text) > MAX_COMMENT_CHARS or not text.isprintable():
        raise ValueError(f"a comment is one line of at most {MAX_COMMENT_CHARS} characters")
    return text


def _check_shape(kind: ReviewKind, target: Target) -> None:
    is_placed = bool(target.blob_ids or target.pattern)
    if kind is ReviewKind.FALSE_POSITIVE:
        fits = bool(target.fingerprint) and not target.rule_id and not target.pattern
    elif kind is ReviewKind.REDACT:
        fits = bool(target.rule_id and target.blob_ids) and not target.fingerprint
    elif kind is ReviewKind.WAIVE:
        fits = bool(target.rule_id) and is_placed and not target.fingerprint
    else:
        fits = is_placed and not target.rule_id and not target.fingerprint
    if not fits:
        raise ValueError(f"a review of kind {kind} cannot be bound to this")


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
