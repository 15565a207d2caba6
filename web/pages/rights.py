"""The rights of a repository, stated anew by whoever answers for it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form, HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest.domain.repository import Repository, RightsBasis
from ingest.errors import Conflict, InputError
from policies.access import Action, owners_seen_by
from web.access import needs
from web.pages.caller import Caller, Calling
from web.pages.repositories import about
from web.pages.stated import FIELDS, filled_from, read_statement
from web.pages.templating import say
from web.pages.words_of_repositories import CAUSE_WORDS
from web.routing import Router
from workers.reading.repositories import rights_version
from workers.restating import Cause, Restatement, restate

router = Router(include_in_schema=False)
_Text = Annotated[str, Form(max_length=500)]


def stored(repository_id: str, caller: Calling) -> Repository:
    """Return the registration that a URL names."""
    found = caller.context.catalog.find_by_id(repository_id)
    if found is None:
        raise HTTPException(404, f"There is no repository {repository_id}.")
    return found


Stored = Annotated[Repository, Depends(stored)]


@router.get(
    "/repositories/{repository_id}/rights", dependencies=[needs(Action.REPOSITORY_WRITE, about)]
)
def rights(caller: Calling, found: Stored) -> HTMLResponse:
    """Show what is stated of a repository as a form."""
    return _form(caller, found, filled_from(found, caller.today))


@router.post(
    "/repositories/{repository_id}/rights", dependencies=[needs(Action.REPOSITORY_WRITE, about)]
)
def change(  # noqa: PLR0913, PLR0917 - a parameter a field of the form
    caller: Calling,
    found: Stored,
    owner: _Text = "",
    rights: _Text = "",
    license_: Annotated[str, Form(alias="license")] = "",
    evidence: _Text = "",
    consent: _Text = "",
    consent_until: _Text = "",
    credential: _Text = "",
    reason: _Text = "",
    seen: _Text = "",
) -> Response:
    """State it anew; the decisions follow."""
    values = (found.url, owner, rights, license_, evidence, consent, consent_until, credential)
    filled = dict(zip(FIELDS, (value.strip() for value in values), strict=True))
    named = filled | {"credential": filled["credential"] or found.credential}
    owners = owners_seen_by(caller.who)
    try:
        stated = Restatement(request=read_statement(named), cause=_cause(reason), seen=seen)
        changes = restate(caller.context, found.id, stated, actor=caller.name, owners=owners)
    except Conflict as error:
        fresh = stored(found.id, caller)
        told = f"{error.message} What is in force now stands beside the form; yours was not taken."
        return _form(caller, fresh, filled, status=409, error=told, reason=reason)
    except InputError as error:
        told = f"{error.message} {error.hint}".strip()
        return _form(caller, found, filled, status=422, error=told, reason=reason)
    answer = RedirectResponse(f"/repositories/{found.id}", 303)
    say(answer, "It is stated; decisions follow." if changes else "Nothing of it changed.")
    return answer


def _cause(reason: str) -> Cause:
    try:
        return Cause(reason)
    except ValueError:
        raise InputError("Say why it changes: choose one of the list.") from None


def _form(
    caller: Caller,
    found: Repository,
    filled: dict[str, str],
    *,
    status: int = 200,
    **told: str,
) -> HTMLResponse:
    """Return the form; `told` are an ``error`` and the ``reason`` that was written."""
    values = {"error": "", "reason": ""} | told
    return caller.render(
        "rights.html",
        status=status,
        repository=found,
        has_consent=found.has_valid_consent(caller.today),
        filled=filled,
        seen=rights_version(found),
        bases=RightsBasis,
        causes=CAUSE_WORDS,
        teams=sorted(caller.who.teams),
        today=caller.today,
        **values,
    )
