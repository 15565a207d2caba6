"""``/withdrawals``: take rows back at once, see before what that takes, lift it with another."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import Conflict
from policies.access import Action
from policies.review import Selector, WithdrawalReason, WithdrawalScope
from store.catalog.errands import ErrandKind
from web.access import needs
from web.api.asking import (
    IF_MATCH,
    Ask,
    Asking,
    Begun,
    Listed,
    Seen,
    begun,
    filters,
    guarded,
    tagged,
)
from web.api.decisions import Remark
from web.api.once import OnceRoute, once
from web.api.subjects import FoundWithdrawal, lifting
from web.routing import Router
from workers.errands import answer_of, ask_forecast, find_errand, read_radius
from workers.forecasts import Radius
from workers.reading.handing import (
    WITHDRAWAL_FIELDS,
    WithdrawalView,
    list_withdrawals,
    withdrawal_view,
)
from workers.reviewing import Words
from workers.withdrawal_steps import LiftStep, move_lifting
from workers.withdrawals import Order, checked_order, draft_withdrawal, name_contents, withdraw

router = Router(prefix="/withdrawals", tags=["withdrawals"], route_class=OnceRoute)


class WithdrawalWish(BaseModel):
    """What is withdrawn, and why."""

    model_config = ConfigDict(extra="forbid")

    selector: Selector
    value: Annotated[str, Field(max_length=500)] = ""
    """Path pattern, blob id, fingerprint or SPDX id; empty for a repository."""
    repository: Annotated[str, Field(max_length=500)] = ""
    """Name, id or URL; for a repository and for paths in it."""
    scope: WithdrawalScope = WithdrawalScope.ALL
    reason: WithdrawalReason
    comment: Annotated[str, Field(min_length=1, max_length=500)]


@router.get(
    "",
    dependencies=[needs(Action.REVIEW_READ)],
    openapi_extra=filters(WITHDRAWAL_FIELDS),
)
def list_all(ask: Asking) -> Listed[WithdrawalView]:
    """List withdrawals, newest first."""
    query = ask.query(WITHDRAWAL_FIELDS)
    return ask.page(query, list_withdrawals(ask.context, query))


@router.post("/forecast", status_code=202, dependencies=[needs(Action.RELEASE_WITHDRAW), once])
def forecast(ask: Asking, wish: WithdrawalWish, response: Response) -> Begun:
    """Ask what a withdrawal would take back; nothing is written."""
    errand = ask_forecast(ask.context, _order(ask, wish))
    return begun(response, errand, "/withdrawals/forecast/{id}")


@router.get("/forecast/{errand_id}", dependencies=[needs(Action.RELEASE_WITHDRAW)])
def foreseen(errand_id: str, ask: Asking) -> Radius:
    """Show what a withdrawal would take back."""
    return read_radius(answer_of(find_errand(ask.context, errand_id), ErrandKind.FORECAST))


@router.post("", status_code=201, dependencies=[needs(Action.RELEASE_WITHDRAW), once])
def add(ask: Asking, wish: WithdrawalWish, response: Response) -> WithdrawalView:
    """Withdraw, at once: it leaves every release, and no later one has it."""
    said = draft_withdrawal(_order(ask, wish))
    withdraw(ask.context, said, name_contents(ask.context, said))
    response.headers["Location"] = f"{ask.request.url.path}/{said.id}"
    tagged(response, said.version)
    return withdrawal_view(ask.context, said)


@router.get("/{withdrawal_id}", dependencies=[needs(Action.REVIEW_READ)])
def show(ask: Asking, found: FoundWithdrawal, response: Response) -> WithdrawalView:
    """Show a withdrawal."""
    tagged(response, found.version)
    return withdrawal_view(ask.context, found)


@router.post(
    "/{withdrawal_id}/lift",
    dependencies=[needs(Action.RELEASE_WITHDRAW), once],
    openapi_extra=IF_MATCH,
)
def lift(
    ask: Asking, found: FoundWithdrawal, seen: Seen, remark: Remark, response: Response
) -> WithdrawalView:
    """Ask for a withdrawal to be lifted; it counts until another person agrees."""
    return _step(ask, (LiftStep.ASK, found.id), (seen, remark), response)


@router.post(
    "/{withdrawal_id}/lift/approve",
    dependencies=[needs(Action.REVIEW_DECIDE, lifting), once],
    openapi_extra=IF_MATCH,
)
def approve(
    ask: Asking, found: FoundWithdrawal, seen: Seen, remark: Remark, response: Response
) -> WithdrawalView:
    """Agree to a lifting that another person asked for."""
    return _step(ask, (LiftStep.APPROVE, found.id), (seen, remark), response)


@router.post(
    "/{withdrawal_id}/lift/refuse",
    dependencies=[needs(Action.REVIEW_DECIDE, lifting), once],
    openapi_extra=IF_MATCH,
)
def refuse(
    ask: Asking, found: FoundWithdrawal, seen: Seen, remark: Remark, response: Response
) -> WithdrawalView:
    """Refuse a lifting."""
    return _step(ask, (LiftStep.REFUSE, found.id), (seen, remark), response)


def _step(
    ask: Ask, what: tuple[LiftStep, str], said: tuple[int, Remark], response: Response
) -> WithdrawalView:
    (step, withdrawal_id), (seen, remark) = what, said
    words = Words(actor=ask.actor, comment=remark.comment, seen=seen)
    after = guarded(lambda: move_lifting(ask.context, step, withdrawal_id, words), Conflict)
    tagged(response, after.version)
    return withdrawal_view(ask.context, after)


def _order(ask: Ask, wish: WithdrawalWish) -> Order:
    return checked_order(
        ask.context,
        Order(
            selector=wish.selector,
            value=wish.value,
            repo_id=wish.repository,
            scope=wish.scope,
            reason=wish.reason,
            comment=wish.comment,
            by=ask.actor,
        ),
    )
