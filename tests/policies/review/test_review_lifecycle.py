from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ingest.errors import Conflict
from policies.review import (
    Bench,
    Move,
    Review,
    ReviewKind,
    ReviewRefused,
    ReviewState,
    Target,
    approve,
    reject,
    withdraw,
)
from tests.strategies.reviews import NOW, review, waiver

ONE = Bench(members=frozenset({"ada", "bob", "eve"}), quorum=1)
TWO = replace(ONE, quorum=2)
ASKED = replace(waiver("MINIFIED", "1"), state=ReviewState.PROPOSED, version=1)


def move(actor: str, seen: int = 1, days: int = 0) -> Move:
    return Move(actor=actor, at=NOW + timedelta(days=days), comment="fine", seen=seen)


def test_another_reviewer_of_the_lane_makes_a_proposal_count() -> None:
    done = approve(ASKED, move("bob"), ONE)
    assert (done.state, done.version, done.approvals[0].by) == (ReviewState.APPROVED, 2, "bob")
    assert done.state_at(NOW) is ReviewState.ACTIVE


def test_who_asked_never_decides_even_as_the_only_reviewer() -> None:
    for step in (approve, reject):
        with pytest.raises(ReviewRefused, match="You asked for this"):
            step(ASKED, move("ada"), Bench(members=frozenset({"ada"}), quorum=1))


def test_who_is_not_in_the_lane_decides_nothing() -> None:
    for step in (approve, reject, withdraw):
        with pytest.raises(ReviewRefused, match="no active reviewer"):
            step(ASKED, move("mallory"), ONE)


def test_a_quorum_of_two_needs_two_people_and_forgets_who_left() -> None:
    first = approve(ASKED, move("bob"), TWO)
    assert first.state is ReviewState.PROPOSED
    with pytest.raises(ReviewRefused, match="approved it already"):
        approve(first, move("bob", 2), TWO)
    assert approve(first, move("eve", 2), TWO).state is ReviewState.APPROVED
    without_bob = replace(TWO, members=frozenset({"eve", "joe"}))
    assert approve(first, move("eve", 2), without_bob).state is ReviewState.PROPOSED


def test_a_step_over_another_version_conflicts() -> None:
    for step in (approve, reject, withdraw):
        with pytest.raises(Conflict):
            step(replace(ASKED, version=2), move("bob"), ONE)


@pytest.mark.parametrize("state", [ReviewState.REJECTED, ReviewState.WITHDRAWN])
def test_what_has_ended_stays_ended(state: ReviewState) -> None:
    for step in (approve, reject, withdraw):
        with pytest.raises(ReviewRefused, match=state.value):
            step(replace(ASKED, state=state), move("bob"), ONE)


def test_what_has_expired_can_neither_be_approved_nor_withdrawn() -> None:
    for step in (approve, withdraw):
        with pytest.raises(ReviewRefused, match="expired"):
            step(ASKED, move("bob", days=31), ONE)


def test_who_asked_takes_a_proposal_or_a_waiver_back_alone() -> None:
    assert withdraw(ASKED, move("ada"), ONE).state is ReviewState.WITHDRAWN
    agreed = approve(ASKED, move("bob"), ONE)
    assert withdraw(agreed, move("ada", 2), ONE).state is ReviewState.WITHDRAWN


def test_a_restriction_in_force_is_lifted_by_another_reviewer_only() -> None:
    target = Target(blob_ids=("1" * 40,), repo_id="r")
    kept: Review = review("rvw_k", ReviewKind.KEEP_INTERNAL, target)
    with pytest.raises(ReviewRefused, match="cannot lift"):
        withdraw(kept, move("ada", 2), ONE)
    assert withdraw(kept, move("bob", 2), ONE).state is ReviewState.WITHDRAWN


def test_nobody_is_no_quorum_and_no_actor() -> None:
    with pytest.raises(ValueError, match="quorum"):
        Bench(members=frozenset(), quorum=0)
    with pytest.raises(ValueError, match="name"):
        move("")
