"""Who asks: the person of a session cookie, or whom a bearer token acts for."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from policies.access import Action, Principal, Role
from store.catalog import Changes, Token
from web.access.cookies import SESSION_COOKIE, csrf_of, is_csrf_of
from web.services import Served, Services
from workers.context import Context

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER: Final = "X-CSRF-Token"
CSRF_FIELD: Final = "csrf_token"
KNOWN: Final = "is_known"
"""State of a request by which somebody was recognized."""
_CHANGES: Final = "changes"
"""State of a request: what had changed in the catalog when it was first looked at."""
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class Unauthenticated(HTTPException):
    """Nobody says who they are, or not in a way that holds: 401, or the login page for a person."""

    def __init__(self) -> None:
        """Say what clients can do about it."""
        super().__init__(401, "Log in first.", headers={"WWW-Authenticate": "Bearer"})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Known:
    """Who asks, and by which session; empty: by a token."""

    who: Principal
    session: str = ""


def changes_of(request: Request, services: Services) -> Changes:
    """Return what has changed in the catalog when a request was first looked at."""
    found: Changes | None = getattr(request.state, _CHANGES, None)
    if found is None:
        found = services.context.catalog.changes()
        setattr(request.state, _CHANGES, found)
    return found


def bearer_token(request: Request, services: Services) -> Token | None:
    """Return the active token that a request carries in its ``Authorization``, or None."""
    known = _of_bearer(request, services)
    return None if known is None else known[0]


def _of_bearer(request: Request, services: Services) -> tuple[Token, Principal] | None:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    value = value.strip() if kind.lower() == "bearer" else ""
    known = services.door.of_bearer(value, changes_of(request, services)) if value else None
    setattr(request.state, KNOWN, known is not None)
    return known


_METRICS: Final = Principal(
    name="metrics", roles=frozenset({Role.AUDITOR}), scopes=frozenset({Action.OPERATION_READ})
)
"""Who reads ``/metrics`` by the token of the settings."""


def is_metrics_token(request: Request, services: Services) -> bool:
    """Tell whether a request for metrics carries the token of the settings."""
    token = services.context.settings.metrics_token.get_secret_value()
    given = request.headers["authorization"].removeprefix("Bearer ").encode()
    is_right = bool(token) and hmac.compare_digest(given, token.encode())
    return is_right and request.url.path == "/metrics"


def known_of(request: Request, services: Served) -> Known | None:
    """Return who asks, or None. What stands in ``Authorization`` counts alone."""
    if "authorization" in request.headers:
        if is_metrics_token(request, services):
            return Known(who=_METRICS)
        known = _of_bearer(request, services)
        return None if known is None else Known(who=known[1])
    session = request.cookies.get(SESSION_COOKIE, "")
    who = services.door.of_session(session, changes_of(request, services)) if session else None
    setattr(request.state, KNOWN, who is not None)
    return None if who is None else Known(who=who, session=session)


async def principal_of(
    request: Request, known: Annotated[Known | None, Depends(known_of)]
) -> Principal:
    """Return who asks.

    Raises:
        Unauthenticated: nobody, or by a token or a session that has ended.
        HTTPException: 403, a browser sends what no form of this session asked for.
    """
    if known is None:
        raise Unauthenticated
    if known.session:
        request.state.csrf_token = csrf_of(known.session)
        if request.method not in SAFE_METHODS:
            await check_csrf(request, known.session)
    return known.who


async def context_of(
    request: Request, services: Served, _: Annotated[Known | None, Depends(known_of)]
) -> Context:
    """Return policy, terms and rights as they are when a request is looked at."""
    is_kept = request.method in SAFE_METHODS
    return services.context.current(changes_of(request, services), is_kept=is_kept)


Present = Annotated[Context, Depends(context_of)]


def know_again(request: Request, services: Services) -> Known | None:
    """Return who asks by what holds now: an answer that goes on for long asks once more."""
    setattr(request.state, _CHANGES, services.context.catalog.changes())
    return known_of(request, services)


async def check_csrf(request: Request, secret: str) -> None:
    """Check that a form, or a script of a page, was made for the holder of a secret.

    Raises:
        HTTPException: 403, it was not.
    """
    token = request.headers.get(CSRF_HEADER, "")
    if not token and request.headers.get("content-type", "").startswith(_FORMS):
        # FastAPI has read the form where the route takes one; it is kept with the request.
        token = str((await request.form()).get(CSRF_FIELD, ""))
    is_foreign = request.headers.get("sec-fetch-site", "same-origin") == "cross-site"
    if is_foreign or not secret or not is_csrf_of(token, secret):
        raise HTTPException(403, "This form is too old, or from elsewhere. Load the page again.")


Who = Annotated[Principal, Depends(principal_of)]
