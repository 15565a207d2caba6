"""Who may read a dataset of the hub."""

from __future__ import annotations

from fastapi import Request

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.grant import Grant, PullRefused
from store.catalog import Scope, Token
from web.hub.answers import HubRefusal
from web.services import Served, Services
from workers.published import PublishedRelease

_NO_TOKEN = "Invalid credentials in Authorization header"  # noqa: S105 - the client knows this line


def authenticated(request: Request, services: Served) -> Token:
    """Return the token that a request carries.

    Raises:
        HubRefusal: it carries none that is active.
    """
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    token = services.tokens.authenticate(value.strip()) if kind.lower() == "bearer" else None
    if token is None:
        raise HubRefusal(401, _NO_TOKEN)
    return token


def admitted(services: Services, holder: Token, tier: Tier) -> Grant:
    """Return the grant by which a token's holder reads a tier.

    Raises:
        HubRefusal: the token is for other things, or no grant allows it now.
    """
    if Scope.PULL not in holder.scopes:
        raise HubRefusal(403, "This token is not for pulling.", "GatedRepo")
    try:
        return services.counter.admit(holder, tier)
    except PullRefused as error:
        raise HubRefusal(403, error.message, "GatedRepo") from None


def handed_over(services: Services, holder: Token, grant: Grant, release: PublishedRelease) -> None:
    """Write down that a token's holder takes a release over.

    Raises:
        HubRefusal: the grant ended this moment, the training run is of somebody else or for
            something else, or the release was recalled meanwhile.
    """
    try:
        services.counter.hand_over(holder, grant, release)
    except PullRefused:
        raise HubRefusal(403, "The grant ended, or this run is not yours.", "GatedRepo") from None
    except ReleaseRefused as error:
        raise HubRefusal(410, error.message) from None
