"""What people do about a withdrawal that stands, for any face: ask to lift it, agree, refuse."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Protocol

from ingest.errors import InputError
from policies.review import Move, Withdrawal
from store.catalog import RecallBook, WithdrawalBook
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.decisions import decide_anew
from workers.remarks import checked_remark
from workers.reviewing import Words


class LiftStep(StrEnum):
    """What can be done about a withdrawal."""

    ASK = "ask"
    APPROVE = "approve"
    REFUSE = "refuse"


class _Move(Protocol):
    def __call__(self, book: WithdrawalBook, withdrawal_id: str, move: Move, /) -> Withdrawal: ...


_STEPS: Final[Mapping[LiftStep, _Move]] = {
    LiftStep.ASK: WithdrawalBook.ask_to_lift,
    LiftStep.APPROVE: WithdrawalBook.approve_lifting,
    LiftStep.REFUSE: WithdrawalBook.refuse_lifting,
}


def move_lifting(context: Context, step: LiftStep, withdrawal_id: str, words: Words) -> Withdrawal:
    """Take a step towards the end of a withdrawal; once it is lifted, decisions are made anew.

    Raises:
        Conflict: somebody moved it meanwhile.
        ReviewRefused: the actor may not, or it does not stand for that.
        InputError: there is no such withdrawal, or the comment cannot be kept.
    """
    book = WithdrawalBook(context.catalog, context.policy)
    try:
        comment = checked_remark(context, words.comment)
        move = Move(actor=words.actor, at=utc_now(), comment=comment, seen=words.seen)
    except ValueError as error:
        raise InputError(f"This cannot be written down: {error}.") from None
    after = _STEPS[step](book, withdrawal_id, move)
    seal_audit(context)
    if not after.is_in_force:
        decide_anew(context)
    return after


def acknowledge_recall(
    context: Context, recall_id: str, consumer: str, *, actor: str, comment: str = ""
) -> None:
    """Write down that a consumer no longer uses what was recalled.

    Raises:
        InputError: there is no such recall, or a text cannot be kept.
    """
    remark = checked_remark(context, comment) if comment else ""
    book = RecallBook(context.catalog, utc_now)
    book.acknowledge(recall_id, consumer, actor=actor, comment=remark)
    seal_audit(context)
