"""Several groups decided on alike: one form, a proposal each."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form
from starlette.responses import HTMLResponse

from ingest.errors import InputError
from policies.access import Action
from web.access import needs
from web.pages.caller import Caller, Calling
from web.pages.wishes import Wish, read_requests
from web.routing import Router
from workers.group_story import Bundle, tell_bundle
from workers.reviewing import ask_many

router = Router(include_in_schema=False)

Ticked = Annotated[list[str] | None, Form()]
Filled = Annotated[Wish, Depends(Wish.sent)]


@router.post("/groups/decide", dependencies=[needs(Action.REVIEW_PROPOSE)])
def decide(caller: Calling, wish: Filled, group: Ticked = None) -> HTMLResponse:
    """Ask what is wanted of the ticked groups."""
    return _page(caller, tell_bundle(caller.context, group or ()), wish)


@router.post("/groups/reviews", dependencies=[needs(Action.REVIEW_PROPOSE)])
def propose(caller: Calling, wish: Filled, group: Ticked = None) -> HTMLResponse:
    """Ask for it, and tell what became of each."""
    bundle = tell_bundle(caller.context, group or ())
    try:
        answers = ask_many(caller.context, read_requests(wish, bundle, caller.who))
    except InputError as error:
        return _page(caller, bundle, wish, status=422, error=error.message)
    return caller.render(
        "bundle_done.html", bundle=bundle, answers={a.group_id: a for a in answers}, wish=wish
    )


def _page(
    caller: Caller, bundle: Bundle, wish: Wish, *, status: int = 200, error: str = ""
) -> HTMLResponse:
    return caller.render(
        "bundle.html",
        status=status,
        bundle=bundle,
        wish=wish,
        error=error,
        until=wish.until or Wish.last_day(caller.today, bundle.longest),
    )
