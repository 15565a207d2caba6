"""A withdrawal: what may be in no release any more, said by one person and lifted by two.

It never ends by itself. While it stands it is part of every verdict, whatever rules and other
reviews say, and nobody waives it.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import pyarrow as pa

from policies.decision import Lane
from policies.review.model import Approval, check_comment, check_person
from policies.review.paths import check_pattern

_FORMS: Final = {
    "blob": "40 or 64 hex digits, the whole id that git gives",
    "fingerprint": "32 hex digits, as findings have it",
    "license": "one SPDX id, not an expression",
}
_BLOB: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{32}")
_LICENSE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,99}")
_REPOSITORY: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")

WITHDRAWN_CONTENTS: Final = pa.schema(
    [
        pa.field("withdrawal_id", pa.string(), nullable=False),
        pa.field("repo_id", pa.string(), nullable=False),
        pa.field("path", pa.binary(), nullable=False),
        pa.field("blob_id", pa.string(), nullable=False),
        pa.field("is_license_text", pa.bool_(), nullable=False),
    ]
)
"""Contents that a withdrawal was found to be about, one row per place at which they stood."""


class Selector(StrEnum):
    """What a withdrawal names."""

    REPOSITORY = "repository"
    PATH = "path"
    """Paths of one repository, and what stood there under any other name in it."""
    BLOB = "blob"
    """One content, wherever it stands."""
    FINGERPRINT = "fingerprint"
    """Every content with one finding in it."""
    LICENSE = "license"
    """Files under a license, by their own notice, by what is stated of them, or by what stands
    above them; where none of these says anything, by what is registered."""


class WithdrawalScope(StrEnum):
    """From where it is withdrawn."""

    ALL = "all"
    RELEASABLE = "releasable"
    """It may stay inside."""


class WithdrawalReason(StrEnum):
    """Why; the comment says the rest. Readers of a recall are told this word."""

    CONSENT_ENDED = "CONSENT_ENDED"
    RIGHTS_CLAIM = "RIGHTS_CLAIM"
    SECRET = "SECRET"  # noqa: S105 - a reason, no secret
    PERSONAL_DATA = "PERSONAL_DATA"
    CONFIDENTIAL = "CONFIDENTIAL"
    LICENSE = "LICENSE"
    POLICY = "POLICY"
    OTHER = "OTHER"


_LANES: Final = {
    WithdrawalReason.SECRET: Lane.SECURITY,
    WithdrawalReason.CONFIDENTIAL: Lane.SECURITY,
    WithdrawalReason.PERSONAL_DATA: Lane.PRIVACY,
}


class WithdrawalState(StrEnum):
    """Where it stands; it is in force until it is lifted."""

    ACTIVE = "active"
    LIFT_ASKED = "lift_asked"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """What was withdrawn, by whom, and how far its lifting is.

    Raises:
        ValueError: the selector is malformed, a name or a comment is none, a moment is not UTC.
    """

    id: str
    selector: Selector
    value: str = ""
    """Path pattern, blob id, fingerprint or SPDX id; empty for a repository."""
    repo_id: str = ""
    """Of a repository or a path; empty otherwise."""
    scope: WithdrawalScope = WithdrawalScope.ALL
    reason: WithdrawalReason
    comment: str
    withdrawn_by: str
    withdrawn_at: datetime
    state: WithdrawalState = WithdrawalState.ACTIVE
    version: int = 1
    """Counts the steps; a step names the version that it saw."""
    lift_asked_by: str = ""
    approvals: tuple[Approval, ...] = field(default=())
    """Of the lifting that is asked for."""

    def __post_init__(self) -> None:
        """Check the shape."""
        check_person(self.withdrawn_by)
        check_comment(self.comment)
        if self.withdrawn_at.utcoffset() != timedelta(0):
            raise ValueError("moments are UTC")
        is_placed = self.selector in (Selector.REPOSITORY, Selector.PATH)
        if is_placed != bool(_REPOSITORY.fullmatch(self.repo_id)):
            raise ValueError("a repository is named for itself and for paths in it")
        _check_value(self.selector, self.value)

    @property
    def is_in_force(self) -> bool:
        """Tell whether it counts."""
        return self.state is not WithdrawalState.LIFTED

    @property
    def lane(self) -> Lane:
        """Whose reviewers lift it."""
        return _LANES.get(self.reason, Lane.LEGAL)

    @property
    def is_bound_to_contents(self) -> bool:
        """Tell whether what it was found to be about stays withdrawn under any other name.

        A license is a claim about a file, which may be corrected while the bytes stay.
        """
        return self.selector is not Selector.LICENSE

    def said(self) -> dict[str, Any]:
        """Return what was said as plain values; it never changes."""
        return {
            "selector": self.selector.value,
            "value": self.value,
            "repo_id": self.repo_id,
            "scope": self.scope.value,
            "reason": self.reason.value,
            "comment": self.comment,
            "withdrawn_by": self.withdrawn_by,
            "withdrawn_at": self.withdrawn_at.isoformat(),
        }

    @property
    def digest(self) -> str:
        """SHA-256 hex over what was said."""
        return hashlib.sha256(json.dumps(self.said(), sort_keys=True).encode()).hexdigest()


def license_regex(license_id: str) -> str:
    """Return the regular expression (RE2) that expressions naming a license match in whole."""
    return rf"(?i)(?:.*[^A-Za-z0-9.+-])?{re.escape(license_id)}(?:[^A-Za-z0-9.+-].*)?"


def _check_value(selector: Selector, value: str) -> None:
    if selector is Selector.PATH:
        check_pattern(value)
    elif selector is Selector.REPOSITORY:
        if value:
            raise ValueError("a withdrawn repository is named by its id alone")
    else:
        form = {
            Selector.BLOB: _BLOB,
            Selector.FINGERPRINT: _FINGERPRINT,
            Selector.LICENSE: _LICENSE,
        }[selector]
        if not form.fullmatch(value):
            raise ValueError(f"this is no {selector.value}: it has {_FORMS[selector.value]}")
