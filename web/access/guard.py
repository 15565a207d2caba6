"""Around every route: request ids, limits, and headers that tell browsers what not to do.

It also is the last to see an error that nobody expected: what is logged is where, never what it
says, as that could hold content.
"""

from __future__ import annotations

import re
import time
import traceback
import uuid
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import structlog
from opentelemetry.trace import Span, SpanKind
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from store.catalog.sessions import digest_of
from web.access.cookies import SESSION_COOKIE
from web.access.limits import Buckets
from web.access.local import client_address
from web.access.principal import KNOWN
from web.problems import problem
from workers.settings import Settings
from workers.tracing import TRACEPARENT, fail, span

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "report-uri /csp-reports"
)
_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""What a route says itself stands."""
_HSTS: Final = "max-age=31536000; includeSubDomains"
_UNAUTHORIZED: Final = 401
_DEFECT: Final = 500
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_UNLIMITED: Final = ("/livez", "/readyz", "/metrics")
_FAILURES_RATE: Final = 20.0
"""A second and address; who shows tokens that are none gets no new bucket for each."""
_MAX_GOOD: Final = 10_000
_SOON_SECONDS: Final = "1"

log = structlog.get_logger()


class Guard:
    """ASGI middleware around the application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Take the application and the settings."""
        self._app = app
        self._proxies = settings.web_proxies
        self._waiting, self._most_waiting = 0, settings.web_waiting
        self._max_bytes, self._hook_bytes = settings.web_max_body_bytes, settings.webhook_bytes
        self._good: OrderedDict[str, None] = OrderedDict()
        self._buckets, self._failures = Buckets(settings.web_rate), Buckets(_FAILURES_RATE)
        is_https = settings.public_url.startswith("https://")
        self._headers = _HEADERS | ({"Strict-Transport-Security": _HSTS} if is_https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        asked = headers.get("x-request-id", "")
        request_id = asked if _REQUEST_ID.fullmatch(asked) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        scope["state"]["address"] = address = client_address(scope, self._proxies)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            answer = _Answer(send, self._headers | {"X-Request-ID": request_id}, self._begun)
            # Who asks directly may not make their requests part of somebody's trace.
            parent = headers.get(TRACEPARENT, "") if self._proxies else ""
            ids = {"http.request.method": scope["method"], "shardgate.request": request_id}
            with span("request", SpanKind.SERVER, ids, parent=parent) as traced:
                await self._pass_on(scope, receive, answer)
                _say(traced, scope, answer.status)
        if shown := _shown(headers):
            if answer.status == _UNAUTHORIZED:
                self._good.pop(shown, None)
                self._failures.take(address)
            elif scope["state"].get(KNOWN):
                self._remember(shown)

    async def _pass_on(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        headers, started = Headers(scope=scope), time.monotonic()
        # Hosts tell of a push with all its commits.
        is_hook = scope["path"].startswith("/webhooks/")
        most = self._hook_bytes if is_hook else self._max_bytes
        self._waiting += 1
        try:
            if self._is_drowning(scope):
                refusal = problem(503, "Too many requests wait already.", hint="Try again.")
                refusal.headers["Retry-After"] = _SOON_SECONDS
                await refusal(scope, receive, answer)
            elif wait := self._wait(scope, headers):
                refusal = problem(429, "Too many requests.", hint=f"Wait {wait} s.")
                refusal.headers["Retry-After"] = str(wait)
                await refusal(scope, receive, answer)
            elif _said_bytes(headers) > most:
                await problem(413, "The request is too large.")(scope, receive, answer)
            else:
                await self._app(scope, _limited(receive, most), answer)
        except ClientDisconnect:
            log.info("web.left")
        except Exception as error:  # noqa: BLE001 - the last to see it
            kind = type(error).__name__
            where = [f"{f.filename}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
            log.error("web.defect", kind=kind, where=where[-8:])  # noqa: TRY400 - no message
            if answer.status:
                raise ConnectionAbortedError from None
            title = f"Unexpected {kind}; this is a defect."
            await problem(500, title)(scope, receive, answer)
        finally:
            answer.end()
            if scope["path"] not in _UNLIMITED:
                log.info(
                    "web.answered",
                    method=scope["method"],
                    route=getattr(scope.get("route"), "path", ""),
                    status=answer.status,
                    seconds=round(time.monotonic() - started, 4),
                )

    def _begun(self) -> None:
        """One less waits: its answer has begun, however long it goes on."""
        self._waiting -= 1

    def _is_drowning(self, scope: Scope) -> bool:
        """Tell whether more wait than can be answered while somebody still waits for it."""
        return self._waiting > self._most_waiting and scope["path"] not in _UNLIMITED

    def _wait(self, scope: Scope, headers: Headers) -> int:
        """Return for how many seconds this one has to wait; 0: not at all."""
        if scope["path"] in _UNLIMITED:
            return 0
        address, shown = scope["state"]["address"], _shown(headers)
        # Others behind the same address, whose tokens are good, do not wait for who guesses.
        if shown and shown not in self._good and (failed := self._failures.wait(address)):
            return int(failed) + 1
        # What nobody was let in by is no bucket of its own: anybody could show ever new ones.
        wait = self._buckets.take(shown if shown in self._good else address)
        return int(wait) + 1 if wait else 0

    def _remember(self, shown: str) -> None:
        """Remember what somebody was let in by."""
        self._good[shown] = None
        self._good.move_to_end(shown)
        if len(self._good) > _MAX_GOOD:
            self._good.popitem(last=False)


class _Answer:
    """Adds headers where an answer begins, and knows its status; 0: it has not begun."""

    def __init__(self, send: Send, headers: dict[str, str], begun: Callable[[], None]) -> None:
        self._send, self._headers, self._begun = send, headers, begun
        self.status, self._has_begun = 0, False

    def end(self) -> None:
        """Say that nobody waits for it to begin any more."""
        if not self._has_begun:
            self._has_begun = True
            self._begun()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.end()
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)


def _say(traced: Span, scope: Scope, status: int) -> None:
    """Say which route a request came to, by its template, and how it was answered."""
    if route := getattr(scope.get("route"), "path", ""):
        traced.update_name(f"{scope['method']} {route}")
        traced.set_attribute("http.route", route)
    traced.set_attribute("http.response.status_code", status)
    if status >= _DEFECT:
        fail(traced, str(status))


def _shown(headers: Headers) -> str:
    """Return the digest of the token or session that a request shows; empty: none."""
    session = cookie_parser(headers.get("cookie", "")).get(SESSION_COOKIE, "")
    shown = headers.get("authorization", "") or session
    return digest_of(shown) if shown else ""


def _said_bytes(headers: Headers) -> int:
    said = headers.get("content-length", "")
    return int(said) if said.isdecimal() else 0


def _limited(receive: Receive, most: int) -> Receive:
    """Return a receiver that refuses a body which grows larger than it said, or said nothing."""
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise HTTPException(413, "The request is too large.")
        return message

    return counted
