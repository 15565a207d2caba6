"""What people do about a withdrawal that stands, for any face: ask to lift it, agree, refuse."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Protocol

from ingest.errors import InputError
from policies.review import Move, Withdrawal
from store.catalog import Acknowledgement, RecallBook, WithdrawalBook
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.decisions import decide_anew
from workers.remarks import checked_remark
from workers.reviewing import Words
from workers.withdrawals import who_pulled


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
) -> Acknowledgement:
    """Write down that a consumer no longer uses what was recalled, and return it.

    Raises:
        InputError: there is no such recall, the consumer has pulled nothing of it, or a text
            cannot be kept.
    """
    remark = checked_remark(context, comment) if comment else ""
    book = RecallBook(context.catalog, utc_now)
    recall = book.find(recall_id)
    if recall is not None and consumer not in who_pulled(context, recall):
        raise InputError(
            f"{consumer} has pulled nothing that {recall_id} is about.",
            hint=f"shardgate recall show {recall_id} lists who has.",
        )
    said = book.acknowledge(recall_id, consumer, actor=actor, comment=remark)
    seal_audit(context)
    return said
