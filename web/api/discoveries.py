"""``/discoveries``: the repositories of an organisation or group, listed by its host.

For who may register anything: a plan names what others have registered.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from ingest.domain.repository import RightsBasis
from policies.access import Action
from store.catalog.errands import ErrandKind
from web.access import needs
from web.api.asking import Asking, Begun, begun
from web.api.once import OnceRoute, once
from web.routing import Router
from workers.discovery.model import DiscoveryPlan, Filters, Group, Kind
from workers.discovery.plan import Terms, default_host
from workers.errands import answer_of, apply_found, ask_discovery, find_errand, read_plan
from workers.registering import Outcome

router = Router(prefix="/discoveries", tags=["discoveries"], route_class=OnceRoute)
_MOST: int = 5000
_Name = Annotated[str, Field(max_length=255)]
_Names = Annotated[list[_Name], Field(max_length=100)]


class DiscoveryWish(BaseModel):
    """Whose repositories are listed, and which of them are wanted."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    group: Annotated[str, Field(min_length=1, max_length=255)]
    """Organisation, or group with its subgroups."""
    host: _Name = ""
    """Empty: github.com or gitlab.com."""
    credential: Annotated[str, Field(max_length=500)] = ""
    """Reference ``env:NAME`` or ``file:PATH`` of a token that may list."""
    include: _Names = []
    """Globs of names to take; none: all."""
    exclude: _Names = []
    archived: bool = False
    forks: bool = False
    empty: bool = False
    visibility: _Names = []
    """Any of public, internal, private; none: all."""
    topics: _Names = []
    exclude_topics: _Names = []
    ssh: bool = False
    """Take ssh addresses."""


class Registrations(BaseModel):
    """What is stated of every repository that is registered; no consent is given so."""

    model_config = ConfigDict(extra="forbid")

    owner: Annotated[str, Field(min_length=1, max_length=200)]
    rights: RightsBasis
    license: Annotated[str, Field(min_length=1, max_length=300)]
    evidence: Annotated[str, Field(max_length=500)] = ""
    credential: Annotated[str, Field(max_length=500)] = ""
    """Reference for fetching; may be another than the one for listing."""
    only: Annotated[list[_Name], Field(max_length=_MOST)] | None = None
    """Remote ids of those that are registered; null: all that are new or renamed."""
    dry_run: bool = False
    """Only say what would become of each."""


class Registered(BaseModel):
    """What became of one repository."""

    full_name: str
    outcome: Outcome


@router.post("", status_code=202, dependencies=[needs(Action.REPOSITORY_WRITE), once])
def discover(ask: Asking, wish: DiscoveryWish, response: Response) -> Begun:
    """Ask a host for the repositories of a group; no registration is written."""
    group = Group(
        kind=wish.kind,
        host=wish.host or default_host(wish.kind),
        name=wish.group,
        credential=wish.credential,
    )
    wanted = Filters(
        include=wish.include,
        exclude=wish.exclude,
        archived=wish.archived,
        forks=wish.forks,
        empty=wish.empty,
        visibility=wish.visibility,
        topics=wish.topics,
        exclude_topics=wish.exclude_topics,
    )
    errand = ask_discovery(ask.context, group, wanted, actor=ask.actor, ssh=wish.ssh)
    return begun(response, errand, "/discoveries/{id}")


@router.get("/{errand_id}", dependencies=[needs(Action.REPOSITORY_WRITE)])
def show(errand_id: str, ask: Asking) -> DiscoveryPlan:
    """Show what the host lists, and what registering it would change."""
    found = find_errand(ask.context, errand_id)
    return read_plan(answer_of(found, ErrandKind.DISCOVER))


@router.post("/{errand_id}/registrations", dependencies=[needs(Action.REPOSITORY_WRITE), once])
def apply(errand_id: str, ask: Asking, asked: Registrations) -> list[Registered]:
    """Register what is new, or of that some; each has its outcome."""
    terms = Terms(
        owner=asked.owner,
        rights=asked.rights,
        license=asked.license,
        evidence=asked.evidence,
        credential=asked.credential,
    )
    applied = apply_found(
        ask.context, errand_id, terms, actor=ask.actor, dry_run=asked.dry_run, only=asked.only
    )
    return [Registered(full_name=a.item.full_name, outcome=a.outcome) for a in applied]
