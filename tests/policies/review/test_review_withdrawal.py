"""What can be withdrawn, and how it is lifted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from ingest.errors import Conflict
from policies.decision import Lane
from policies.review import (
    Bench,
    Move,
    ReviewRefused,
    Selector,
    Withdrawal,
    WithdrawalReason,
    WithdrawalState,
    approve_lifting,
    ask_to_lift,
    refuse_lifting,
)
from tests.strategies.reviews import NOW
from tests.strategies.withdrawals import standing, withdrawal

BENCH = Bench(members=frozenset({"ada", "bob", "eve"}), quorum=1)
REPOSITORY = withdrawal("wdr_1", Selector.REPOSITORY, repo_id="repo_1")


def move(actor: str, seen: int = 1) -> Move:
    return Move(actor=actor, at=NOW, comment="looked", seen=seen)


@pytest.mark.parametrize(
    ("selector", "value", "repo_id"),
    [
        (Selector.REPOSITORY, "", ""),
        (Selector.REPOSITORY, "a", "repo_1"),
        (Selector.PATH, "a", ""),
        (Selector.PATH, "/a", "repo_1"),
        (Selector.PATH, "", "repo_1"),
        (Selector.BLOB, "1" * 39, ""),
        (Selector.BLOB, "1" * 40, "repo_1"),
        (Selector.FINGERPRINT, "1" * 31, ""),
        (Selector.LICENSE, "", ""),
        (Selector.LICENSE, "MIT OR X", ""),
    ],
)
def test_what_is_not_named_well_is_not_withdrawn(
    selector: Selector, value: str, repo_id: str
) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        withdrawal("wdr_1", selector, value, repo_id=repo_id)


@pytest.mark.parametrize(
    "given",
    [
        {"comment": ""},
        {"comment": "two\nlines"},
        {"withdrawn_by": "Ada Lovelace"},
        {"withdrawn_at": datetime(2030, 1, 1, tzinfo=timezone(timedelta(hours=1)))},
    ],
)
def test_a_withdrawal_says_who_when_and_why(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        replace(REPOSITORY, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reason", "lane"),
    [
        (WithdrawalReason.SECRET, Lane.SECURITY),
        (WithdrawalReason.CONFIDENTIAL, Lane.SECURITY),
        (WithdrawalReason.PERSONAL_DATA, Lane.PRIVACY),
        (WithdrawalReason.RIGHTS_CLAIM, Lane.LEGAL),
        (WithdrawalReason.OTHER, Lane.LEGAL),
    ],
)
def test_the_reason_says_whose_reviewers_lift_it(reason: WithdrawalReason, lane: Lane) -> None:
    assert replace(REPOSITORY, reason=reason).lane is lane


def test_two_people_lift_what_one_withdrew() -> None:
    asked = ask_to_lift(REPOSITORY, move("joe"), BENCH)
    assert (asked.state, asked.is_in_force) == (WithdrawalState.LIFT_ASKED, True)
    lifted = approve_lifting(asked, move("bob", 2), BENCH)
    assert (lifted.state, lifted.is_in_force, lifted.version) == (WithdrawalState.LIFTED, False, 3)
    assert lifted.digest == REPOSITORY.digest
    assert standing(lifted).withdrawals == ()
    assert standing(asked).withdrawals == (asked,)


@pytest.mark.parametrize("actor", ["ada", "bob", "mallory"])
def test_neither_who_withdrew_nor_who_asked_nor_a_stranger_approves(actor: str) -> None:
    asked = ask_to_lift(REPOSITORY, move("bob"), BENCH)
    with pytest.raises(ReviewRefused):
        approve_lifting(asked, move(actor, 2), BENCH)


def test_a_lane_with_a_quorum_of_two_needs_both_each_once() -> None:
    both = replace(BENCH, quorum=2, members=BENCH.members | {"joe"})
    asked = ask_to_lift(REPOSITORY, move("joe"), both)
    once = approve_lifting(asked, move("bob", 2), both)
    assert once.state is WithdrawalState.LIFT_ASKED
    with pytest.raises(ReviewRefused, match="already"):
        approve_lifting(once, move("bob", 3), both)
    gone = replace(both, members=both.members - {"bob"})
    assert approve_lifting(once, move("eve", 3), gone).state is WithdrawalState.LIFT_ASKED
    assert approve_lifting(once, move("eve", 3), both).state is WithdrawalState.LIFTED


def test_a_lifting_is_refused_by_the_lane_or_taken_back_and_asked_for_again() -> None:
    asked = ask_to_lift(REPOSITORY, move("joe"), BENCH)
    for actor in ("eve", "joe"):
        refused = refuse_lifting(asked, move(actor, 2), BENCH)
        assert (refused.state, refused.lift_asked_by) == (WithdrawalState.ACTIVE, "")
    with pytest.raises(ReviewRefused):
        refuse_lifting(asked, move("mallory", 2), BENCH)
    again = ask_to_lift(refused, move("eve", 3), BENCH)
    assert (again.lift_asked_by, again.approvals) == ("eve", ())


@pytest.mark.parametrize("step", [ask_to_lift, approve_lifting, refuse_lifting])
def test_a_step_needs_the_version_and_the_state_it_is_for(step: object) -> None:
    assert callable(step)
    lifted = replace(REPOSITORY, state=WithdrawalState.LIFTED)
    with pytest.raises(ReviewRefused, match="lifted"):
        step(lifted, move("bob"), BENCH)
    with pytest.raises(Conflict, match="meanwhile"):
        step(REPOSITORY, move("bob", 7), BENCH)


def test_the_digest_of_what_is_in_force_follows_the_withdrawals() -> None:
    other = replace(REPOSITORY, id="wdr_2")
    assert standing(REPOSITORY, other).digest == standing(other, REPOSITORY).digest
    digests = {standing(*some).digest for some in ((), (REPOSITORY,), (REPOSITORY, other))}
    assert len(digests) == 3
    assert isinstance(REPOSITORY, Withdrawal)
