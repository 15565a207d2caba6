"""Repositories: the list, one with its files by tier, and the form to register another."""

# ruff: noqa: FAST003 - a dependency reads the id of the path

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest.domain.repository import RightsBasis
from ingest.errors import InputError
from ingest.register.registry import RegistrationRequest
from policies.access import Action, Subject, owners_seen_by
from web.access import needs, own, shown_by_filter
from web.pages.caller import Caller, Calling
from web.pages.links import Links
from web.pages.templating import say
from workers.reading.repositories import FIELDS, RepositoryView, find_repository, list_repositories
from workers.registering import register, restore, retire
from workers.repository_story import tell_repository
from workers.running import start_run

router = APIRouter(include_in_schema=False)


def repository_of(repository_id: str, caller: Calling) -> RepositoryView:
    """Return the repository that a URL names."""
    try:
        return find_repository(caller.context, repository_id)
    except InputError as error:
        raise HTTPException(404, error.message) from None


Found = Annotated[RepositoryView, Depends(repository_of)]


def about(found: Found) -> Subject:
    """Return what a page of a repository is about."""
    return Subject(owner=found.owner)


@router.get("/repositories", dependencies=[needs(Action.REPOSITORY_READ, shown_by_filter)])
def repositories(caller: Calling) -> HTMLResponse:
    """List the repositories with how they stand."""
    owners = owners_seen_by(caller.who)
    page = list_repositories(caller.context, caller.query(FIELDS), owners=owners)
    links = Links(caller.request)
    return caller.render(
        "repositories.html", fragment="list", page=page, links=links, fields=FIELDS
    )


@router.get("/repositories/new", dependencies=[needs(Action.REPOSITORY_WRITE, own)])
def new(caller: Calling) -> HTMLResponse:
    """Show the form to register a repository."""
    return _form(caller, {})


def for_owner(owner: Annotated[str, Form()] = "") -> Subject:
    """Return what registering is about: whom the form names as the owner."""
    return Subject(owner=owner.strip())


@router.post("/repositories", dependencies=[needs(Action.REPOSITORY_WRITE, for_owner)])
def add(  # noqa: PLR0913, PLR0917 - a parameter a field of the form
    caller: Calling,
    url: Annotated[str, Form()] = "",
    owner: Annotated[str, Form()] = "",
    rights: Annotated[str, Form()] = "",
    license_: Annotated[str, Form(alias="license")] = "",
    evidence: Annotated[str, Form()] = "",
    consent: Annotated[str, Form()] = "",
    consent_until: Annotated[str, Form()] = "",
    credential: Annotated[str, Form()] = "",
) -> Response:
    """Register a repository and begin its first visit."""
    filled = {
        "url": url.strip(),
        "owner": owner.strip(),
        "rights": rights,
        "license": license_.strip(),
        "evidence": evidence.strip(),
        "consent": consent,
        "consent_until": consent_until,
        "credential": credential.strip(),
    }
    try:
        found = register(
            caller.context,
            _request(filled),
            actor=caller.name,
            owners=owners_seen_by(caller.who),
        )
    except InputError as error:
        told = f"{error.message} {error.hint}".strip()
        return _form(caller, filled, status=422, error=told)
    start_run(caller.context, [found], by=caller.name)
    answer = RedirectResponse(f"/repositories/{found.id}", 303)
    say(answer, f"{found.name} is registered; its first visit has begun.")
    return answer


@router.get("/repositories/{repository_id}", dependencies=[needs(Action.REPOSITORY_READ, about)])
def repository(caller: Calling, found: Found, folder: str = "") -> HTMLResponse:
    """Show a repository."""
    story = tell_repository(caller.context, found.id, folder)
    return caller.render("repository.html", fragment="tree", story=story)


@router.post(
    "/repositories/{repository_id}/sync", dependencies=[needs(Action.REPOSITORY_WRITE, about)]
)
def sync(caller: Calling, found: Found) -> RedirectResponse:
    """Begin a visit."""
    stored = caller.context.catalog.find_by_id(found.id)
    start_run(caller.context, [stored] if stored else [], by=caller.name)
    return _back(found, "A visit has begun.")


@router.post(
    "/repositories/{repository_id}/retire", dependencies=[needs(Action.REPOSITORY_WRITE, about)]
)
def take_out(
    caller: Calling, found: Found, comment: Annotated[str, Form()] = ""
) -> RedirectResponse:
    """Take a repository out of the corpus."""
    retire(caller.context, found.id, comment=" ".join(comment.split()), actor=caller.name)
    return _back(found, "It is out of the corpus; the next builds leave it out.")


@router.post(
    "/repositories/{repository_id}/restore", dependencies=[needs(Action.REPOSITORY_WRITE, about)]
)
def take_back(caller: Calling, found: Found) -> RedirectResponse:
    """Take a repository back into the corpus."""
    restore(caller.context, found.id, actor=caller.name)
    return _back(found, "It is part of the corpus again.")


def _back(found: RepositoryView, message: str) -> RedirectResponse:
    answer = RedirectResponse(f"/repositories/{found.id}", 303)
    say(answer, message)
    return answer


def _form(
    caller: Caller, filled: dict[str, str], *, status: int = 200, error: str = ""
) -> HTMLResponse:
    nothing = dict.fromkeys(
        ("url", "owner", "rights", "license", "evidence", "consent", "consent_until", "credential"),
        "",
    )
    teams = sorted(caller.who.teams)
    values: dict[str, Any] = {"filled": nothing | filled, "error": error, "bases": RightsBasis}
    return caller.render("register.html", status=status, teams=teams, **values)


def _request(filled: dict[str, str]) -> RegistrationRequest:
    try:
        until = date.fromisoformat(filled["consent_until"]) if filled["consent_until"] else None
        return RegistrationRequest(
            url=filled["url"],
            owner=filled["owner"],
            rights=RightsBasis(filled["rights"]),
            license=filled["license"],
            evidence=filled["evidence"],
            release_consent=filled["consent"] == "yes",
            consent_until=until if filled["consent"] == "yes" else None,
            credential=filled["credential"],
        )
    except (ValidationError, ValueError):
        raise InputError("Say why the company may use it, and days as 2030-12-31.") from None
