"""Several proposals decided on in one go: what is ticked in the list of reviews."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Form
from starlette.responses import HTMLResponse

from ingest.errors import InputError
from policies.access import Action
from web.access import deciding_each, needs
from web.pages.caller import Calling
from web.routing import Router
from workers.agreeing import Became, Looked, decide_on_many
from workers.reading.reviews import find_reviews
from workers.reviewing import Step

router = Router(include_in_schema=False)

Ticked = Annotated[list[str] | None, Form()]
_STEPS: Final = {"approve": Step.APPROVE, "reject": Step.REJECT}


@router.post("/reviews/decide", dependencies=[needs(Action.REVIEW_DECIDE, deciding_each)])
def decide(
    caller: Calling,
    review: Ticked = None,
    step: Annotated[str, Form()] = "",
    comment: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Agree to what is ticked, or refuse it, and tell what became of each."""
    looked = [_looked(value) for value in review or ()]
    if step not in _STEPS:
        raise InputError("Choose whether to approve or to reject.")
    words = " ".join(comment.split())
    settled = decide_on_many(caller.context, _STEPS[step], looked, words, caller.who)
    seen = [one.decision for one in settled if one.state is not None]
    return caller.render(
        "reviews_done.html",
        settled=settled,
        done=[one for one in settled if one.outcome is Became.DONE],
        reviews={found.id: found for found in find_reviews(caller.context, seen)},
        names=caller.names,
        step=step,
    )


def _looked(value: str) -> Looked:
    """Return what a box stands for: id and version.

    Raises:
        InputError: it is none of ours.
    """
    name, _, seen = value.rpartition(".")
    if not (name and seen.isascii() and seen.isdigit() and 0 < len(seen) < 10):  # noqa: PLR2004
        raise InputError("What was ticked is no review.")
    return Looked(review_id=name, seen=int(seen))
