"""Policies: the rules in force, another one tried, weighed, asked for, and put in force."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest.errors import InputError
from policies.access import Action, Subject
from store.catalog import PolicyBook
from store.catalog.errands import Errand, ErrandKind
from web.access import needs
from web.pages.caller import Caller, Calling
from web.pages.errands import FoundErrand, is_left_waiting
from web.pages.templating import say
from web.routing import Router
from workers.context import utc_now
from workers.errands import ask_impact
from workers.policy_proposals import (
    Proposal,
    apply_proposal,
    find_proposal,
    list_proposals,
    propose_policy,
    text_of,
    try_policy,
    weigh_policy,
)
from workers.reading.page import NotFound

router = Router(include_in_schema=False)

Text = Annotated[str, Form(max_length=1_000_000)]
_PLACE: Final = re.compile(r"line ([0-9]{1,7}), column ([0-9]{1,7})")
_AROUND: Final = 2
"""Lines that are quoted before and behind the one that is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is wrong in a document, with the lines around it."""

    line: int
    """From 1."""
    column: int
    quoted: Sequence[tuple[int, str]]
    """Numbers and lines."""

    @classmethod
    def of(cls, text: str, line: int, column: int) -> Place:
        """Return a place of a text; where the line is past its end, its last lines."""
        lines = text.split("\n")
        line = min(line, len(lines))
        first = max(line - _AROUND, 1)
        quoted = lines[first - 1 : line + _AROUND]
        return cls(line=line, column=column, quoted=list(enumerate(quoted, first)))


def proposal_of(digest: str, caller: Calling) -> Proposal:
    """Return the proposal that a URL names."""
    return find_proposal(caller.context, digest)


Found = Annotated[Proposal, Depends(proposal_of)]


def asked_for(found: Found) -> Subject:
    """Return what putting a policy in force is about: who asked for it is another person."""
    return Subject(requested_by=found.by)


@router.get("/policies", dependencies=[needs(Action.POLICY_READ)])
def policies(caller: Calling) -> HTMLResponse:
    """Show the policy in force, what is asked for, and who put which in force."""
    book = PolicyBook(caller.context.catalog, clock=utc_now)
    return caller.render(
        "policies.html",
        policy=caller.context.policy,
        proposals=list_proposals(caller.context),
        applications=book.applications(),
    )


@router.get("/policies/edit", dependencies=[needs(Action.POLICY_TEST)])
def edit(caller: Calling) -> HTMLResponse:
    """Show the editor with the policy in force."""
    return _editor(caller, caller.context.policy_text)


@router.post("/policies/test", dependencies=[needs(Action.POLICY_TEST)])
def try_out(caller: Calling, text: Text = "") -> HTMLResponse:
    """Run the examples of what is written; nothing is kept."""
    try:
        return _editor(caller, text, trial=try_policy(_lines(text)))
    except InputError as error:
        return _refused(caller, text, error)


@router.post("/policies/impact", dependencies=[needs(Action.POLICY_TEST)])
def impact(caller: Calling, text: Text = "") -> Response:
    """Have what is written replayed over stored facts; nothing is put in force."""
    try:
        errand = ask_impact(caller.context, _lines(text), actor=caller.name, is_noted=False)
    except InputError as error:
        return _refused(caller, text, error)
    return RedirectResponse(f"/policies/impact/{errand}", 303)


@router.get("/policies/impact/{errand_id}", dependencies=[needs(Action.POLICY_TEST)])
def weighed(caller: Calling, found: FoundErrand) -> HTMLResponse:
    """Show what it would change, with the editor; or how far that is."""
    if found.kind is not ErrandKind.IMPACT:
        raise NotFound(f"{found.id} is no impact of a policy.")
    return _editor(caller, found.params["text"], errand=found)


@router.post("/policies/proposals", dependencies=[needs(Action.POLICY_TEST)])
def propose(caller: Calling, text: Text = "") -> Response:
    """Ask for what is written."""
    try:
        digest = propose_policy(caller.context, _lines(text), caller.name)
    except InputError as error:
        return _refused(caller, text, error)
    answer = RedirectResponse(f"/policies/proposals/{digest}", 303)
    say(answer, "It is asked for; another person puts it in force.")
    return answer


@router.get("/policies/proposals/{digest}", dependencies=[needs(Action.POLICY_READ)])
def proposal(caller: Calling, found: Found) -> HTMLResponse:
    """Show a proposal with what it would change."""
    return _proposal(caller, found)


@router.post(
    "/policies/proposals/{digest}/apply", dependencies=[needs(Action.POLICY_APPLY, asked_for)]
)
def apply(caller: Calling, found: Found, plan: Annotated[str, Form(max_length=64)]) -> Response:
    """Put a proposal in force, as it was looked at."""
    try:
        operation = apply_proposal(caller.context, found.digest, plan, caller.name)
    except InputError as error:
        return _proposal(caller, found, status=409, error=error.message)
    answer = RedirectResponse(f"/operations/{operation}", 303)
    say(answer, "It is in force; everything is decided anew.")
    return answer


def _lines(text: str) -> str:
    """Return a text as it was shown: browsers send line breaks as two characters."""
    return text.replace("\r\n", "\n")


def _editor(
    caller: Caller, text: str, *, status: int = 200, errand: Errand | None = None, **more: object
) -> HTMLResponse:
    values: dict[str, Any] = {"trial": None, "errors": [], "hint": ""}
    return caller.render(
        "policy_edit.html",
        fragment="weighed",
        status=status,
        text=_lines(text),
        errand=errand,
        is_left_waiting=errand is not None and is_left_waiting(errand),
        weighed=errand.result if errand is not None and errand.result else None,
        **(values | more),
    )


def _refused(caller: Caller, text: str, error: InputError) -> HTMLResponse:
    errors = [(said, _place_in(_lines(text), said)) for said in error.message.split("\n")]
    return _editor(caller, text, status=422, errors=errors, hint=error.hint)


def _place_in(text: str, said: str) -> Place | None:
    found = _PLACE.search(said)
    return Place.of(text, int(found[1]), int(found[2])) if found else None


def _proposal(
    caller: Caller, found: Proposal, *, status: int = 200, error: str = ""
) -> HTMLResponse:
    text = text_of(caller.context, found.digest)
    weighed = weigh_policy(caller.context, text)
    return caller.render(
        "policy_proposal.html",
        status=status,
        proposal=found,
        text=text,
        weighed=weighed,
        error=error,
    )
