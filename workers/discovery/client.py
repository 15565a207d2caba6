"""Asks a host's API, one page after the other, within its limits and ours.

The host is looked up once and its addresses are checked as those of git hosts are; the connection
goes to the checked address, and TLS is verified for the name. Redirects are not followed, and a
next page is asked for at the same host only. Nothing of the environment (proxies, .netrc) is read.
"""

from __future__ import annotations

import json
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from ingest.domain.problem import Problem
from ingest.errors import (
    CredentialRefused,
    MustWait,
    ShardgateError,
    SourceNotFound,
    SourceUnreachable,
    TerminalError,
)
from ingest.mirror.guard import Resolve, pin_host, resolve_addresses
from workers.discovery.cache import AnswerCache, KeptAnswer

MAX_PAGES: Final = 2000
MAX_PAGE_BYTES: Final = 32 * 2**20
_TRIES: Final = 4
_TIMEOUT_SECONDS: Final = 30.0
_FIRST_PAUSE_SECONDS: Final = 1.0
_KEPT_HEADERS: Final = ("link", "x-next-page", "x-total-count")
_NEXT: Final = re.compile(r'<([^<>]+)>\s*;[^,]*\brel="?next"?')
_OK, _NOT_MODIFIED, _UNAUTHORIZED, _FORBIDDEN, _TOO_MANY = 200, 304, 401, 403, 429
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """How an API is reached."""

    host: str
    port: int
    headers: Mapping[str, str]
    """With the token, where there is one; shown nowhere."""
    allow_hosts: frozenset[str] = frozenset()
    ca_file: Path | None = None
    longest_wait_seconds: float = 120.0
    """A limit that lasts longer is told to the caller."""
    cache: AnswerCache | None = None
    check: Callable[[], None] = lambda: None
    """Called before each request; raises where none may be made."""
    resolve: Resolve = resolve_addresses
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One page."""

    headers: Mapping[str, str]
    body: Any


class ApiClient:
    """Asks one host.

    Raises (from `pages`):
        MustWait: the host is paused, or its limit lasts longer than we wait.
        CredentialRefused: the token is none, or may not see the list.
        SourceNotFound: there is no such list.
        SourceUnreachable: the host does not answer, or not in the way that it documents.
    """

    def __init__(self, settings: ApiSettings) -> None:
        """Take the settings; the host is looked up at the first request."""
        self._settings = settings
        self._client: httpx.Client | None = None
        self._base = ""
        self.requests = 0

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close its connections."""
        if self._client is not None:
            self._client.close()

    def pages(self, path: str, query: Mapping[str, str]) -> Iterator[Answer]:
        """Yield the pages of a list in their order, each once."""
        target: str | None = f"{path}?{urlencode(query)}"
        asked: set[str] = set()
        while target is not None and target not in asked:
            if len(asked) >= MAX_PAGES:
                raise SourceUnreachable(f"{self._settings.host} lists more than {MAX_PAGES} pages.")
            asked.add(target)
            answer = self._ask(target)
            yield answer
            target = self._next(target, answer)

    def _ask(self, target: str) -> Answer:
        settings = self._settings
        kept = settings.cache.find(self._url(target)) if settings.cache else None
        for attempt in range(_TRIES):
            settings.check()
            status, headers, data = self._send(target, kept.etag if kept else "")
            if status == _NOT_MODIFIED and kept is not None:
                return Answer(headers=kept.headers, body=kept.body)
            if status == _OK:
                return self._read(target, headers, data)
            wait = self._wait_of(status, headers, attempt)
            if wait is None:
                raise self._refusal(status)
            settings.sleep(wait)
        raise SourceUnreachable(f"{settings.host} did not answer in {_TRIES} tries.")

    def _read(self, target: str, headers: httpx.Headers, data: bytes) -> Answer:
        try:
            body = json.loads(data)
        except (ValueError, RecursionError):
            raise SourceUnreachable(f"{self._settings.host} answers no JSON.") from None
        kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
        if self._settings.cache is not None and "etag" in headers:
            answer = KeptAnswer(etag=headers["etag"], headers=kept, body=body)
            self._settings.cache.keep(self._url(target), answer)
        return Answer(headers=kept, body=body)

    def _send(self, target: str, etag: str) -> tuple[int, httpx.Headers, bytes]:
        client, settings = self._connected(), self._settings
        headers = dict(settings.headers) | {"Host": self._authority()}
        if etag:
            headers["If-None-Match"] = etag
        self.requests += 1
        try:
            with client.stream(
                "GET",
                self._base + target,
                headers=headers,
                extensions={"sni_hostname": settings.host},
            ) as response:
                data = bytearray()
                for chunk in response.iter_bytes():
                    data += chunk
                    if len(data) > MAX_PAGE_BYTES:
                        raise SourceUnreachable(f"{settings.host} answers more than a page holds.")
                return response.status_code, response.headers, bytes(data)
        except httpx.HTTPError as error:
            # its text names addresses, and its request holds the token
            code = Problem.TLS if "CERTIFICATE" in str(error) else Problem.UNREACHABLE
            raise SourceUnreachable(
                f"{settings.host} cannot be asked ({type(error).__name__}).", code=code.value
            ) from None

    def _connected(self) -> httpx.Client:
        if self._client is None:
            settings = self._settings
            pinned = pin_host(
                settings.host,
                settings.port,
                allow_hosts=settings.allow_hosts,
                resolve=settings.resolve,
            )
            address = pinned.addresses[0]
            self._base = f"https://{f'[{address}]' if ':' in address else address}:{settings.port}"
            self._client = httpx.Client(
                verify=ssl.create_default_context(cafile=settings.ca_file),
                timeout=_TIMEOUT_SECONDS,
                trust_env=False,
                follow_redirects=False,
            )
        return self._client

    def _wait_of(self, status: int, headers: httpx.Headers, attempt: int) -> float | None:
        """Return how long to wait before the same is asked again; None where that is of no use.

        Raises:
            MustWait: the host's limit lasts longer than we wait.
        """
        settings = self._settings
        is_limit = status == _TOO_MANY or (status == _FORBIDDEN and _is_limited(headers))
        if not is_limit and status < _SERVER_ERROR:
            return None
        wait = (
            _stated_wait(headers, settings.now()) if is_limit or status >= _SERVER_ERROR else None
        )
        wait = _FIRST_PAUSE_SECONDS * 2**attempt if wait is None else wait
        if wait > settings.longest_wait_seconds:
            raise MustWait(
                f"The API of {settings.host} takes no more requests for {wait:.0f} seconds.",
                seconds=wait,
                hint="Discover again then; a token raises the limit.",
                code=Problem.THROTTLED.value,
            )
        return wait

    def _refusal(self, status: int) -> ShardgateError:
        host = self._settings.host
        if status in {_UNAUTHORIZED, _FORBIDDEN}:
            return CredentialRefused(
                f"The API of {host} refuses us ({status}).",
                hint="Name a token that may read the list: --credential env:NAME.",
                code=Problem.AUTH_FAILED.value,
            )
        if 300 <= status < 400:  # noqa: PLR2004 - redirections
            return SourceNotFound(
                f"The API of {host} redirects ({status}), and redirects are not followed.",
                hint="The group may have been renamed.",
                code=Problem.MOVED.value,
            )
        if status in {404, 410}:
            return SourceNotFound(
                f"{host} knows no such group, or hides it from us.",
                hint="Check its name, and whether the token may see it.",
                code=Problem.NOT_FOUND.value,
            )
        return TerminalError(f"The API of {host} answers {status}.")

    def _next(self, target: str, answer: Answer) -> str | None:
        """Return the path and query of the next page: as the host says, on the same host."""
        link = _NEXT.search(answer.headers.get("link", ""))
        if link is None:
            number = answer.headers.get("x-next-page", "")
            return _with_page(target, number) if number.isdigit() else None
        parts = urlsplit(link[1])
        if parts.scheme != "https" or parts.netloc.lower() != self._authority():
            raise TerminalError(f"The API of {self._settings.host} names a page of another host.")
        return f"{parts.path}?{parts.query}"

    def _authority(self) -> str:
        settings = self._settings
        return settings.host if settings.port == 443 else f"{settings.host}:{settings.port}"  # noqa: PLR2004 - https

    def _url(self, target: str) -> str:
        return f"https://{self._authority()}{target}"


def _is_limited(headers: httpx.Headers) -> bool:
    """Tell a limit from a refusal: GitHub answers 403 to both."""
    return "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"


def _stated_wait(headers: httpx.Headers, now: float) -> float | None:
    """Return what the host says, in seconds.

    ``Retry-After`` in seconds; ``X-RateLimit-Reset`` (GitHub) and ``RateLimit-Reset`` (GitLab) in
    seconds since the epoch.
    """
    after = headers.get("retry-after", "")
    if after.isdigit():
        return float(after)
    for name in ("x-ratelimit-reset", "ratelimit-reset"):
        moment = headers.get(name, "")
        if moment.isdigit():
            return max(float(moment) - now, 0.0) + 1.0
    return None


def _with_page(target: str, number: str) -> str:
    path, _, query = target.partition("?")
    return f"{path}?{urlencode(dict(parse_qsl(query)) | {'page': number})}"
