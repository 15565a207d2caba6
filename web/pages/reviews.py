"""Reviews: the list, one with what may be done about it, and the register of waivers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from fastapi import Depends, Form, HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest.errors import Conflict, InputError
from policies.access import ANYTHING, Action, Subject
from policies.review import Review
from store.catalog import ReviewBook
from web.access import needs, shown_by_filter
from web.access.local import local_path
from web.pages.caller import Caller, Calling
from web.pages.links import Links
from web.pages.templating import say
from web.routing import Router
from workers.reading.reviews import FIELDS, list_reviews
from workers.review_story import ReviewStory, tell_review
from workers.reviewing import Step, Words, extend, move, take_effect
from workers.waivers import FIELDS as WAIVER_FIELDS
from workers.waivers import list_waivers, read_views

_DONE: Final = {
    Step.APPROVE: "You agreed.",
    Step.REJECT: "You rejected it.",
    Step.WITHDRAW: "It was taken back.",
}

router = Router(include_in_schema=False)


def story_of(review_id: str, caller: Calling) -> ReviewStory:
    """Return the review that a URL names."""
    try:
        return tell_review(caller.context, review_id, repositories=caller.repositories)
    except InputError as error:
        raise HTTPException(404, error.message) from None


Story = Annotated[ReviewStory, Depends(story_of)]


def stored(review_id: str, caller: Calling) -> Review | None:
    """Return the review that a URL names as the catalog has it; None where it has none."""
    return ReviewBook(caller.context.catalog, caller.context.policy).find(review_id)


Stored = Annotated[Review | None, Depends(stored)]


async def about(found: Stored) -> Subject:
    """Return what looking at a review, or taking one back, is about.

    Of what is not there nothing is known: who may see their own only is told the same of what
    others asked for, and what a review would change is worked out for those who may see it.
    """
    return Subject(lane=found.lane, owner=found.requested_by) if found else ANYTHING


def deciding(found: Stored) -> Subject:
    """Return what deciding on a review is about."""
    return Subject(lane=found.lane, requested_by=found.requested_by) if found else ANYTHING


@router.get("/reviews", dependencies=[needs(Action.REVIEW_READ, shown_by_filter)])
def reviews(caller: Calling) -> HTMLResponse:
    """List every review of any state; a registrant sees those they asked for."""
    by = caller.sight.asked_by
    page = list_reviews(caller.context, caller.query(FIELDS), requested_by=by)
    links = Links(caller.request)
    return caller.render(
        "reviews.html", fragment="list", page=page, links=links, fields=FIELDS, names=caller.names
    )


@router.get("/waivers", dependencies=[needs(Action.REVIEW_READ)])
def waivers(caller: Calling) -> HTMLResponse:
    """List what is in force: how long, how often it is used, and what matches nothing."""
    query, links = caller.query(WAIVER_FIELDS), Links(caller.request)
    return caller.render(
        "waivers.html",
        fragment="list",
        page=list_waivers(caller.context, query),
        views=read_views(caller.context, query),
        links=links,
        fields=WAIVER_FIELDS,
    )


@router.get("/reviews/{review_id}", dependencies=[needs(Action.REVIEW_READ, about)])
def review(caller: Calling, story: Story) -> HTMLResponse:
    """Show a review with everything that was done about it."""
    return _page(caller, story)


@router.post("/reviews/{review_id}/approve", dependencies=[needs(Action.REVIEW_DECIDE, deciding)])
def approve(
    caller: Calling,
    story: Story,
    seen: Annotated[int, Form()],
    comment: Annotated[str, Form()] = "",
) -> Response:
    """Agree to a proposal."""
    return _step(caller, story, Step.APPROVE, _words(caller, comment, seen))


@router.post("/reviews/{review_id}/reject", dependencies=[needs(Action.REVIEW_DECIDE, deciding)])
def reject(
    caller: Calling,
    story: Story,
    seen: Annotated[int, Form()],
    comment: Annotated[str, Form()] = "",
) -> Response:
    """Refuse a proposal."""
    return _step(caller, story, Step.REJECT, _words(caller, comment, seen))


@router.post("/reviews/{review_id}/withdraw", dependencies=[needs(Action.REVIEW_PROPOSE, about)])
def withdraw(
    caller: Calling,
    story: Story,
    seen: Annotated[int, Form()],
    comment: Annotated[str, Form()] = "",
) -> Response:
    """Take a proposal back, or end what is in force."""
    return _step(caller, story, Step.WITHDRAW, _words(caller, comment, seen))


@router.post("/reviews/{review_id}/undo", dependencies=[needs(Action.REVIEW_PROPOSE, about)])
def undo(
    caller: Calling, story: Story, back: Annotated[str, Form(alias="next")] = "/"
) -> RedirectResponse:
    """Take back what was asked for a moment ago."""
    words = _words(caller, "Undone at once.", story.review.version)
    move(caller.context, Step.WITHDRAW, story.review.id, words)
    answer = RedirectResponse(local_path(back), 303)
    say(answer, "Undone: the proposal was taken back.")
    return answer


@router.post("/reviews/{review_id}/extend", dependencies=[needs(Action.REVIEW_PROPOSE, about)])
def longer(
    caller: Calling,
    story: Story,
    until: Annotated[str, Form()],
    comment: Annotated[str, Form()] = "",
) -> Response:
    """Ask for a review to last longer: a new one, on which others decide."""
    try:
        words = _words(caller, comment, 0)
        fresh = extend(caller.context, story.review.id, date.fromisoformat(until), words)
    except InputError as error:
        return _page(caller, story, status=422, error=f"{error.message} {error.hint}".strip())
    except ValueError:
        return _page(caller, story, status=422, error="The last day is none.")
    answer = RedirectResponse(f"/reviews/{fresh.id}", 303)
    say(answer, "Asked for; another reviewer has to agree.", undo=fresh.id)
    return answer


def _words(caller: Caller, comment: str, seen: int) -> Words:
    return Words(actor=caller.name, comment=" ".join(comment.split()), seen=seen)


def _step(caller: Caller, story: ReviewStory, step: Step, words: Words) -> Response:
    try:
        moved = move(caller.context, step, story.review.id, words)
    except Conflict as error:
        # What somebody else did meanwhile is read again and shown beside the form.
        fresh = story_of(story.review.id, caller)
        return _page(caller, fresh, status=409, conflict=error.message, comment=words.comment)
    except InputError as error:
        told = f"{error.message} {error.hint}".strip()
        return _page(caller, story, status=422, error=told, comment=words.comment)
    is_felt = take_effect(caller.context, moved)
    answer = RedirectResponse(f"/reviews/{story.review.id}", 303)
    more = " Decisions are being made anew." if is_felt else ""
    say(answer, _DONE[step] + more)
    return answer


def _page(caller: Caller, story: ReviewStory, *, status: int = 200, **told: object) -> HTMLResponse:
    values: dict[str, Any] = {"error": "", "conflict": "", "comment": "", "story": story} | told
    values |= {"outlook": story.outlook, "refusal": story.refusal}
    return caller.render("review.html", status=status, **values)
