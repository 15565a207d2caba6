"""The reviews that are in force at a moment: what an evaluation takes beside facts and policy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import pyarrow as pa

from policies.model import Policy
from policies.review.binding import ReviewRefused, check_binding
from policies.review.model import Review, ReviewKind, ReviewState
from policies.review.withdrawal import WITHDRAWN_CONTENTS, Withdrawal

Bearing = Review | Withdrawal
"""What people said and a verdict takes part in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """What people said and is in force; made by `in_force`."""

    items: tuple[Review, ...] = ()
    """Reviews, sorted by id, each once."""
    withdrawals: tuple[Withdrawal, ...] = ()
    """Withdrawals, sorted by id, each once."""
    withdrawn: pa.Table = field(default_factory=WITHDRAWN_CONTENTS.empty_table)
    """`WITHDRAWN_CONTENTS` of these withdrawals. No part of the digest: it follows from them and
    from the facts."""

    @property
    def digest(self) -> str:
        """SHA-256 hex over ids and contents; the same for the same reviews in any order."""
        said: tuple[Bearing, ...] = (*self.items, *self.withdrawals)
        return digest_said((one.id, one.digest) for one in said)

    @property
    def false_positives(self) -> tuple[Review, ...]:
        """Those that say of a finding that it is none."""
        return tuple(r for r in self.items if r.kind is ReviewKind.FALSE_POSITIVE)

    def judging(self, policy: Policy) -> tuple[Bearing, ...]:
        """Return those that change a verdict under a policy; a waiver of another rule does not."""
        reviews = (
            review
            for review in self.items
            if review.kind is not ReviewKind.FALSE_POSITIVE and is_bound(review, policy)
        )
        return (*reviews, *self.withdrawals)


def digest_said(said: Iterable[tuple[str, str]]) -> str:
    """Return `Reviews.digest` of (id, digest): first of the reviews by id, then of withdrawals."""
    lines = [f"{name} {digest}" for name, digest in said]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


NO_REVIEWS: Final = Reviews()


def in_force(
    reviews: Iterable[Review],
    moment: datetime,
    withdrawals: Iterable[Withdrawal] = (),
    withdrawn: pa.Table | None = None,
) -> Reviews:
    """Return those of some reviews that are active at a moment, and withdrawals that stand.

    `withdrawn` are the contents that the withdrawals are about, see `WITHDRAWN_CONTENTS`.
    """
    active = {r.id: r for r in reviews if r.state_at(moment) is ReviewState.ACTIVE}
    standing = {w.id: w for w in withdrawals if w.is_in_force}
    contents = WITHDRAWN_CONTENTS.empty_table() if withdrawn is None else withdrawn
    return Reviews(
        items=tuple(active[name] for name in sorted(active)),
        withdrawals=tuple(standing[name] for name in sorted(standing)),
        withdrawn=contents,
    )


def is_bound(review: Review, policy: Policy) -> bool:
    """Tell whether a review still fits the policy: the rule that it waives is as it was."""
    try:
        check_binding(review, policy)
    except ReviewRefused:
        return False
    return True
