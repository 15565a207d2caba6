"""What the routes of one process work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from store.catalog import TokenBook
from workers.context import Context
from workers.counter import Counter
from workers.front_door import FrontDoor
from workers.objects import ObjectLinks
from workers.oidc import Issuer
from workers.published import PublishedReleases


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Use cases, made once a process."""

    context: Context
    tokens: TokenBook
    releases: PublishedReleases
    counter: Counter
    door: FrontDoor
    issuer: Issuer | None
    """Whom people log in with, if not with us alone."""
    objects: ObjectLinks


async def services_of(request: Request) -> Services:
    """Return the services of the application that a request came to."""
    services: Services = request.app.state.services
    return services


Served = Annotated[Services, Depends(services_of)]
