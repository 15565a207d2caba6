"""One group of findings: where it stands, why it is held, and the panel to decide on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Form, HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest.errors import Conflict, InputError, TerminalError
from policies.access import Action, Subject
from policies.report.cases import Case
from web.access import needs
from web.access.subjects import subject_of_group
from web.pages.caller import Caller, Calling
from web.pages.highlight import ShownLine, show
from web.pages.templating import say
from web.pages.wishes import Wish, read_request
from web.routing import Router
from workers.group_story import GroupStory, check_unseen, tell_group
from workers.reviewing import ask, foresee
from workers.snippets import place_of, read_snippet, reveal

_SNIPPETS: Final = 3

router = Router(include_in_schema=False)


def story_of(group_id: str, caller: Calling) -> GroupStory:
    """Return the group that a URL names; one that was cleared is gone."""
    try:
        return tell_group(caller.context, group_id, repositories=caller.repositories)
    except InputError as error:
        raise HTTPException(404, error.message) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Lines of a case as a page shows them."""

    lines: Sequence[ShownLine]
    refusal: str
    """Why there are none."""


Story = Annotated[GroupStory, Depends(story_of)]
Filled = Annotated[Wish, Depends(Wish.sent)]


def about(group_id: str, caller: Calling) -> Subject:
    """Return what a page of a group is about."""
    return subject_of_group(caller.context, group_id)


@router.get("/groups/{group_id}", dependencies=[needs(Action.FINDING_READ, about)])
def group(caller: Calling, story: Story) -> HTMLResponse:
    """Show a group."""
    return _page(caller, story, wish=Wish.first(story, caller.today))


@router.post("/groups/{group_id}/outlook", dependencies=[needs(Action.REVIEW_PROPOSE, about)])
def outlook(caller: Calling, story: Story, wish: Filled) -> HTMLResponse:
    """Say what a wish would change, while it is being filled in."""
    told = _foreseen(caller, story, wish) if wish.kind else {}
    return caller.render("_outlook.html", **_NO_OUTLOOK | told)


@router.post("/groups/{group_id}/preview", dependencies=[needs(Action.REVIEW_PROPOSE, about)])
def preview(caller: Calling, story: Story, wish: Filled) -> HTMLResponse:
    """Show the group with what a wish would change: the same without a script."""
    return _page(caller, story, wish=wish, **_foreseen(caller, story, wish))


@router.post("/groups/{group_id}/reviews", dependencies=[needs(Action.REVIEW_PROPOSE, about)])
def propose(caller: Calling, story: Story, wish: Filled) -> Response:
    """Ask for what was filled in; what does not fit is shown beside the form."""
    try:
        check_unseen(story, wish.seen)
        review = ask(caller.context, read_request(wish, story, caller.who))
    except Conflict as error:
        return _page(caller, story, wish=wish, status=409, conflict=error.message)
    except InputError as error:
        told = f"{error.message} {error.hint}".strip()
        return _page(caller, story, wish=wish, status=422, error=told)
    answer = RedirectResponse(_next_of(story), 303)
    say(answer, f"Asked for; another reviewer of {review.lane} has to agree.", undo=review.id)
    return answer


@router.post("/groups/{group_id}/unmask", dependencies=[needs(Action.FINDING_UNMASK, about)])
def unmask(caller: Calling, story: Story, why: Annotated[str, Form()] = "") -> HTMLResponse:
    """Show the value of the first place, once; that it was shown is kept."""
    wish = Wish.first(story, caller.today)
    try:
        place = place_of(story.cases[0])
        value = reveal(caller.context, place, story.group.key, actor=caller.name, reason=why)
    except (InputError, TerminalError) as error:
        return _page(caller, story, wish=wish, status=422, error=error.message)
    return _page(caller, story, wish=wish, unmasked=value)


_NO_OUTLOOK: Final[dict[str, Any]] = {"outlook": None, "refusal": ""}


def _foreseen(caller: Caller, story: GroupStory, wish: Wish) -> dict[str, Any]:
    words = wish.with_words()
    try:
        request = read_request(words, story, caller.who)
        return {
            "outlook": foresee(caller.context, request, repositories=caller.repositories).outlook
        }
    except InputError as error:
        return {"refusal": error.message}


def _next_of(story: GroupStory) -> str:
    """Return where a reviewer goes on: the next group, or the inbox at its end."""
    if story.after:
        return f"/groups/{story.after}"
    return f"/inbox/{story.lane}" if story.lane else f"/repositories/{story.repository.id}"


def _page(
    caller: Caller, story: GroupStory, *, wish: Wish, status: int = 200, **told: object
) -> HTMLResponse:
    nothing = {"error": "", "conflict": "", "unmasked": "", **_NO_OUTLOOK}
    snippets = [(case, _snippet(caller, story, case)) for case in story.cases[:_SNIPPETS]]
    rules = {rule.id: rule.document.when for rule in caller.context.policy.rules}
    values = nothing | {"story": story, "wish": wish, "snippets": snippets} | told
    values["fires_when"] = rules.get(story.group.rule_id, "")
    return caller.render("group.html", status=status, **values)


def _snippet(caller: Caller, story: GroupStory, case: Case) -> Shown:
    if not case.line:
        return Shown(lines=(), refusal="The whole file is meant, no single line of it.")
    found = read_snippet(
        caller.context, place_of(case), line=case.line, fingerprint=story.group.key
    )
    return Shown(lines=show(found), refusal=found.refusal)
