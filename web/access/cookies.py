"""Cookies that say who somebody is, and the tokens that tie forms to them.

The ``__Host-`` prefix binds a cookie to this host, to https and to the whole path (RFC 6265bis,
4.1.3.2). Browsers take loopback for https.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

SESSION_COOKIE: Final = "__Host-shardgate"
LOGIN_COOKIE: Final = "__Host-shardgate-login"
"""Random bits of a browser that is about to log in: its forms and its OpenID state follow."""
_LOGIN_SECONDS: Final = 900
_BYTES: Final = 32


def csrf_of(secret: str) -> str:
    """Return the token of the forms of a session, or of a login, that only its browser can know."""
    return hmac.new(secret.encode(errors="replace"), b"csrf", hashlib.sha256).hexdigest()


def is_csrf_of(token: str, secret: str) -> bool:
    """Tell whether a form was made for a session; takes as long for every wrong one."""
    return hmac.compare_digest(token.encode(errors="replace"), csrf_of(secret).encode())


def set_session(response: Response, value: str, seconds: int) -> None:
    """Let a browser keep a session."""
    _set(response, SESSION_COOKIE, value, seconds)
    response.delete_cookie(LOGIN_COOKIE, secure=True, httponly=True, samesite="lax")


def clear_session(response: Response) -> None:
    """Let a browser forget its session."""
    response.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="lax")


def begin_login(request: Request) -> str:
    """Return the random bits of a browser that logs in, and let its forms carry their token."""
    secret = request.cookies.get(LOGIN_COOKIE, "").partition(".")[0]
    if len(secret) < _BYTES:
        secret = secrets.token_urlsafe(_BYTES)
    request.state.csrf_token = csrf_of(secret)
    return secret


def keep_login(response: Response, secret: str) -> None:
    """Let a browser keep its bits until it is logged in."""
    _set(response, LOGIN_COOKIE, secret, _LOGIN_SECONDS)


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax"
    )
