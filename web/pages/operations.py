"""Operations: what runs and ran, what is parked, which hosts hold, and why nothing moves."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Form
from starlette.responses import HTMLResponse, RedirectResponse

from ingest.errors import InputError
from policies.access import Action, Subject
from web.access import needs
from web.access.local import local_path
from web.pages.caller import Calling
from web.pages.links import Links
from web.pages.templating import say
from web.pages.words import STAGES
from web.routing import Router
from workers.audit import seal_audit
from workers.hosts import pause_host, resume_host
from workers.operation_story import tell_operation, tell_operations
from workers.reading.operations import FIELDS, find_operation
from workers.running import retry_parked

router = Router(include_in_schema=False)

STATES: Final = {
    "running": ("Running", "info", "clock"),
    "done": ("Done", "good", "check"),
    "failed": ("Parked in part", "bad", "cross"),
}
"""State of an operation to (word, tone, icon)."""
KINDS: Final = {
    "sync": "Visit and decide",
    "release": "Build a release",
    "preview": "Look at a repository",
    "discover": "List a group of a host",
    "impact": "Weigh a policy",
    "forecast": "Foresee a withdrawal",
    "lift": "Lift a recall",
    "unlock": "Rank approvals",
}
RESULTS: Final = {
    "preview": "/repositories/previews/{id}",
    "discover": "/repositories/discoveries/{id}",
    "impact": "/policies/impact/{id}",
    "forecast": "/withdrawals/forecast/{id}",
}
"""Kind of an errand to the page of what it finds."""


@router.get("/operations", dependencies=[needs(Action.OPERATION_READ)])
def operations(caller: Calling) -> HTMLResponse:
    """List operations, and say why nothing moves."""
    room = tell_operations(caller.context, caller.query(FIELDS))
    return caller.render(
        "operations.html",
        fragment="list",
        room=room,
        links=Links(caller.request),
        fields=FIELDS,
        states=STATES,
        kinds=KINDS,
        stages=STAGES,
    )


def about(operation_id: str, caller: Calling) -> Subject:
    """Return what a page of an operation is about: who asked for it."""
    return Subject(owner=find_operation(caller.context, operation_id).by)


@router.get("/operations/{operation_id}", dependencies=[needs(Action.OPERATION_READ, about)])
def operation(caller: Calling, operation_id: str) -> HTMLResponse:
    """Show how far an operation is."""
    story = tell_operation(caller.context, operation_id)
    result = RESULTS.get(story.operation.kind, "").format(id=story.operation.id)
    order = [*STAGES, *(s.stage for s in story.operation.stages if s.stage not in STAGES)]
    ordered = sorted(story.operation.stages, key=lambda s: order.index(s.stage))
    words = {"states": STATES, "kinds": KINDS, "stages": STAGES, "ordered": ordered}
    words["result"] = result
    return caller.render("operation.html", fragment="progress", story=story, **words)


@router.post("/operations/parked/{job_id}/retry", dependencies=[needs(Action.OPERATION_RETRY)])
def retry(
    caller: Calling, job_id: str, back: Annotated[str, Form(alias="next")] = "/operations"
) -> RedirectResponse:
    """Let a parked job start over."""
    is_again = retry_parked(caller.context, job_id)
    answer = RedirectResponse(local_path(back), 303)
    say(answer, "It starts over." if is_again else "It is not parked any more.")
    return answer


@router.post("/operations/hosts/{host}/pause", dependencies=[needs(Action.HOST_WRITE)])
def pause(
    caller: Calling, host: str, reason: Annotated[str, Form(max_length=200)] = ""
) -> RedirectResponse:
    """Stop all traffic to a host."""
    answer = RedirectResponse("/operations", 303)
    try:
        pause_host(caller.context, host, actor=caller.name, reason=" ".join(reason.split()))
    except InputError as error:
        say(answer, error.message)
        return answer
    seal_audit(caller.context)
    say(answer, f"{host} is paused; fetches that run end within seconds.")
    return answer


@router.post("/operations/hosts/{host}/resume", dependencies=[needs(Action.HOST_WRITE)])
def resume(caller: Calling, host: str) -> RedirectResponse:
    """Let traffic to a host flow again."""
    answer = RedirectResponse("/operations", 303)
    try:
        woken = resume_host(caller.context, host, actor=caller.name)
    except InputError as error:
        say(answer, error.message)
        return answer
    seal_audit(caller.context)
    say(answer, f"Traffic to {host} flows again; {woken} waiting visits go on.")
    return answer
