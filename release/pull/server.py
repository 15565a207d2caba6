"""Talk to a Shardgate server over HTTP(S): one connection pool, one token, bounded answers."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from ingest.errors import CredentialRefused, InputError, ReleaseRefused, SourceUnreachable
from release.domain.grant import PullRefused
from release.pull.recalls import RECALLED

_CHUNK_BYTES: Final = 2**20
"""What a broken line costs at most."""
_MAX_MESSAGE_CHARS: Final = 500
_MAX_REDIRECTS: Final = 3
_WHOLE, _PART, _BEYOND = 200, 206, 416
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_MAX_PAUSE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server is, and as whom it is asked.

    Raises:
        InputError: the URL is none, or a token would travel unencrypted over a network.
    """

    url: str
    """``https://host[:port][/path]``; ``http:`` to this machine only, but for `plain_http`."""
    token: str = field(repr=False)
    ca_file: Path | None = None
    """PEM file of the certificate authorities to trust; null: the system's."""
    plain_http: bool = False

    def __post_init__(self) -> None:
        """Check what a token is sent to."""
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise InputError("A server is named by its URL: https://host[:port]")
        is_open = parts.scheme == "http" and not _is_this_machine(parts.hostname)
        if is_open and not self.plain_http:
            raise InputError(
                "Over http: anybody on the way can read the token.", hint="Use the https: URL."
            )
        if not self.token or not self.token.isascii() or not self.token.isprintable():
            raise InputError("A server asks for a token.", hint="shardgate token create --help")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is waited, and how often it is tried again."""

    connect_seconds: float = 10.0
    read_seconds: float = 60.0
    """Between two pieces of an answer."""
    tries: int = 6
    """In a row without a byte of progress."""
    pause_seconds: float = 0.5
    """After the first try; doubled after each."""


class Server:
    """Asks a server; safe to share between threads. Close it after use."""

    def __init__(self, address: Address, patience: Patience, streams: int) -> None:
        """Take where it is; no connection is made yet."""
        self._address, self._patience = address, patience
        self._pool = urllib3.PoolManager(
            maxsize=streams,
            block=True,
            retries=False,
            timeout=urllib3.Timeout(patience.connect_seconds, patience.read_seconds),
            ca_certs=None if address.ca_file is None else str(address.ca_file),
        )

    def close(self) -> None:
        """End all connections."""
        self._pool.clear()

    def fetch(self, path: str, limit: int, method: str = "GET") -> bytes | None:
        """Return the whole answer for a path; null where there is no such thing.

        Raises:
            ReleaseRefused: the answer is larger than `limit` bytes, or see `read`.
        """
        data = bytearray()
        try:
            for chunk in self.read(path, 0, method=method):
                data += chunk
                if len(data) > limit:
                    raise ReleaseRefused(f"{path.rpartition('/')[2]} is larger than it may be.")
        except _MissingError:
            return None
        return bytes(data)

    def read(self, path: str, start: int, *, method: str = "GET") -> Generator[bytes, None, None]:
        """Yield the answer from a byte on; a line that breaks is taken up where it broke.

        Raises:
            SourceUnreachable: no answer, or none that goes on, after all tries.
            PullRefused, CredentialRefused, ReleaseRefused, InputError: as the server says.
        """
        failures = 0
        while True:
            try:
                for chunk in self._read_once(path, start, method):
                    failures, start = 0, start + len(chunk)
                    yield chunk
            except (HTTPError, _BusyError) as error:
                failures += 1
                if failures >= self._patience.tries:
                    raise SourceUnreachable(
                        f"{urlsplit(self._address.url).netloc} does not answer, or breaks off.",
                        hint="What has arrived is kept: run the same again to go on.",
                    ) from None
                time.sleep(self._pause(failures, error))
            else:
                return

    def _pause(self, failures: int, error: Exception) -> float:
        asked = error.seconds if isinstance(error, _BusyError) else 0.0
        own = self._patience.pause_seconds * float(2 ** (failures - 1))
        return min(max(own, asked), _MAX_PAUSE_SECONDS)

    def _read_once(self, path: str, start: int, method: str) -> Generator[bytes, None, None]:
        headers = {"Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        answer = self._ask(method, f"{self._address.url.rstrip('/')}{path}", headers)
        try:
            if answer.status == _BEYOND:
                return
            # Who sends the whole although a part was asked for does no harm: it is skipped.
            skipped = start if answer.status == _WHOLE else 0
            for chunk in answer.stream(_CHUNK_BYTES, decode_content=False):
                yield chunk[skipped:]
                skipped -= min(skipped, len(chunk))
        finally:
            _end(answer)

    def _ask(self, method: str, url: str, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        origin = urlsplit(url)
        for _ in range(_MAX_REDIRECTS + 1):
            here = urlsplit(url)
            sent = dict(headers)
            if (here.scheme, here.netloc) == (origin.scheme, origin.netloc):
                # Nobody else sees the token: a presigned URL of a store carries its own.
                sent["Authorization"] = f"Bearer {self._address.token}"
            answer = self._pool.request(
                method, url, headers=sent, redirect=False, preload_content=False
            )
            if answer.status in {_WHOLE, _PART, _BEYOND}:
                return answer
            told = {name.lower(): value for name, value in answer.headers.items()}
            # Its body is of no use, and may have no end.
            _end(answer)
            if answer.status not in _REDIRECTS:
                raise _refusal(answer.status, told)
            url = _next_url(url, told.get("location", ""))
        raise ReleaseRefused("The server redirects too often.")


class _MissingError(ReleaseRefused):
    """The server has no such thing."""


class _BusyError(Exception):
    """The server cannot answer now; `seconds` is how long it asks to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def _end(answer: urllib3.BaseHTTPResponse) -> None:
    """Give up what was not read to its end, and its place in the pool back."""
    answer.close()
    answer.release_conn()


def _next_url(url: str, location: str) -> str:
    found = urljoin(url, location)
    scheme = urlsplit(found).scheme
    if not location or scheme not in {"http", "https"}:
        raise ReleaseRefused("The server redirects to nowhere.")
    if urlsplit(url).scheme == "https" and scheme != "https":
        raise ReleaseRefused("The server redirects from https: to http:.")
    return found


def _refusal(status: int, headers: Mapping[str, str]) -> Exception:
    if status in _BUSY:
        return _BusyError(_seconds(headers.get("retry-after", "0")))
    # The server's words are shown to a person: bounded, and nothing that a terminal would act on.
    told = "".join(c for c in headers.get("x-error-message", "") if c.isprintable())
    said = told[:_MAX_MESSAGE_CHARS]
    refusals: dict[int, Exception] = {
        401: CredentialRefused("The server refuses the token.", hint="It may have ended."),
        403: PullRefused(said or "The server refuses the pull."),
        404: _MissingError(said or "The server has no such file."),
        410: ReleaseRefused(said or "The release was recalled.", code=RECALLED),
    }
    other = ReleaseRefused(f"The server answers with status {status}. {said}".strip())
    return refusals.get(status, other)


def _seconds(text: str) -> float:
    """Return how long to wait; a date, which the header may hold too, asks for nothing."""
    return float(text) if text.isdecimal() else 0.0


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
