"""Who asks for a page, and over what: all that most page routes take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import HTMLResponse

from policies.access import Principal
from store.asking import Query
from web.access import Present, Who
from web.pages.templating import render
from workers.context import Context
from workers.front_door import base_url
from workers.reading.grammar import Field, parse_query
from workers.reading.sight import Sight, sight_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A request with who made it, and the installation as it is at this moment."""

    request: Request
    context: Context
    who: Principal

    @property
    def name(self) -> str:
        """Name of the person."""
        return self.who.name

    @property
    def today(self) -> date:
        """The present day in UTC."""
        return self.context.today()

    @property
    def names(self) -> Mapping[str, str]:
        """Repository id to name."""
        return self.context.repository_names()

    @property
    def repositories(self) -> frozenset[str] | None:
        """Ids of the repositories that may be seen; None: all of them."""
        return self.sight.repositories

    @property
    def sight(self) -> Sight:
        """What the person may see of lists."""
        return sight_of(self.context, self.who)

    @property
    def hub(self) -> str:
        """Where stock clients pull from: as the settings say, as a proxy ends TLS in front of us.

        Without that, where this request was sent to; tokens go there, so a wrong scheme would
        have them travel in clear.
        """
        settings = self.context.settings
        where = base_url(settings) if settings.public_url else str(self.request.base_url)
        return where.rstrip("/") + "/hub"

    def query(self, fields: Mapping[str, Field]) -> Query:
        """Return what the URL asks of a list.

        Raises:
            QueryRefused: a parameter is not understood.
        """
        return parse_query(self.request.query_params.multi_items(), fields)

    def render(self, template: str, /, **values: Any) -> HTMLResponse:  # noqa: ANN401 - as `render`
        """Return a page; see `web.pages.templating.render`."""
        return render(self.request, template, who=self.who, **values)


async def caller_of(request: Request, context: Present, who: Who) -> Caller:
    """Return who asks, with policy, terms and rights as they are at this moment."""
    return Caller(request=request, context=context, who=who)


Calling = Annotated[Caller, Depends(caller_of)]
