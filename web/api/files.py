"""``/repositories/{id}/why``: one file from commit to verdict, and what would release it."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import unquote_to_bytes

from fastapi import Depends, Request

from policies.access import Action
from web.access import needs
from web.api.asking import Asking
from web.api.subjects import FoundRepository, about_repository
from web.routing import Router
from workers.file_record import tell_why, tell_why_not
from workers.reading.grammar import QueryRefused

router = Router(prefix="/repositories/{repository_id}", tags=["repositories"])

_MOST_BYTES: Final = 4096
_PATH: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "path",
            "in": "query",
            "required": True,
            "description": "Path in the repository. Bytes that are no UTF-8 are percent-encoded.",
            "schema": {"type": "string", "minLength": 1, "maxLength": _MOST_BYTES},
        }
    ]
}


def named_path(request: Request) -> bytes:
    """Return the path that a URL asks for, byte for byte: paths of files need not be UTF-8.

    Raises:
        QueryRefused: there is none, there are several, or it is too long.
    """
    sent: bytes = request.scope["query_string"]
    parts = [part.partition(b"=") for part in sent.split(b"&")]
    found = [unquote_to_bytes(value.replace(b"+", b" ")) for n, _, value in parts if n == b"path"]
    if len(found) != 1 or not 0 < len(found[0]) <= _MOST_BYTES:
        raise QueryRefused("path", f"Name one path of at most {_MOST_BYTES:,} bytes.")
    return found[0]


Named = Annotated[bytes, Depends(named_path)]


@router.get(
    "/why", dependencies=[needs(Action.FINDING_READ, about_repository)], openapi_extra=_PATH
)
def why(ask: Asking, found: FoundRepository, path: Named) -> dict[str, Any]:
    """Tell a file of the newest snapshot: rules with their facts, evidence, who said what."""
    return tell_why(ask.context, found.id, path, ask.repositories)


@router.get(
    "/why-not", dependencies=[needs(Action.FINDING_READ, about_repository)], openapi_extra=_PATH
)
def why_not(ask: Asking, found: FoundRepository, path: Named) -> dict[str, Any]:
    """Tell the smallest sets of steps by people that would release a file."""
    return tell_why_not(ask.context, found.id, path)
