"""Style sheets and scripts, each under a URL that names its bytes: it is cached for good."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from fastapi import HTTPException
from starlette.responses import Response

from web.access import public
from web.routing import Router

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOREVER: Final = "public, max-age=31536000, immutable"
_DIGEST_CHARS: Final = 12

router = Router(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file as it is sent."""

    name: str
    content: bytes
    media_type: str
    digest: str
    """Beginning of its SHA-256."""

    @property
    def url(self) -> str:
        """Path under which it never changes."""
        return f"/static/{self.digest}/{self.name}"


@cache
def assets() -> dict[str, Asset]:
    """Return every file that pages may load, by name; read once a process."""
    htmx = files("js_lib_htmx") / "static" / "htmx"
    own = [f for f in (files("web") / "static").iterdir() if _suffix(f) in _TYPES]
    found = [_asset(source) for source in [*own, htmx / "htmx.min.js"]]
    return {asset.name: asset for asset in found}


def asset_url(name: str) -> str:
    """Return the URL of a file.

    Raises:
        KeyError: there is no such file.
    """
    return assets()[name].url


@router.get("/static/{digest}/{name}", dependencies=[public()])
def static_file(digest: str, name: str) -> Response:
    """Return a style sheet, a script or a picture."""
    asset = assets().get(name)
    if asset is None:
        raise HTTPException(404, "There is no such file.")
    # A page of another version asks for another digest; what it gets must not be kept.
    caching = _FOREVER if digest == asset.digest else "no-store"
    headers = {"Cache-Control": caching, "X-Content-Type-Options": "nosniff"}
    return Response(asset.content, media_type=asset.media_type, headers=headers)


def _suffix(source: Traversable) -> str:
    return "." + source.name.rpartition(".")[2]


def _asset(source: Traversable) -> Asset:
    content = source.read_bytes()
    return Asset(
        name=source.name,
        content=content,
        media_type=_TYPES[_suffix(source)],
        digest=hashlib.sha256(content).hexdigest()[:_DIGEST_CHARS],
    )
