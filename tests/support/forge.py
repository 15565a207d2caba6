"""A stand-in for the APIs of GitHub, GitLab and Gitea, over https on loopback.

It answers as their public documentation says: paging by ``Link`` or ``X-Next-Page``, ETags, and
limits by ``Retry-After`` or a moment of reset. Entries hold the fields that matter, in its words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from tests.support.gitserver import HOST, serving_https


@dataclass(frozen=True, kw_only=True)
class ForgeRepository:
    """A repository of the group that is served."""

    number: int
    name: str
    group: str = "acme"
    visibility: str = "private"
    archived: bool = False
    fork: bool = False
    empty: bool = False
    topics: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return f"{self.group}/{self.name}"


@dataclass
class Forge:
    """What is served, and what was asked."""

    token: str = ""
    """That requests have to show; empty: none."""
    repositories: list[ForgeRepository] = field(default_factory=list)
    script: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Answers that come before the true ones, first to last."""
    page_size: int = 2
    port: int = 0
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Target and headers (lower-case names)."""
    other_links: str = ""
    """Where the next page is said to be instead."""
    body: bytes | None = None
    """Served instead of the list."""

    @property
    def host(self) -> str:
        return f"{HOST}:{self.port}"

    def paths(self) -> list[str]:
        return [urlsplit(target).path for target, _ in self.requests]


def _entry(kind: str, one: ForgeRepository, host: str) -> Mapping[str, Any]:
    https, ssh = f"https://{host}/{one.path}.git", f"git@{HOST}:{one.path}.git"
    if kind == "v4":
        fork = {"forked_from_project": {"id": 1}} if one.fork else {}
        return fork | {
            "id": one.number,
            "path_with_namespace": one.path,
            "http_url_to_repo": https,
            "ssh_url_to_repo": ssh,
            "visibility": one.visibility,
            "archived": one.archived,
            "topics": list(one.topics),
            "empty_repo": one.empty,
            "default_branch": "main",
        }
    common = {
        "id": one.number,
        "name": one.name,
        "full_name": one.path,
        "clone_url": https,
        "ssh_url": ssh,
        "private": one.visibility != "public",
        "fork": one.fork,
        "archived": one.archived,
        "topics": list(one.topics) or None,
        "size": 12,
        "owner": {"login": one.group},
    }
    if kind == "v1":
        return common | {"internal": one.visibility == "internal", "empty": one.empty}
    return common | {"visibility": one.visibility, "disabled": False}


class _Handler(BaseHTTPRequestHandler):
    forge: Forge
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        pass

    def do_GET(self) -> None:
        forge = self.forge
        headers = {name.lower(): value for name, value in self.headers.items()}
        forge.requests.append((self.path, headers))
        if forge.script:
            status, more = forge.script.pop(0)
            return self._answer(status, more, b"{}")
        parts = urlsplit(self.path)
        kind = parts.path.split("/")[2]
        scheme = "token" if kind == "v1" else "Bearer"
        if forge.token and headers.get("authorization") != f"{scheme} {forge.token}":
            return self._answer(401, {}, b'{"message": "Bad credentials"}')
        if "acme" not in unquote(parts.path).split("/"):
            return self._answer(404, {}, b'{"message": "Not Found"}')
        return self._page(kind, parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()})

    def _page(self, kind: str, path: str, query: dict[str, str]) -> None:
        forge, number = self.forge, int(query.get("page", "1"))
        start = (number - 1) * forge.page_size
        shown = forge.repositories[start : start + forge.page_size]
        listed = [_entry(kind, one, forge.host) for one in shown]
        body = json.dumps(listed).encode() if forge.body is None else forge.body
        headers = {"ETag": f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'}
        is_last = start + forge.page_size >= len(forge.repositories)
        following = f"{path}?{urlencode(query | {'page': str(number + 1)})}"
        if kind == "v4":
            headers["X-Next-Page"] = "" if is_last else str(number + 1)
        elif not is_last:
            base = forge.other_links or f"https://{forge.host}"
            first = f'<{base}{path}?page=1>; rel="first"'
            headers["Link"] = f'{first}, <{base}{following}>; rel="next"'
        if self.headers.get("If-None-Match") == headers["ETag"]:
            return self._answer(304, headers, b"")
        return self._answer(200, headers, body)

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving_forge(certificate: Path) -> Iterator[Forge]:
    """Serve an empty group ``acme``."""
    forge = Forge()
    handler = type("Handler", (_Handler,), {"forge": forge})
    with serving_https(handler, certificate) as forge.port:
        yield forge
