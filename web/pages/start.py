"""Where people begin: the first steps of a new installation, then what is theirs to do."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import Form, Query
from starlette.responses import HTMLResponse, RedirectResponse, Response

from policies.access import Action, Subject, may
from policies.decision import Lane
from web.access import needs, shown_by_filter, signed_in
from web.access.local import local_path
from web.pages.caller import Caller, Calling
from web.pages.words import STAGES
from web.routing import Router
from workers.finding_things import find_everywhere
from workers.first_steps import read_steps
from workers.reading.grammar import MAX_VALUE_CHARS

DONE_COOKIE: Final = "shardgate-started"
_YEAR: Final = 365 * 86_400
_PLACES: Final = {
    "repo": "/repositories/",
    "rvw": "/reviews/",
    "grp": "/groups/",
    "rel": "/releases/",
    "run": "/operations/",
}
_ID: Final = re.compile(r"(repo|rvw|grp|rel|run)_[0-9a-z]{1,64}")

router = Router(include_in_schema=False)


@router.get("/", dependencies=[signed_in()])
def start(caller: Calling) -> RedirectResponse:
    """Lead to the first steps while there are some, else to what is one's own."""
    return RedirectResponse(_first_place(caller), 303)


@router.get("/start", dependencies=[needs(Action.REPOSITORY_READ)])
def first_steps(caller: Calling) -> HTMLResponse:
    """Show the first steps and which of them are done."""
    steps = read_steps(caller.context)
    return caller.render(
        "start.html",
        fragment="work",
        steps=steps,
        hub=caller.hub,
        stages=STAGES,
        is_fragment=caller.request.headers.get("HX-Target") == "work",
    )


@router.post("/start/dismiss", dependencies=[signed_in()])
def dismiss(caller: Calling, back: Annotated[str, Form(alias="next")] = "/") -> RedirectResponse:
    """Show the first steps no more, in this browser."""
    del caller
    answer = RedirectResponse(local_path(back), 303)
    answer.set_cookie(DONE_COOKIE, "yes", max_age=_YEAR, httponly=True, samesite="lax")
    return answer


@router.get("/find", dependencies=[needs(Action.REPOSITORY_READ, shown_by_filter)])
def find(caller: Calling, q: Annotated[str, Query(max_length=MAX_VALUE_CHARS)] = "") -> Response:
    """Go to what an id or a name stands for, or list what fits."""
    text = " ".join(q.split())
    if known := _ID.fullmatch(text):
        return RedirectResponse(_PLACES[known[1]] + text, 303)
    found = find_everywhere(caller.context, text, caller.sight)
    if found.exact:
        return RedirectResponse(f"/repositories/{found.exact}", 303)
    return caller.render("find.html", text=text, found=found)


def _first_place(caller: Caller) -> str:
    who = caller.who
    is_new = may(who, Action.REPOSITORY_READ) and DONE_COOKIE not in caller.request.cookies
    if is_new and not read_steps(caller.context).is_done:
        return "/start"
    mine = [lane for lane in Lane if lane in who.lanes]
    if mine and may(who, Action.REVIEW_READ, Subject(lane=mine[0])):
        return f"/inbox/{mine[0]}"
    if may(who, Action.REPOSITORY_READ, Subject(is_filtered=True)):
        return "/repositories"
    return "/releases"
