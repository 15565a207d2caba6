"""``Idempotency-Key``: a request that is sent again is answered again, and done once.

The dependency takes the key after the route has let the request in; the route class keeps the
answer. A request that comes to nothing gives its key back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool

from ingest.errors import Conflict
from store.catalog import AnswerBook, KeptAnswer, Keyed
from web.access import Who
from web.services import Served
from workers.context import utc_now

_KEPT_HEADERS: Final = ("location", "etag", "content-type")
_STATE: Final = "taken_key"


class Given(Exception):
    """This was asked and answered before."""

    def __init__(self, answer: KeptAnswer) -> None:
        """Take the answer."""
        super().__init__()
        self.response = Response(
            answer.body, answer.status, headers=answer.headers | {"Idempotent-Replay": "true"}
        )


async def take_key(
    request: Request,
    services: Served,
    who: Who,
    key: Annotated[
        str | None,
        Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[!-~]+$"),
    ] = None,
) -> None:
    """Take the key of a request, if it has one.

    Raises:
        Given: it was answered before.
        Conflict: it is being answered.
        InputError: the key was used for another request.
    """
    if key is None:
        return
    text = b"\0".join((request.method.encode(), str(request.url).encode(), await request.body()))
    asked = Keyed(who=who.name, key=key, request=hashlib.sha256(text).hexdigest())
    book = AnswerBook(services.context.catalog, utc_now)
    try:
        answer = await run_in_threadpool(book.take, asked)
    except IntegrityError:
        # Two requests took it in the same moment; the other one has it.
        raise Conflict("The same request is being answered.") from None
    if answer is not None:
        raise Given(answer)
    setattr(request.state, _STATE, (book, asked))


once: Any = Depends(take_key)
"""Dependency of routes that are done once a key; it stands after their mark of access."""


class OnceRoute(APIRoute):
    """A route that keeps the answer of a key that its dependency took."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler around which keys are kept."""
        handler = super().get_route_handler()

        async def kept(request: Request) -> Response:
            try:
                response = await handler(request)
            except Given as given:
                return given.response
            except BaseException:
                taken = getattr(request.state, _STATE, None)
                if taken is not None:
                    await run_in_threadpool(taken[0].give_back, taken[1])
                raise
            taken = getattr(request.state, _STATE, None)
            if taken is not None:
                headers = {k: v for k, v in response.headers.items() if k in _KEPT_HEADERS}
                body = bytes(response.body).decode()
                answer = KeptAnswer(status=response.status_code, headers=headers, body=body)
                await run_in_threadpool(taken[0].keep, taken[1], answer)
            return response

        return kept
