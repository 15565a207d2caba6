"""Who may read a dataset of the hub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request

from ingest.errors import ReleaseRefused
from policies.access import Action, Subject, may
from policies.decision import Tier
from release.domain.grant import Grant, PullRefused
from store.catalog import Changes, Token
from web.access import Mark, bearer_token, changes_of, marked
from web.hub.answers import HubRefusal, tier_of
from web.services import Served, Services
from workers.front_door import principal_of_token
from workers.published import LATEST, PublishedRelease

_NO_TOKEN = "Invalid credentials in Authorization header"  # noqa: S105 - the client knows this line


def authenticated(request: Request, services: Served) -> Token:
    """Return the token that a request carries.

    Raises:
        HubRefusal: it carries none that is active.
    """
    token = bearer_token(request, services)
    if token is None:
        raise HubRefusal(401, _NO_TOKEN)
    return token


def admitted(services: Services, holder: Token, tier: Tier, changes: Changes) -> Grant:
    """Return the grant by which a token's holder reads a tier.

    Raises:
        HubRefusal: the token is for other things, or no grant allows it now.
    """
    if Action.PULL_TAKE not in holder.actions:
        raise HubRefusal(403, "This token is not for pulling.", "GatedRepo")
    try:
        grant = services.counter.admit(holder, tier, changes)
    except PullRefused as error:
        raise HubRefusal(403, error.message, "GatedRepo") from None
    who = principal_of_token(holder, None, frozenset({grant.tier}))
    if not may(who, Action.PULL_TAKE, Subject(tier=tier)):
        raise HubRefusal(403, "This is not for you.", "GatedRepo")
    return grant


def informed(services: Services, holder: Token, tier: Tier) -> None:
    """Refuse to tell of recalls whoever never could pull the tier.

    Raises:
        HubRefusal: the token is for other things, or there never was a grant.
    """
    if Action.PULL_TAKE not in holder.actions or not services.counter.may_know_recalls(
        holder, tier
    ):
        raise HubRefusal(403, "There never was a grant for this tier.", "GatedRepo")


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what is refused while something is handed over into what the client understands.

    Raises:
        HubRefusal: the grant ended this moment, the training run is of somebody else or for
            something else, or the release was recalled meanwhile.
    """
    try:
        yield
    except PullRefused:
        raise HubRefusal(403, "The grant ended, or this run is not yours.", "GatedRepo") from None
    except ReleaseRefused as error:
        raise HubRefusal(410, error.message) from None


Holder = Annotated[Token, Depends(authenticated)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A release, and by which grant somebody reads it."""

    release: PublishedRelease
    grant: Grant
    recalls: tuple[str, ...] = ()
    """Ids of the recalls whose rows they said that they leave out."""


def admission(request: Request, services: Served, holder: Holder) -> Admission:
    """Return the release that a path names, if the token's holder may read it.

    ``?recalled=drop`` is the word of a client that it leaves out the rows that were taken back.

    Raises:
        HubRefusal: there is no such dataset or revision, or nobody granted it.
    """
    names = request.path_params
    tier = tier_of(names["namespace"], names["name"])
    changes = changes_of(request, services)
    grant = admitted(services, holder, tier, changes)
    drops = request.query_params.get("recalled") == "drop"
    try:
        release = services.releases.find(
            tier, names.get("revision", LATEST), is_recalled_fine=drops, changes=changes
        )
    except ReleaseRefused as error:
        raise HubRefusal(410, error.message) from None
    if release is None:
        raise HubRefusal(404, "There is no such release.", "RevisionNotFound")
    recalls = services.releases.recalls_of(tier, release.id) if drops else ()
    return Admission(release=release, grant=grant, recalls=recalls)


Admitted = Annotated[Admission, Depends(admission)]

# They answer as the clients of the hub understand, and so are marks of their own.
ADMITTED: Final = [marked(admission, Mark(action=Action.PULL_TAKE))]
SIGNED_IN: Final = [marked(authenticated, Mark(action=None))]
