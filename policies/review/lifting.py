"""How a withdrawal is lifted: by two people, of whom neither decides alone. No I/O.

::

    active ──ask──▶ lift_asked ──approve (quorum)──▶ lifted
       ▲                │
       └──refuse────────┘

1. Anybody may ask; the withdrawal stays in force until enough have agreed.
2. Who asked does not approve, nor does who withdrew.
3. Approvals come from active reviewers of the withdrawal's lane, each counted once.
4. A reviewer of the lane refuses, or who asked takes it back.
5. A step names the version that it saw. Lifted is final: to withdraw again is a new withdrawal.
"""

from __future__ import annotations

from dataclasses import replace

from ingest.errors import Conflict
from policies.review.binding import ReviewRefused
from policies.review.lifecycle import Bench, Move
from policies.review.model import Approval
from policies.review.withdrawal import Withdrawal, WithdrawalState


def ask_to_lift(withdrawal: Withdrawal, move: Move, bench: Bench) -> Withdrawal:  # noqa: ARG001 - the steps have one form
    """Return the withdrawal with its lifting asked for.

    Raises:
        Conflict: somebody moved it meanwhile.
        ReviewRefused: it is lifted, or that is asked for, already.
    """
    _check(withdrawal, move, WithdrawalState.ACTIVE)
    return _moved(withdrawal, WithdrawalState.LIFT_ASKED, move.actor)


def approve_lifting(withdrawal: Withdrawal, move: Move, bench: Bench) -> Withdrawal:
    """Return the withdrawal with one more approval; lifted once the quorum is reached.

    Raises:
        Conflict: somebody moved it meanwhile.
        ReviewRefused: the actor may not, or nobody has asked for it.
    """
    _check(withdrawal, move, WithdrawalState.LIFT_ASKED)
    if move.actor in (withdrawal.lift_asked_by, withdrawal.withdrawn_by):
        raise ReviewRefused(
            "Who withdrew it, or asked for its lifting, does not approve that.",
            hint=f"Another reviewer of the lane {withdrawal.lane} has to look at it.",
        )
    _check_reviewer(withdrawal, move, bench)
    if any(approval.by == move.actor for approval in withdrawal.approvals):
        raise ReviewRefused(
            f"{move.actor} has approved it already.", hint="Another reviewer has to agree too."
        )
    approvals = (*withdrawal.approvals, Approval(by=move.actor, at=move.at))
    # Who left the lane meanwhile no longer counts.
    counted = sum(approval.by in bench.members for approval in approvals)
    is_enough = counted >= bench.quorum
    return replace(
        withdrawal,
        state=WithdrawalState.LIFTED if is_enough else WithdrawalState.LIFT_ASKED,
        version=withdrawal.version + 1,
        approvals=approvals,
    )


def refuse_lifting(withdrawal: Withdrawal, move: Move, bench: Bench) -> Withdrawal:
    """Return the withdrawal as it stood before its lifting was asked for.

    Raises:
        Conflict: somebody moved it meanwhile.
        ReviewRefused: the actor may not, or nobody has asked for it.
    """
    _check(withdrawal, move, WithdrawalState.LIFT_ASKED)
    if move.actor != withdrawal.lift_asked_by:
        _check_reviewer(withdrawal, move, bench)
    return _moved(withdrawal, WithdrawalState.ACTIVE, "")


def _moved(withdrawal: Withdrawal, state: WithdrawalState, asked_by: str) -> Withdrawal:
    return replace(
        withdrawal,
        state=state,
        version=withdrawal.version + 1,
        lift_asked_by=asked_by,
        approvals=(),
    )


def _check(withdrawal: Withdrawal, move: Move, state: WithdrawalState) -> None:
    if move.seen != withdrawal.version:
        raise Conflict(
            f"The withdrawal {withdrawal.id} was changed meanwhile; nothing was written.",
            hint=f"Look at it again: shardgate withdraw show {withdrawal.id}",
        )
    if withdrawal.state is not state:
        raise ReviewRefused(
            f"The withdrawal {withdrawal.id} is {withdrawal.state}.",
            hint="Lifting is asked for by one person and approved by another.",
        )


def _check_reviewer(withdrawal: Withdrawal, move: Move, bench: Bench) -> None:
    if move.actor not in bench.members:
        raise ReviewRefused(
            f"{move.actor} is no active reviewer of the lane {withdrawal.lane}.",
            hint=f"shardgate reviewer list --lane {withdrawal.lane} shows who is.",
        )
