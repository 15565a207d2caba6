"""What people said, as reports tell it: each review with its state at a moment, and its steps."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from policies.model import Policy
from policies.report.places import show_pattern
from policies.review import Review, ReviewState
from policies.review.active import is_bound


class Status(StrEnum):
    """What a review amounts to for a result, in the words of SARIF 2.1.0 (section 3.35.3)."""

    ACCEPTED = "accepted"
    UNDER_REVIEW = "underReview"
    REJECTED = "rejected"


_STATUS = {
    ReviewState.PROPOSED: Status.UNDER_REVIEW,
    # Agreed to and not begun: the result stands until it begins.
    ReviewState.APPROVED: Status.UNDER_REVIEW,
    ReviewState.ACTIVE: Status.ACCEPTED,
    ReviewState.REJECTED: Status.REJECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that one person did about a review."""

    version: int
    action: str
    """propose | approve | reject | withdraw."""
    actor: str
    at: datetime
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A review as it stands at the moment of a report."""

    review: Review
    state: ReviewState
    steps: tuple[Step, ...]
    """Oldest first."""
    fits: bool
    """Whether it is still bound: the rule that it is about is as it was."""
    pattern: str
    """Of the paths that it is about, as it may be shown; empty where it names contents."""

    @classmethod
    def of(
        cls,
        review: Review,
        steps: Iterable[Step],
        policy: Policy,
        moment: datetime,
        *,
        clean: Collection[str] = (),
    ) -> Said:
        """Return what a review says at a moment under a policy; `clean` as in `show_pattern`."""
        return cls(
            review=review,
            state=review.state_at(moment),
            steps=tuple(steps),
            fits=is_bound(review, policy),
            pattern=show_pattern(review.target.pattern, clean),
        )

    @property
    def status(self) -> Status | None:
        """What it amounts to; none where it has ended, or died with its rule."""
        return _STATUS.get(self.state) if self.fits else None

    @property
    def decided_by(self) -> tuple[str, ...]:
        """Who approved, rejected or withdrew it, in this order."""
        return tuple(step.actor for step in self.steps if step.action != "propose")

    @property
    def decided_at(self) -> datetime | None:
        """When the last of them did."""
        return max((step.at for step in self.steps if step.action != "propose"), default=None)

    @property
    def justification(self) -> str:
        """Reason and comment of who asked, in one line."""
        return f"{self.review.reason.value}: {self.review.comment}"

    @property
    def target(self) -> str:
        """What it is bound to, in a few words."""
        return describe_target(self.review, self.pattern)


def describe_target(review: Review, pattern: str | None = None) -> str:
    """Say in a few words what a review is bound to.

    `pattern` is shown instead of its own: what leaves the installation shows it masked.
    """
    target = review.target
    parts = [target.rule_id]
    if target.fingerprint:
        parts.append(f"finding {target.fingerprint[:12]} ({target.category})")
    if target.pattern:
        parts.append(f"paths {target.pattern if pattern is None else pattern}")
    if len(target.blob_ids) == 1:
        parts.append(f"content {target.blob_ids[0][:12]}")
    elif target.blob_ids:
        parts.append(f"{len(target.blob_ids):,} contents")
    parts.append(f"in {target.repo_id}" if target.repo_id else "everywhere")
    return ", ".join(part for part in parts if part)


def said_record(said: Said) -> dict[str, Any]:
    """Return it as JSON: what was asked for, who did what when, and what it amounts to.

    A path pattern is told as it may be shown.
    """
    asked = said.review.asked()
    return {
        "id": said.review.id,
        **asked,
        "target": asked["target"] | {"pattern": said.pattern},
        "state": said.state.value,
        "fits_policy": said.fits,
        "steps": [
            {
                "version": step.version,
                "action": step.action,
                "actor": step.actor,
                "at": step.at.isoformat(),
                "comment": step.comment,
            }
            for step in said.steps
        ],
    }
