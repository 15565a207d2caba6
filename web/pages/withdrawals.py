"""Taking something back from releases: the form, what it would take, and doing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest.errors import InputError
from policies.access import Action
from policies.review import Selector, WithdrawalReason, WithdrawalScope
from release.domain.forms import RELEASE_ID
from store.catalog.errands import Errand, ErrandKind, ErrandState
from web.access import needs
from web.pages.caller import Caller, Calling
from web.pages.errands import FoundErrand, is_left_waiting
from web.pages.templating import say
from web.routing import Router
from workers.errands import ask_forecast, read_radius
from workers.reading.page import NotFound
from workers.withdrawals import Order, checked_order, draft_withdrawal, name_contents, withdraw

router = Router(include_in_schema=False)


SELECTORS: Final = {
    Selector.REPOSITORY: ("A whole repository", ""),
    Selector.PATH: ("Paths of a repository", "A pattern such as src/vendor/**"),
    Selector.BLOB: ("One content, wherever it stands", "Its blob id"),
    Selector.FINGERPRINT: ("Every file with one finding", "The finding's fingerprint"),
    Selector.LICENSE: ("Every file under a license", "An SPDX id"),
}
"""What is named to (word, what its value is)."""
REASONS: Final = {
    WithdrawalReason.CONSENT_ENDED: "Consent has ended",
    WithdrawalReason.RIGHTS_CLAIM: "Somebody claims rights",
    WithdrawalReason.SECRET: "A secret",
    WithdrawalReason.PERSONAL_DATA: "Personal data",
    WithdrawalReason.CONFIDENTIAL: "Confidential",
    WithdrawalReason.LICENSE: "Its license",
    WithdrawalReason.POLICY: "The policy",
    WithdrawalReason.OTHER: "Another reason",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The form as it was sent."""

    selector: Selector = Selector.PATH
    value: str = ""
    repository: str = ""
    scope: WithdrawalScope = WithdrawalScope.ALL
    reason: WithdrawalReason = WithdrawalReason.RIGHTS_CLAIM
    comment: str = ""
    release: str = ""
    """Id of the one that somebody came from; empty: from none."""


def filled(  # noqa: PLR0913, PLR0917 - a parameter a field of the form
    selector: Annotated[Selector, Form()],
    scope: Annotated[WithdrawalScope, Form()],
    reason: Annotated[WithdrawalReason, Form()],
    value: Annotated[str, Form(max_length=500)] = "",
    repository: Annotated[str, Form(max_length=500)] = "",
    comment: Annotated[str, Form(max_length=500)] = "",
    release: Annotated[str, Form(max_length=100)] = "",
) -> Filled:
    """Return what a person filled in."""
    return Filled(
        selector=selector,
        value=value.strip(),
        repository=repository.strip(),
        scope=scope,
        reason=reason,
        comment=" ".join(comment.split()),
        release=_release(release),
    )


def _release(name: str) -> str:
    return name if RELEASE_ID.fullmatch(name) else ""


Sent = Annotated[Filled, Depends(filled)]


@router.get("/withdrawals/new", dependencies=[needs(Action.RELEASE_WITHDRAW)])
def new(caller: Calling, repository: str = "", release: str = "") -> HTMLResponse:
    """Show the form."""
    return _page(caller, Filled(repository=repository[:500], release=_release(release)))


@router.post("/withdrawals/forecast", dependencies=[needs(Action.RELEASE_WITHDRAW)])
def forecast(caller: Calling, sent: Sent) -> Response:
    """Have it found out what it would take back; nothing is written."""
    try:
        errand = ask_forecast(caller.context, _order(caller, sent))
    except InputError as error:
        return _page(caller, sent, status=422, error=error.message)
    along = f"?release={sent.release}" if sent.release else ""
    return RedirectResponse(f"/withdrawals/forecast/{errand}{along}", 303)


@router.get("/withdrawals/forecast/{errand_id}", dependencies=[needs(Action.RELEASE_WITHDRAW)])
def foreseen(caller: Calling, found: FoundErrand, release: str = "") -> HTMLResponse:
    """Show what it would take back, with the form; or how far that is."""
    if found.kind is not ErrandKind.FORECAST:
        raise NotFound(f"{found.id} is no forecast.")
    params = found.params
    sent = Filled(
        selector=Selector(params["selector"]),
        value=params["value"],
        repository=params["repo_id"],
        scope=WithdrawalScope(params["scope"]),
        reason=WithdrawalReason(params["reason"]),
        comment=params["comment"],
        release=_release(release),
    )
    return _page(caller, sent, errand=found)


@router.post("/withdrawals", dependencies=[needs(Action.RELEASE_WITHDRAW)])
def take_back(caller: Calling, sent: Sent) -> Response:
    """Withdraw, at once."""
    try:
        said = draft_withdrawal(_order(caller, sent))
        withdraw(caller.context, said, name_contents(caller.context, said))
    except InputError as error:
        return _page(caller, sent, status=422, error=error.message)
    answer = RedirectResponse(f"/withdrawals/{said.id}", 303)
    say(answer, f"{said.id} is withdrawn; releases that have it are written again and recalled.")
    return answer


def _order(caller: Caller, sent: Filled) -> Order:
    return checked_order(
        caller.context,
        Order(
            selector=sent.selector,
            value=sent.value,
            repo_id=sent.repository,
            scope=sent.scope,
            reason=sent.reason,
            comment=sent.comment,
            by=caller.name,
        ),
    )


def _page(
    caller: Caller,
    sent: Filled,
    *,
    status: int = 200,
    error: str = "",
    errand: Errand | None = None,
) -> HTMLResponse:
    is_known = errand is not None and errand.state is ErrandState.DONE
    return caller.render(
        "withdrawal_new.html",
        fragment="radius",
        status=status,
        sent=sent,
        release=sent.release,
        error=error,
        errand=errand,
        is_left_waiting=errand is not None and is_left_waiting(errand),
        radius=read_radius(errand.result) if errand is not None and is_known else None,
        selectors=SELECTORS,
        reasons=REASONS,
        repositories=sorted(set(caller.names.values())),
    )
