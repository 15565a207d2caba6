"""Where a browser may be sent: nowhere but here; and where a request comes from."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from fastapi import Request
from starlette.types import Scope


def local_path(url: str) -> str:
    """Return a path of this site, or its start where the URL leads anywhere else."""
    is_local = url.startswith("/") and not url.startswith(("//", "/\\"))
    return url if is_local and url.isprintable() and url.isascii() else "/"


def login_path(request: Request) -> str:
    """Return the login page that leads back to what was asked for.

    What a form sent is lost by then: it leads back to the page that htmx names, or to the start.
    """
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method not in ("GET", "HEAD") or "HX-Request" in request.headers:
        parts = urlsplit(request.headers.get("HX-Current-URL", ""))
        path = parts.path + (f"?{parts.query}" if parts.query else "")
    back = local_path(path)
    return "/login" if back == "/" else f"/login?next={quote(back)}"


def wants_page(request: Request) -> bool:
    """Tell whether a person's browser asks, who is shown a page rather than a problem."""
    is_for_programs = request.url.path.startswith(("/api/", "/hub/"))
    return not is_for_programs and "text/html" in request.headers.get("accept", "")


def client_address(scope: Scope, proxies: int) -> str:
    """Return the address of who asks; each trusted proxy appends the one that it was asked by."""
    client = scope.get("client")
    direct = str(client[0]) if client else ""
    if not proxies:
        return direct
    said = [v.decode("latin-1") for k, v in scope["headers"] if k == b"x-forwarded-for"]
    chain = [part.strip() for part in ",".join(said).split(",") if part.strip()]
    return chain[-proxies] if len(chain) >= proxies else direct
