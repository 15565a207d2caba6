"""Repositories: the list, and one with its files by tier."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form, HTTPException
from starlette.responses import HTMLResponse, RedirectResponse

from ingest.errors import InputError
from policies.access import Action, Subject, owners_seen_by
from web.access import needs, shown_by_filter
from web.pages.caller import Calling
from web.pages.links import Links
from web.pages.templating import say
from web.routing import Router
from workers.reading.repositories import FIELDS, RepositoryView, find_repository, list_repositories
from workers.registering import restore, retire
from workers.repository_story import tell_repository
from workers.running import start_run

router = Router(include_in_schema=False)


def repository_of(repository_id: str, caller: Calling) -> RepositoryView:
    """Return the repository that a URL names."""
    try:
        return find_repository(caller.context, repository_id)
    except InputError as error:
        raise HTTPException(404, error.message) from None


Found = Annotated[RepositoryView, Depends(repository_of)]


async def about(found: Found) -> Subject:
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


@router.get("/repositories/{repository_id}", dependencies=[needs(Action.REPOSITORY_READ, about)])
def repository(caller: Calling, found: Found, folder: str = "") -> HTMLResponse:
    """Show a repository."""
    story = tell_repository(caller.context, found, folder)
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
