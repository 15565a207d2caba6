"""``/hosts``: where repositories come from, which are paused or slowed down, and who waits."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from policies.access import Action
from web.access import needs
from web.api.asking import Asking
from web.api.once import OnceRoute, once
from web.routing import Router
from workers.audit import seal_audit
from workers.hosts import pause_host, resume_host
from workers.reading.hosts import HostState, find_host, list_hosts

router = Router(prefix="/hosts", tags=["hosts"], route_class=OnceRoute)


class Pause(BaseModel):
    """Why nothing may reach a host."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=300)]
    """One line; shown where visits wait."""


class Resumed(BaseModel):
    """A host that is talked to again."""

    host: HostState
    woken: int
    """Waiting visits that go on at once."""


@router.get("", dependencies=[needs(Action.OPERATION_READ)])
def list_all(ask: Asking) -> list[HostState]:
    """List hosts by name: paused or not, slowed down or not, visits that run and that wait."""
    return list_hosts(ask.context)


@router.get("/{host}", dependencies=[needs(Action.OPERATION_READ)])
def show(host: str, ask: Asking) -> HostState:
    """Show a host."""
    return find_host(ask.context, host)


@router.post("/{host}/pause", dependencies=[needs(Action.HOST_WRITE), once])
def pause(host: str, ask: Asking, why: Pause) -> HostState:
    """Stop all traffic to a host: running fetches end within seconds, the others wait."""
    pause_host(ask.context, host, actor=ask.actor, reason=why.reason)
    seal_audit(ask.context)
    return find_host(ask.context, host)


@router.post("/{host}/resume", dependencies=[needs(Action.HOST_WRITE), once])
def resume(host: str, ask: Asking) -> Resumed:
    """Let traffic to a host flow again."""
    woken = resume_host(ask.context, host, actor=ask.actor)
    seal_audit(ask.context)
    return Resumed(host=find_host(ask.context, host), woken=woken)
