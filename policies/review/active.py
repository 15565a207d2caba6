"""The reviews that are in force at a moment: what an evaluation takes beside facts and policy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from policies.model import Policy
from policies.review.binding import ReviewRefused, check_binding
from policies.review.model import Review, ReviewKind, ReviewState


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """Reviews in force, sorted by id, each once; made by `in_force`."""

    items: tuple[Review, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 hex over ids and contents; the same for the same reviews in any order."""
        lines = [f"{review.id} {review.digest}" for review in self.items]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @property
    def false_positives(self) -> tuple[Review, ...]:
        """Those that say of a finding that it is none."""
        return tuple(r for r in self.items if r.kind is ReviewKind.FALSE_POSITIVE)

    def judging(self, policy: Policy) -> tuple[Review, ...]:
        """Return those that change a verdict under a policy; a waiver of another rule does not."""
        return tuple(
            review
            for review in self.items
            if review.kind is not ReviewKind.FALSE_POSITIVE and is_bound(review, policy)
        )


NO_REVIEWS: Final = Reviews()


def in_force(reviews: Iterable[Review], moment: datetime) -> Reviews:
    """Return those of some reviews that are active at a moment."""
    active = {r.id: r for r in reviews if r.state_at(moment) is ReviewState.ACTIVE}
    return Reviews(items=tuple(active[name] for name in sorted(active)))


def is_bound(review: Review, policy: Policy) -> bool:
    """Tell whether a review still fits the policy: the rule that it waives is as it was."""
    try:
        check_binding(review, policy)
    except ReviewRefused:
        return False
    return True
