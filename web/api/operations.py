"""``/operations``: long work, how far it is, what waits for a person, and why nothing moves."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Final

import anyio
from fastapi import Response
from sse_starlette.sse import EventSourceResponse
from starlette.concurrency import run_in_threadpool

from policies.access import Action, may
from store.catalog import RunState
from web.access import needs
from web.access.principal import know_again
from web.api.asking import Asking, Begun, Listed, begun, filters
from web.api.once import OnceRoute, once
from web.api.subjects import FoundOperation, about_operation
from web.routing import Router
from web.services import Served
from workers.context import Context
from workers.reading.operations import (
    FIELDS,
    OperationView,
    ParkedView,
    find_operation,
    list_operations,
    list_parked,
)
from workers.reading.page import NotFound, as_json
from workers.reading.stillness import Stillness, why_nothing_moves
from workers.running import retry_parked

router = Router(prefix="/operations", tags=["operations"], route_class=OnceRoute)
_EVERY_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 5.0
"""So long somebody is told who has logged out, or has lost a role."""
_LONGEST_SECONDS: Final = 600.0
"""Then a client asks again; its `EventSource` does so by itself."""


@router.get("", dependencies=[needs(Action.OPERATION_READ)], openapi_extra=filters(FIELDS))
def list_all(ask: Asking) -> Listed[OperationView]:
    """List operations, newest first."""
    query = ask.query(FIELDS)
    return ask.page(query, list_operations(ask.context, query))


@router.get("/stillness", dependencies=[needs(Action.OPERATION_READ)])
def stillness(ask: Asking) -> Stillness:
    """Say why nothing moves, in plain words."""
    return why_nothing_moves(ask.context)


@router.get("/parked", dependencies=[needs(Action.OPERATION_READ)])
def parked(ask: Asking) -> list[ParkedView]:
    """List the jobs that wait for a person, oldest first."""
    return list_parked(ask.context)


@router.post(
    "/parked/{job_id}/retry", status_code=202, dependencies=[needs(Action.OPERATION_RETRY), once]
)
def retry(job_id: str, ask: Asking, response: Response) -> Begun:
    """Let a parked job start over, with all its attempts."""
    job = ask.context.jobs.find(job_id)
    if job is None or not retry_parked(ask.context, job_id):
        raise NotFound(f"There is no parked job {job_id}.")
    return begun(response, job.run_id)


@router.get("/{operation_id}", dependencies=[needs(Action.OPERATION_READ, about_operation)])
def show(found: FoundOperation) -> OperationView:
    """Show how far an operation is."""
    return found


@router.get(
    "/{operation_id}/events",
    dependencies=[needs(Action.OPERATION_READ, about_operation)],
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def events(found: FoundOperation, ask: Asking, services: Served) -> EventSourceResponse:
    """Tell of an operation as server-sent events: ``progress`` when it changed, ``end`` once."""
    about = await about_operation(found)

    def may_still() -> bool:
        known = know_again(ask.request, services)
        return known is not None and may(known.who, Action.OPERATION_READ, about)

    return EventSourceResponse(tell(ask.context, found.id, may_still))


async def tell(
    context: Context, operation_id: str, may_still: Callable[[], bool]
) -> AsyncIterator[dict[str, str]]:
    """Yield the events of an operation until it ends, or who listens may know of it no more."""
    said, until, look_at = "", time.monotonic() + _LONGEST_SECONDS, 0.0
    while (now := time.monotonic()) < until:
        if now >= look_at:
            if not await run_in_threadpool(may_still):
                return
            look_at = now + _LOOK_SECONDS
        view = await run_in_threadpool(find_operation, context, operation_id)
        text = json.dumps(as_json(view))
        is_over = view.state is not RunState.RUNNING
        if text != said or is_over:
            yield {"event": "end" if is_over else "progress", "data": text}
        if is_over:
            return
        said = text
        await anyio.sleep(_EVERY_SECONDS)
