"""``/webhooks/{provider}``: where hosts tell of pushes. Whoever cannot sign learns nothing."""

from __future__ import annotations

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from web.access import public
from web.routing import Router
from web.services import Served
from workers.webhooks import HookOutcome, HookRequest, receive

router = Router(prefix="/webhooks", include_in_schema=False)


@router.post("/{provider}", dependencies=[public()])
async def receive_webhook(provider: str, request: Request, services: Served) -> Response:
    """Take a webhook and answer at once: 202 whatever it was about, 404 without a signature."""
    body = await _read(request, services.context.settings.webhook_bytes)
    if body is None:
        return Response(status_code=413)
    asked = HookRequest(provider=provider, headers=request.headers, body=body)
    outcome = await run_in_threadpool(receive, services.context, asked)
    return Response(status_code=404 if outcome is HookOutcome.REFUSED else 202)


async def _read(request: Request, most: int) -> bytes | None:
    """Return the bytes as they came; None where there are more than `most`."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)
