"""What routes of the API share: who asks, what a list is asked for, and how answers look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Depends, Request, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from policies.access import Principal, owners_seen_by
from store.asking import DEFAULT_LIMIT, MAX_LIMIT, Query
from web.access import Present, Who
from workers.context import Context
from workers.reading.grammar import Field, Kind, parse_query, url_of
from workers.reading.page import Page
from workers.reading.sight import owned_by

T = TypeVar("T")

PREFIX: Final = "/api/v1"


class FieldError(BaseModel):
    """What is wrong with one part of a request."""

    pointer: str
    """``/query/name``, ``/path/name``, ``/header/name`` or ``/body/…``."""
    detail: str


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str
    status: int
    title: str
    hint: str = ""
    code: str = ""
    request_id: str = ""
    errors: list[FieldError] = []


_WORDS: Final = {
    401: "Nobody says who they are.",
    403: "Not allowed.",
    404: "There is no such thing, or it may not be seen.",
    409: "Something else is in the way, or somebody was faster.",
    412: "It changed since it was looked at.",
    422: "The request is malformed, or asks for what cannot be.",
    428: "It has to be said which version was looked at.",
    429: "Too many requests.",
    503: "The same request may succeed later.",
}
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": Problem, "description": words} for status, words in _WORDS.items()
}


class Listed(BaseModel, Generic[T]):
    """A page of a list."""

    items: list[T]
    next_cursor: str | None
    """For the parameter ``cursor``; null on the last page."""
    next: str | None
    """Path of the next page."""
    total: int | None
    """How many there are; null where counting would be dear."""


class Begun(BaseModel):
    """Work that goes on after the answer."""

    operation: str
    """Id; ``/operations/{id}`` tells how far it is."""
    result: str = ""
    """Path of what it finds out, once it is done; 409 until then. Empty: nothing but its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request with who made it, and the installation as it is at this moment."""

    request: Request
    context: Context
    who: Principal

    @property
    def actor(self) -> str:
        """Name of who acts, as the audit chain writes it."""
        return self.who.name

    @property
    def owners(self) -> frozenset[str] | None:
        """Owners whose repositories may be seen; None: all of them."""
        return owners_seen_by(self.who)

    @property
    def repositories(self) -> frozenset[str] | None:
        """Ids of the repositories that may be seen; None: all of them."""
        owners = self.owners
        return None if owners is None else owned_by(self.context, owners)

    def query(self, fields: Mapping[str, Field]) -> Query:
        """Return what the URL asks of a list.

        Raises:
            QueryRefused: a parameter is not understood.
        """
        return parse_query(self.request.query_params.multi_items(), fields)

    def page(self, query: Query, page: Page[T]) -> Listed[T]:
        """Return a page as it is answered; `query` is what was asked for."""
        path = None
        if page.next_cursor is not None:
            path = f"{self.request.url.path}?{url_of(replace(query, cursor=page.next_cursor))}"
        return Listed(
            items=list(page.items), next_cursor=page.next_cursor, next=path, total=page.total
        )


async def ask_of(request: Request, context: Present, who: Who) -> Ask:
    """Return who asks, with policy, terms and rights as they are at this moment."""
    return Ask(request=request, context=context, who=who)


Asking = Annotated[Ask, Depends(ask_of)]


def filters(fields: Mapping[str, Field]) -> dict[str, Any]:
    """Return how a list's parameters are described in OpenAPI, for ``openapi_extra``."""
    found = [part for name, field in fields.items() for part in _described(name, field)]
    sorts = [name for name, field in fields.items() if field.is_sortable]
    sorted_by = [sign + name for name in sorts for sign in ("", "-")]
    found += [
        _parameter("q", "Words that are looked for.", {"type": "string", "maxLength": 500}),
        _parameter("sort", "Field; with - before it the largest first.", {"enum": sorted_by}),
        _parameter(
            "limit",
            "Rows a page.",
            {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        ),
        _parameter("cursor", "Where the page before ended.", {"type": "string"}),
    ]
    return {"parameters": found}


def _described(name: str, field: Field) -> list[dict[str, Any]]:
    if not field.is_filter:
        return []
    if field.kind is Kind.MOMENT:
        moment = {"type": "string", "format": "date-time"}
        return [
            _parameter(f"{name}_after", f"{field.does} At or after.", moment),
            _parameter(f"{name}_before", f"{field.does} Before.", moment),
        ]
    value: dict[str, Any] = {"type": "string", "maxLength": 500}
    if field.choices:
        value = {"type": "string", "enum": list(field.choices)}
    many = {"type": "array", "items": value}
    return [
        _parameter(name, f"{field.does} Any of them.", many),
        _parameter(f"{name}!", f"{field.does} None of them.", many),
    ]


def _parameter(name: str, does: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": does, "schema": dict(schema)}


def begun(response: Response, operation: str, result: str = "") -> Begun:
    """Answer that an operation was begun, with where it is told of.

    `result` is the path below the API of what it finds out; its id is put in for ``{id}``.
    """
    response.headers["Location"] = f"{PREFIX}/operations/{operation}"
    path = PREFIX + result.format(id=operation) if result else ""
    return Begun(operation=operation, result=path)


def seen_tag(request: Request) -> str:
    """Return what a request names in ``If-Match``, without its quotes.

    Raises:
        HTTPException: 428, it names nothing.
    """
    header = request.headers.get("if-match", "").strip()
    if not header:
        raise HTTPException(428, "Say in If-Match which version you looked at.")
    return header.removeprefix("W/").strip('"')


def seen_version(request: Request) -> int:
    """Return the version that a request names in ``If-Match``.

    Raises:
        HTTPException: 428, it names none; 412, what it names is no version.
    """
    text = seen_tag(request)
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004 - digits
        raise HTTPException(412, "There is no such version.")
    return int(text)


Seen = Annotated[int, Depends(seen_version)]
SeenTag = Annotated[str, Depends(seen_tag)]
IF_MATCH: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": "The ETag of what was looked at.",
            "schema": {"type": "string"},
        }
    ]
}


def tagged(response: Response, version: int | str) -> None:
    """Name the version of what is answered."""
    response.headers["ETag"] = f'"{version}"'


def guarded(step: Callable[[], T], conflict: type[Exception]) -> T:
    """Return what a step gives; what changed since it was looked at is 412.

    Raises:
        HTTPException: 412, somebody was faster.
    """
    try:
        return step()
    except conflict as error:
        raise HTTPException(412, str(error)) from None
