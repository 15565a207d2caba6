"""Logging in and out: by password, by a link that works once, by the company's own issuer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

import structlog
from fastapi import Depends, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from store.catalog import LoginRefused, LoginThrottled
from web.access.cookies import (
    LOGIN_COOKIE,
    SESSION_COOKIE,
    begin_login,
    clear_session,
    keep_login,
    set_session,
)
from web.access.local import local_path
from web.access.marks import public, signed_in
from web.access.principal import check_csrf, known_of
from web.pages.templating import render
from web.routing import Router
from web.services import Served, Services
from workers.front_door import base_url
from workers.oidc import Attempt, Issuer

_SEE_OTHER: Final = 303
_CALLBACK: Final = "/login/oidc/callback"
_SEPARATOR: Final = "."
"""Between the bits of a browser and where it wants to go, in one cookie."""

router = Router(include_in_schema=False)
log = structlog.get_logger()

Back = Annotated[str, Form(alias="next", max_length=4_000)]


async def made_here(request: Request) -> None:
    """Check that a login form is one that this browser was given; see `check_csrf`."""
    await check_csrf(request, _bits(request)[0])


_FORM: Final = [public(), Depends(made_here)]


@router.get("/login", dependencies=[public()])
def login_page(request: Request, services: Served) -> Response:
    """Ask who somebody is."""
    back = local_path(request.query_params.get("next", "/"))
    if known_of(request, services) is not None:
        return RedirectResponse(back, _SEE_OTHER)
    return _login_form(request, services, back)


@router.post("/login", dependencies=_FORM)
def log_in(
    request: Request,
    services: Served,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1_000)] = "",
    back: Back = "/",
) -> Response:
    """Let somebody in who knows their password."""

    def enter() -> str:
        address = request.state.address
        return services.door.enter_by_password(name.strip().lower(), password, address)

    return _let_in(request, services, enter, back)


@router.get("/login/link/{value}", dependencies=[public()])
def link_page(request: Request, value: str) -> Response:
    """Ask whether to log in by a link: what only looks at links, as mail programs do, uses none."""
    del value  # Whether it would work is told to nobody who does not use it.
    secret = begin_login(request)
    response = render(request, "login_link.html")
    keep_login(response, secret)
    return response


@router.post("/login/link/{value}", dependencies=_FORM)
def log_in_by_link(request: Request, services: Served, value: str) -> Response:
    """Let somebody in by a link, and use it up."""
    return _let_in(request, services, lambda: services.door.enter_by_link(value), "/")


@router.get("/login/oidc", dependencies=[public()])
def go_to_issuer(request: Request, services: Served) -> Response:
    """Send the browser to the issuer."""
    back = local_path(request.query_params.get("next", "/"))
    issuer, secret = _issuer(services), begin_login(request)
    try:
        url = issuer.start(_attempt(services, secret))
    except LoginRefused as error:
        return _login_form(request, services, back, error)
    response = RedirectResponse(url, _SEE_OTHER)
    keep_login(response, f"{secret}{_SEPARATOR}{back}")
    return response


@router.get(_CALLBACK, dependencies=[public()])
def come_from_issuer(request: Request, services: Served) -> Response:
    """Let somebody in of whom the issuer says who they are."""
    issuer, (secret, back) = _issuer(services), _bits(request)

    def enter() -> str:
        identity = issuer.finish(_attempt(services, secret), request.query_params)
        return services.door.enter_by_identity(identity)

    return _let_in(request, services, enter, back)


@router.post("/logout", dependencies=[signed_in()])
def log_out(request: Request, services: Served) -> Response:
    """End the session."""
    services.door.leave(request.cookies.get(SESSION_COOKIE, ""))
    response = RedirectResponse("/login", _SEE_OTHER)
    clear_session(response)
    return response


def _let_in(request: Request, services: Services, enter: Callable[[], str], back: str) -> Response:
    """Begin a session and go where somebody wanted to, or ask again and say why."""
    try:
        session = enter()
    except LoginRefused as error:
        log.warning("login.refused", address=request.state.address, cause=error.code)
        return _login_form(request, services, local_path(back), error)
    old = request.cookies.get(SESSION_COOKIE)
    if old:
        services.door.leave(old)
    response = RedirectResponse(local_path(back), _SEE_OTHER)
    set_session(response, session, services.context.settings.session_hours * 3600)
    return response


def _login_form(
    request: Request, services: Services, back: str, error: LoginRefused | None = None
) -> Response:
    secret = begin_login(request)
    is_throttled = isinstance(error, LoginThrottled)
    response = render(
        request,
        "login.html",
        status=429 if is_throttled else 403 if error else 200,
        back=back,
        error=error,
        has_issuer=services.issuer is not None,
    )
    if isinstance(error, LoginThrottled):
        response.headers["Retry-After"] = str(error.wait_seconds)
    keep_login(response, secret)
    return response


def _issuer(services: Services) -> Issuer:
    if services.issuer is None:
        raise HTTPException(404, "There is nothing here.")
    return services.issuer


def _attempt(services: Services, secret: str) -> Attempt:
    where = base_url(services.context.settings)
    return Attempt(secret=secret, redirect_uri=where + _CALLBACK)


def _bits(request: Request) -> tuple[str, str]:
    """Return the random bits of a browser that logs in, and where it wants to go."""
    secret, _, back = request.cookies.get(LOGIN_COOKIE, "").partition(_SEPARATOR)
    return secret, local_path(back or "/")
