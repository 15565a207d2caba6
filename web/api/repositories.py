"""``/repositories``: register, many at once too, bring up to date, retire and take back."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Body, Response
from pydantic import BaseModel, ConfigDict, Field

from ingest.domain.repository import Repository, RightsBasis
from ingest.errors import Conflict
from ingest.register.registry import RegistrationRequest
from policies.access import Action
from web.access import needs, own, shown_by_filter
from web.api.asking import (
    IF_MATCH,
    Asking,
    Begun,
    Listed,
    SeenTag,
    begun,
    filters,
    guarded,
    tagged,
)
from web.api.once import OnceRoute, once
from web.api.subjects import FoundRepository, about_repository
from web.routing import Router
from workers.reading.page import NotFound
from workers.reading.repositories import (
    FIELDS,
    RepositoryView,
    find_repository,
    list_repositories,
)
from workers.reading.syncing import SyncView, tell_sync
from workers.registering import Outcome, register, register_many, restore, retire
from workers.restating import Cause, Restatement, restate
from workers.running import start_run

router = Router(prefix="/repositories", tags=["repositories"], route_class=OnceRoute)
_MOST = 1000


class Batch(BaseModel):
    """Several registrations."""

    model_config = ConfigDict(extra="forbid")

    repositories: Annotated[list[RegistrationRequest], Field(min_length=1, max_length=_MOST)]
    dry_run: bool = False
    """Only say what would become of each."""


class SyncWish(BaseModel):
    """What a visit is to do beyond bringing the decisions up to date."""

    model_config = ConfigDict(extra="forbid")

    history: bool = False
    """Scan every reachable blob, not those of HEAD alone."""


class Rights(BaseModel):
    """What is stated of a registered repository in place of what was stated, whole."""

    model_config = ConfigDict(extra="forbid")

    owner: Annotated[str, Field(max_length=500)]
    rights: RightsBasis
    license: Annotated[str, Field(max_length=500)]
    evidence: Annotated[str, Field(max_length=500)] = ""
    release_consent: bool = False
    consent_until: date | None = None
    credential: Annotated[str, Field(max_length=1100)] | None = None
    """Reference; null: the one that is named stays."""
    reason: Cause
    """Why it changes."""

    def request(self, before: Repository) -> RegistrationRequest:
        """Return the registration that comes of it."""
        stated = self.model_dump(exclude={"reason", "credential"})
        kept = before.credential if self.credential is None else self.credential
        return RegistrationRequest(url=before.url, credential=kept, **stated)


class Reason(BaseModel):
    """Why something is done."""

    model_config = ConfigDict(extra="forbid")

    comment: Annotated[str, Field(min_length=1, max_length=500)]


@router.get(
    "", dependencies=[needs(Action.REPOSITORY_READ, shown_by_filter)], openapi_extra=filters(FIELDS)
)
def list_all(ask: Asking) -> Listed[RepositoryView]:
    """List repositories."""
    query = ask.query(FIELDS)
    return ask.page(query, list_repositories(ask.context, query, owners=ask.owners))


@router.post("", status_code=201, dependencies=[needs(Action.REPOSITORY_WRITE, own), once])
def add(
    ask: Asking, asked: Annotated[RegistrationRequest, Body()], response: Response
) -> RepositoryView:
    """Register a repository; the same again changes nothing."""
    found: Repository = register(ask.context, asked, actor=ask.actor, owners=ask.owners)
    response.headers["Location"] = f"{ask.request.url.path}/{found.id}"
    return find_repository(ask.context, found.id)


@router.post("/batch", dependencies=[needs(Action.REPOSITORY_WRITE, own), once])
def add_many(ask: Asking, batch: Batch) -> list[Outcome]:
    """Register or change many; each has its outcome, in their order."""
    return register_many(
        ask.context,
        batch.repositories,
        actor=ask.actor,
        owners=ask.owners,
        dry_run=batch.dry_run,
    )


@router.get("/{repository_id}", dependencies=[needs(Action.REPOSITORY_READ, about_repository)])
def show(found: FoundRepository, response: Response) -> RepositoryView:
    """Show a repository with its rights, its newest visit and what was decided."""
    tagged(response, found.version)
    return found


@router.get("/{repository_id}/sync", dependencies=[needs(Action.VISIT_READ, about_repository)])
def show_sync(ask: Asking, found: FoundRepository) -> SyncView:
    """Tell why it is not up to date and what to do, when it is visited next, and who told us."""
    return tell_sync(ask.context, found.id)


@router.put(
    "/{repository_id}/rights",
    dependencies=[needs(Action.REPOSITORY_WRITE, about_repository)],
    openapi_extra=IF_MATCH,
)
def state_anew(
    ask: Asking, found: FoundRepository, seen: SeenTag, rights: Rights, response: Response
) -> RepositoryView:
    """State its rights and its release consent anew; decisions follow."""
    before = ask.context.catalog.find_by_id(found.id)
    if before is None:
        raise NotFound(f"There is no repository {found.id}.")
    stated = Restatement(request=rights.request(before), cause=rights.reason, seen=seen)
    guarded(
        lambda: restate(ask.context, found.id, stated, actor=ask.actor, owners=ask.owners), Conflict
    )
    view = find_repository(ask.context, found.id)
    tagged(response, view.version)
    return view


@router.post(
    "/{repository_id}/sync",
    status_code=202,
    dependencies=[needs(Action.REPOSITORY_WRITE, about_repository), once],
)
def sync(
    ask: Asking, found: FoundRepository, response: Response, wish: SyncWish | None = None
) -> Begun:
    """Bring a repository up to date: mirror, snapshot, detect, decide."""
    said = wish or SyncWish()
    repository = ask.context.catalog.find_by_id(found.id)
    repositories = [repository] if repository else []
    operation = start_run(ask.context, repositories, history=said.history, by=ask.actor)
    return begun(response, operation)


@router.post(
    "/{repository_id}/retire",
    dependencies=[needs(Action.REPOSITORY_WRITE, about_repository), once],
)
def take_out(ask: Asking, found: FoundRepository, why: Reason) -> RepositoryView:
    """Take a repository out of the corpus; nothing of it is released any more."""
    retire(ask.context, found.id, comment=why.comment, actor=ask.actor)
    return find_repository(ask.context, found.id)


@router.post(
    "/{repository_id}/restore",
    dependencies=[needs(Action.REPOSITORY_WRITE, about_repository), once],
)
def take_back(ask: Asking, found: FoundRepository) -> RepositoryView:
    """Take a repository back into the corpus."""
    restore(ask.context, found.id, actor=ask.actor)
    return find_repository(ask.context, found.id)
