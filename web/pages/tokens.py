"""Tokens: what programs identify themselves with; one's own, made, shown once, and ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Final

from fastapi import Depends, Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest.errors import InputError
from policies.access import ANYTHING, Action, Principal, Subject, may, tiers_seen_by
from release.domain.grant import Purpose
from store.catalog import Scope, Token, TokenBook
from web.access import needs, own, shown_by_filter
from web.pages.caller import Caller, Calling
from web.pages.links import Links
from web.pages.templating import say
from web.routing import Router
from workers.context import utc_now
from workers.granting import end_token, make_token
from workers.reading.handing import TOKEN_FIELDS, list_tokens
from workers.reading.page import NotFound

router = Router(include_in_schema=False)

STATES: Final = {
    "active": ("In use", "good", "check"),
    "revoked": ("Revoked", "bad", "cross"),
    "expired": ("Expired", "mute", "clock"),
}
"""State to (word, tone, icon)."""
PURPOSES: Final = {
    Purpose.PUBLIC_MODEL: "A model that leaves the company",
    Purpose.INTERNAL_MODEL: "A model that stays inside",
    Purpose.EVALUATION: "Nothing is trained: rows are measured on or looked at",
}
NOUNS: Final = {
    "repository": "Repositories",
    "visit": "Visits",
    "finding": "Findings",
    "review": "Reviews",
    "policy": "Policies",
    "release": "Releases",
    "grant": "Grants",
    "token": "Tokens",
    "pull": "Pulls",
    "audit": "Audit",
    "operation": "Operations",
    "host": "Hosts",
    "user": "Users",
    "list": "Lists",
}
_DAYS: Final = 90


@router.get("/tokens", dependencies=[needs(Action.TOKEN_READ, shown_by_filter)])
def tokens(caller: Calling) -> HTMLResponse:
    """List tokens, newest first: one's own, for who may everybody's."""
    sees_all = may(caller.who, Action.TOKEN_READ, ANYTHING)
    mine = caller.request.query_params.get("consumer") == caller.name
    page = list_tokens(
        caller.context, caller.query(TOKEN_FIELDS), consumer="" if sees_all else caller.name
    )
    return caller.render(
        "tokens.html",
        fragment="list",
        page=page,
        links=Links(caller.request),
        states=STATES,
        sees_all=sees_all,
        mine=mine,
    )


@router.get("/tokens/new", dependencies=[needs(Action.TOKEN_WRITE, own)])
def new(caller: Calling, purpose: Purpose = Purpose.PUBLIC_MODEL) -> HTMLResponse:
    """Show the form to make a token."""
    return _form(caller, {"purpose": purpose.value})


@router.post("/tokens", dependencies=[needs(Action.TOKEN_WRITE, own)])
def add(
    caller: Calling,
    purpose: Annotated[Purpose, Form()],
    until: Annotated[str, Form(max_length=10)] = "",
    scope: Annotated[list[str] | None, Form()] = None,
) -> HTMLResponse:
    """Make a token and show its value, once: it is kept nowhere."""
    chosen = scope or []
    filled = {"until": until, "purpose": purpose.value, "scopes": chosen}
    try:
        last = date.fromisoformat(until) if until else None
        scopes = [Scope(name) if name in set(Scope) else Action(name) for name in chosen]
    except ValueError:
        return _form(caller, filled, error="The last day is written as 2030-12-31.")
    try:
        token, value = make_token(caller.context, scopes, purpose, until=last, actor=caller.name)
    except InputError as error:
        return _form(caller, filled, error=f"{error.message} {error.hint}".strip())
    return caller.render("token_made.html", token=token, value=value, hub=caller.hub)


def token_of(token_id: str, caller: Calling) -> Token:
    """Return the token that a URL names."""
    for token in TokenBook(caller.context.catalog, utc_now).list_all():
        if token.id == token_id:
            return token
    raise NotFound(f"There is no token {token_id}.")


Found = Annotated[Token, Depends(token_of)]


async def about(found: Found) -> Subject:
    """Return what a request about a token is about."""
    return Subject(owner=found.consumer)


@router.post("/tokens/{token_id}/revoke", dependencies=[needs(Action.TOKEN_WRITE, about)])
def end(caller: Calling, found: Found) -> Response:
    """End a token at once."""
    end_token(caller.context, found.id, actor=caller.name)
    answer = RedirectResponse("/tokens", 303)
    say(answer, f"{found.id} is revoked; who uses it is refused from now on.")
    return answer


def _form(caller: Caller, filled: Mapping[str, Any], *, error: str = "") -> HTMLResponse:
    longest = caller.today + timedelta(days=365)
    nothing: dict[str, Any] = {
        "purpose": Purpose.PUBLIC_MODEL.value,
        "scopes": [Scope.PULL.value],
    }
    until = (caller.today + timedelta(days=_DAYS)).isoformat()
    return caller.render(
        "token_new.html",
        status=422 if error else 200,
        filled={**nothing, "until": until, **filled},
        error=error,
        purposes=PURPOSES,
        offered=offered_to(caller.who),
        nouns=NOUNS,
        today=caller.today,
        longest=longest,
    )


def offered_to(who: Principal) -> dict[str, Sequence[Action]]:
    """Return what a token of somebody's could be for, by noun: what they may do themselves."""
    subjects = [
        ANYTHING,
        Subject(owner=who.name),
        Subject(is_filtered=True),
        *(Subject(tier=tier) for tier in tiers_seen_by(who)),
        *(Subject(lane=lane) for lane in who.lanes),
    ]
    found: dict[str, list[Action]] = {}
    for action in Action:
        if any(may(who, action, subject) for subject in subjects):
            found.setdefault(action.value.partition(".")[0], []).append(action)
    return dict(found)
