"""What was taken back and stands: withdrawals with their lifting, recalls with who knows."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest.errors import Conflict, InputError
from policies.access import ANYTHING, Action, Subject
from policies.review import WithdrawalState
from web.access import needs
from web.pages.caller import Caller, Calling
from web.pages.links import Links
from web.pages.templating import say
from web.pages.withdrawals import REASONS, SELECTORS
from web.routing import Router
from workers.errands import ask_lift
from workers.reading.handing import (
    RECALL_FIELDS,
    WITHDRAWAL_FIELDS,
    RecallView,
    WithdrawalView,
    find_recall,
    find_withdrawal,
    list_recalls,
    list_withdrawals,
)
from workers.reading.page import NotFound
from workers.reviewing import Words
from workers.withdrawal_steps import LiftStep, acknowledge_recall, move_lifting

router = Router(include_in_schema=False)

STATES: Final = {
    WithdrawalState.ACTIVE: ("Withdrawn", "bad", "warn"),
    WithdrawalState.LIFT_ASKED: ("Lifting asked for", "warn", "clock"),
    WithdrawalState.LIFTED: ("Lifted", "mute", "check"),
}
"""State of a withdrawal to (word, tone, icon)."""
_DONE: Final = {
    LiftStep.ASK: "Asked for; another person of its lane has to agree.",
    LiftStep.APPROVE: "It is lifted; decisions are made anew.",
    LiftStep.REFUSE: "The lifting was refused; it stays withdrawn.",
}


def withdrawal_of(withdrawal_id: str, caller: Calling) -> WithdrawalView:
    """Return the withdrawal that a URL names."""
    return find_withdrawal(caller.context, withdrawal_id)


def recall_of(recall_id: str, caller: Calling) -> RecallView | None:
    """Return the recall that a URL names; None where there is none."""
    try:
        return find_recall(caller.context, recall_id)
    except NotFound:
        return None


Found = Annotated[WithdrawalView, Depends(withdrawal_of)]
FoundRecall = Annotated[RecallView | None, Depends(recall_of)]


async def lifting(found: Found) -> Subject:
    """Return what deciding on the lifting of a withdrawal is about."""
    return Subject(lane=found.lane, requested_by=found.lift_asked_by)


async def about_recall(found: FoundRecall) -> Subject:
    """Return what a step about a recall is about."""
    return Subject(tier=found.tier) if found else ANYTHING


@router.get("/withdrawals", dependencies=[needs(Action.REVIEW_READ)])
def withdrawals(caller: Calling) -> HTMLResponse:
    """List what is withdrawn, newest first."""
    return caller.render(
        "withdrawals.html",
        fragment="list",
        page=list_withdrawals(caller.context, caller.query(WITHDRAWAL_FIELDS)),
        links=Links(caller.request),
        fields=WITHDRAWAL_FIELDS,
        names=caller.names,
        **_WORDS,
    )


@router.get("/withdrawals/{withdrawal_id}", dependencies=[needs(Action.REVIEW_READ)])
def withdrawal(caller: Calling, found: Found) -> HTMLResponse:
    """Show a withdrawal, and what may be done about it."""
    return _page(caller, found)


@router.post("/withdrawals/{withdrawal_id}/lift", dependencies=[needs(Action.RELEASE_WITHDRAW)])
def lift(
    caller: Calling, found: Found, seen: Annotated[int, Form()], comment: Annotated[str, Form()]
) -> Response:
    """Ask for a withdrawal to be lifted."""
    return _step(caller, found, LiftStep.ASK, (seen, comment))


@router.post(
    "/withdrawals/{withdrawal_id}/lift/approve",
    dependencies=[needs(Action.REVIEW_DECIDE, lifting)],
)
def approve(
    caller: Calling, found: Found, seen: Annotated[int, Form()], comment: Annotated[str, Form()]
) -> Response:
    """Agree to a lifting that another person asked for."""
    return _step(caller, found, LiftStep.APPROVE, (seen, comment))


@router.post(
    "/withdrawals/{withdrawal_id}/lift/refuse",
    dependencies=[needs(Action.REVIEW_DECIDE, lifting)],
)
def refuse(
    caller: Calling, found: Found, seen: Annotated[int, Form()], comment: Annotated[str, Form()]
) -> Response:
    """Refuse a lifting."""
    return _step(caller, found, LiftStep.REFUSE, (seen, comment))


@router.get("/recalls", dependencies=[needs(Action.PULL_READ)])
def recalls(caller: Calling) -> HTMLResponse:
    """List recalls, newest first, and who has not said that they know."""
    return caller.render(
        "recalls.html",
        fragment="list",
        page=list_recalls(caller.context, caller.query(RECALL_FIELDS)),
        links=Links(caller.request),
        fields=RECALL_FIELDS,
    )


@router.post("/recalls/{recall_id}/acknowledge", dependencies=[needs(Action.RELEASE_WITHDRAW)])
def acknowledge(
    caller: Calling, recall_id: str, consumer: Annotated[str, Form()]
) -> RedirectResponse:
    """Write down that a consumer no longer uses what was recalled."""
    find_recall(caller.context, recall_id)
    acknowledge_recall(caller.context, recall_id, consumer.strip(), actor=caller.name)
    answer = RedirectResponse("/recalls", 303)
    say(answer, "It is written down who knows.")
    return answer


@router.post("/recalls/{recall_id}/lift", dependencies=[needs(Action.RELEASE_BUILD, about_recall)])
def lift_recall(caller: Calling, recall_id: str) -> RedirectResponse:
    """Have a recall of whole releases lifted, if every row of them may be used."""
    find_recall(caller.context, recall_id)
    errand = ask_lift(caller.context, recall_id, actor=caller.name)
    return RedirectResponse(f"/operations/{errand}", 303)


_WORDS: Final = {"selectors": SELECTORS, "reasons": REASONS, "states": STATES}


def _step(caller: Caller, found: WithdrawalView, step: LiftStep, said: tuple[int, str]) -> Response:
    seen, comment = said
    words = Words(actor=caller.name, comment=" ".join(comment.split()), seen=seen)
    try:
        move_lifting(caller.context, step, found.id, words)
    except Conflict as error:
        fresh = find_withdrawal(caller.context, found.id)
        return _page(caller, fresh, status=409, error=error.message, comment=words.comment)
    except InputError as error:
        return _page(caller, found, status=422, error=error.message, comment=words.comment)
    answer = RedirectResponse(f"/withdrawals/{found.id}", 303)
    say(answer, _DONE[step])
    return answer


def _page(
    caller: Caller, found: WithdrawalView, *, status: int = 200, error: str = "", comment: str = ""
) -> HTMLResponse:
    return caller.render(
        "withdrawal.html",
        status=status,
        found=found,
        repository=caller.names.get(found.repository, found.repository),
        error=error,
        comment=comment,
        **_WORDS,
    )
