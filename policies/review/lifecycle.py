"""The states of a review and who may move it, without any I/O.

::

    proposed ──approve (quorum)──▶ approved ──start──▶ active ──expiry──▶ expired
        │                              │                  │
        ├──reject──▶ rejected          └────withdraw──────┴──▶ withdrawn
        └──withdraw──▶ withdrawn

1. Who asked never approves or rejects, whoever it is.
2. Approvals come from active reviewers of the review's lane, each counted once.
3. A proposal or a clearance is withdrawn by who asked or by a reviewer of the lane; a restriction
   that is in force only by a reviewer of the lane who did not ask for it.
4. A transition names the version that it saw; of two that saw the same one, the second fails.
5. Rejected, expired and withdrawn are final: to go on is a new review.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from ingest.errors import Conflict
from policies.review.binding import ReviewRefused
from policies.review.model import Approval, Review, ReviewState, check_comment, check_person

_FINAL: Final = (ReviewState.REJECTED, ReviewState.EXPIRED, ReviewState.WITHDRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Who wants to move a review, when, and what they saw.

    Raises:
        ValueError: the name or the comment is none.
    """

    actor: str
    at: datetime
    comment: str
    seen: int
    """Version of the review that the actor looked at."""

    def __post_init__(self) -> None:
        """Check the words."""
        check_person(self.actor)
        check_comment(self.comment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The reviewers of one lane.

    Raises:
        ValueError: nobody would be enough.
    """

    members: frozenset[str]
    """Names of the active ones."""
    quorum: int

    def __post_init__(self) -> None:
        """Check the quorum."""
        if self.quorum < 1:
            raise ValueError("a quorum is at least one")


def approve(review: Review, move: Move, bench: Bench) -> Review:
    """Return the review with one more approval; approved once the quorum is reached.

    Raises:
        Conflict: somebody moved it meanwhile.
        ReviewRefused: the actor may not, or the review is no longer a proposal.
    """
    _check_open(review, move)
    _check_reviewer(review, move, bench, "approve")
    if any(approval.by == move.actor for approval in review.approvals):
        raise ReviewRefused(
            f"{move.actor} has approved it already.", hint="Another reviewer has to agree too."
        )
    approvals = (*review.approvals, Approval(by=move.actor, at=move.at))
    # Who left the lane meanwhile no longer counts.
    counted = sum(approval.by in bench.members for approval in approvals)
    state = ReviewState.APPROVED if counted >= bench.quorum else ReviewState.PROPOSED
    return replace(review, state=state, version=review.version + 1, approvals=approvals)


def reject(review: Review, move: Move, bench: Bench) -> Review:
    """Return the review rejected.

    Raises:
        Conflict: somebody moved it meanwhile.
        ReviewRefused: the actor may not, or the review is no longer a proposal.
    """
    _check_open(review, move)
    _check_reviewer(review, move, bench, "reject")
    return replace(review, state=ReviewState.REJECTED, version=review.version + 1)


def withdraw(review: Review, move: Move, bench: Bench) -> Review:
    """Return the review withdrawn.

    Raises:
        Conflict: somebody moved it meanwhile.
        ReviewRefused: the actor may not, or the review has ended already.
    """
    _check_version(review, move)
    state = review.state_at(move.at)
    if state in _FINAL:
        raise ReviewRefused(f"The review {review.id} is {state} already.")
    is_restriction = review.kind.restricts and state is not ReviewState.PROPOSED
    if is_restriction and move.actor == review.requested_by:
        raise ReviewRefused(
            "You asked for this restriction, you cannot lift it.",
            hint=f"Another reviewer of the lane {review.lane} can.",
        )
    if move.actor not in bench.members and (is_restriction or move.actor != review.requested_by):
        raise _not_on_bench(review, move)
    return replace(review, state=ReviewState.WITHDRAWN, version=review.version + 1)


def _check_open(review: Review, move: Move) -> None:
    _check_version(review, move)
    state = review.state_at(move.at)
    if state is not ReviewState.PROPOSED:
        raise ReviewRefused(f"The review {review.id} is {state}, and no proposal any more.")


def _check_version(review: Review, move: Move) -> None:
    if move.seen != review.version:
        raise Conflict(
            f"The review {review.id} was changed meanwhile; nothing was written.",
            hint=f"Look at it again: shardgate review show {review.id}",
        )


def _check_reviewer(review: Review, move: Move, bench: Bench, verb: str) -> None:
    if move.actor == review.requested_by:
        raise ReviewRefused(
            f"You asked for this, you cannot {verb} it.",
            hint=f"Another reviewer of the lane {review.lane} has to look at it.",
        )
    if move.actor not in bench.members:
        raise _not_on_bench(review, move)


def _not_on_bench(review: Review, move: Move) -> ReviewRefused:
    return ReviewRefused(
        f"{move.actor} is no active reviewer of the lane {review.lane}.",
        hint=f"shardgate reviewer list --lane {review.lane} shows who is.",
    )
