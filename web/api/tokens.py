"""``/tokens``: what programs identify themselves with; a value is shown once."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from policies.access import Action
from release.domain.grant import Purpose
from store.catalog import Scope, Token
from web.access import needs, own, shown_by_filter
from web.access.principal import bearer_token
from web.api.asking import Asking, Listed, filters
from web.api.grants import own_name
from web.api.subjects import FoundToken, about_token
from web.routing import Router
from web.services import Served
from workers.context import utc_now
from workers.granting import end_token, make_token
from workers.reading.handing import TOKEN_FIELDS, TokenView, list_tokens, token_view

router = Router(prefix="/tokens", tags=["tokens"])


def shown_token(request: Request, services: Served) -> Token | None:
    """Return the token that a request is made with; None: a person makes it."""
    return bearer_token(request, services) if "authorization" in request.headers else None


Shown = Annotated[Token | None, Depends(shown_token)]


class TokenWish(BaseModel):
    """What a token is to be for; it acts in the name of who asks."""

    model_config = ConfigDict(extra="forbid")

    scopes: Annotated[list[Scope | Action], Field(min_length=1, max_length=50)]
    purpose: Purpose
    until: date | None = None
    """Last day; none given: 90 days from now."""


class NewToken(BaseModel):
    """A token with its value."""

    token: TokenView
    value: str
    """Shown once, and nowhere kept."""


@router.get(
    "",
    dependencies=[needs(Action.TOKEN_READ, shown_by_filter)],
    openapi_extra=filters(TOKEN_FIELDS),
)
def list_all(ask: Asking) -> Listed[TokenView]:
    """List tokens, newest first: one's own, for who may of everybody."""
    query = ask.query(TOKEN_FIELDS)
    name = own_name(ask, Action.TOKEN_READ)
    return ask.page(query, list_tokens(ask.context, query, consumer=name))


@router.post("", status_code=201, dependencies=[needs(Action.TOKEN_WRITE, own)])
def add(ask: Asking, wish: TokenWish, by: Shown) -> NewToken:
    """Make a token; an `Idempotency-Key` is not looked at, as no answer with a value is kept."""
    token, value = make_token(
        ask.context, wish.scopes, wish.purpose, until=wish.until, actor=ask.actor, by=by
    )
    return NewToken(token=token_view(token, utc_now()), value=value)


@router.post("/{token_id}/revoke", dependencies=[needs(Action.TOKEN_WRITE, about_token)])
def end(ask: Asking, found: FoundToken) -> TokenView:
    """End a token at once."""
    return token_view(end_token(ask.context, found.id, actor=ask.actor), utc_now())
