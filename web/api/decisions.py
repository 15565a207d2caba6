"""``/decisions``: what people decide: asked for, agreed to, refused, taken back, prolonged.

A decision is created and moved on, never edited. Each step names in ``If-Match`` the version that
was looked at, so that of two reviewers the second is told that it changed.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Annotated, Final, Literal

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import Conflict, InputError
from policies.access import Action
from policies.decision import Lane
from policies.review import ReviewKind, ReviewReason
from web.access import deciding_each, needs, own, shown_by_filter
from web.api.asking import IF_MATCH, Ask, Asking, Listed, Seen, filters, guarded, tagged
from web.api.once import OnceRoute, once
from web.api.subjects import FoundReview, about_review, deciding_review
from web.routing import Router
from workers.agreeing import MOST_AT_ONCE, Looked, Settled, decide_on_many
from workers.context import utc_now
from workers.reading.groups import find_group
from workers.reading.reviews import FIELDS, ReviewView, find_review, list_reviews, review_view
from workers.review_requests import Outlook, Request
from workers.reviewing import Step, Words, extend, foresee, move, take_effect
from workers.reviewing import ask as ask_for
from workers.running import find_repository

router = Router(prefix="/decisions", tags=["decisions"], route_class=OnceRoute)
_Text = Annotated[str, Field(max_length=500)]


class Wish(BaseModel):
    """What is asked for: about a group, or about a place in a repository."""

    model_config = ConfigDict(extra="forbid")

    kind: ReviewKind
    reason: ReviewReason = ReviewReason.OTHER
    comment: _Text
    group: _Text = ""
    """Id of an open group; empty where a place is named."""
    repository: _Text = ""
    """Name, id or URL."""
    path: _Text = ""
    """Of one file."""
    pattern: _Text = ""
    """Of whole paths, in place of one."""
    rule: _Text = ""
    """Where several hold the place."""
    fingerprint: _Text = ""
    """Which finding of a place is none."""
    everywhere: bool = False
    lane: Lane = Lane.LEGAL
    """Who decides on a restriction; of anything else the rule or the finding tells."""
    until: date | None = None
    """Last day."""


class Forecast(BaseModel):
    """What a decision would be, and what it would change."""

    decision: ReviewView
    outlook: Outlook


class Remark(BaseModel):
    """What comes with a step."""

    model_config = ConfigDict(extra="forbid")

    comment: Annotated[str, Field(min_length=1, max_length=500)]


class LookedAt(BaseModel):
    """A proposal as it was looked at: its part of ``If-Match``."""

    model_config = ConfigDict(extra="forbid")

    decision: Annotated[str, Field(min_length=1, max_length=40)]
    if_match: Annotated[int, Field(ge=1, lt=10**9)]
    """Version that was looked at, as its ``ETag`` says."""


class Batch(Remark):
    """One answer to several proposals."""

    step: Literal["approve", "reject"]
    decisions: Annotated[list[LookedAt], Field(min_length=1, max_length=MOST_AT_ONCE)]
    """Each once."""


class Longer(Remark):
    """Until when a decision is to last."""

    until: date


@router.get(
    "", dependencies=[needs(Action.REVIEW_READ, shown_by_filter)], openapi_extra=filters(FIELDS)
)
def list_all(ask: Asking) -> Listed[ReviewView]:
    """List decisions of any state, newest first; a registrant sees those they asked for."""
    query = ask.query(FIELDS)
    by = "" if ask.owners is None else ask.actor
    return ask.page(query, list_reviews(ask.context, query, requested_by=by))


@router.post("", status_code=201, dependencies=[needs(Action.REVIEW_PROPOSE, own), once])
def propose(ask: Asking, wish: Wish, response: Response) -> ReviewView:
    """Ask for a decision; another person has to agree."""
    review = ask_for(ask.context, _request(ask, wish))
    response.headers["Location"] = f"{ask.request.url.path}/{review.id}"
    return _told(ask, review.id, response)


@router.post("/forecast", dependencies=[needs(Action.REVIEW_PROPOSE, own)])
def forecast(ask: Asking, wish: Wish) -> Forecast:
    """Tell what a decision would free or stop; nothing is written."""
    found = foresee(ask.context, _request(ask, wish), repositories=ask.repositories)
    return Forecast(
        decision=review_view(ask.context, found.review, utc_now()), outlook=found.outlook
    )


@router.post("/batch", dependencies=[needs(Action.REVIEW_DECIDE, deciding_each), once])
def decide_on_all(ask: Asking, batch: Batch) -> list[Settled]:
    """Approve or reject several proposals; each has its outcome, in their order."""
    looked = [Looked(review_id=one.decision, seen=one.if_match) for one in batch.decisions]
    return decide_on_many(ask.context, Step(batch.step), looked, batch.comment, ask.who)


@router.get("/{decision_id}", dependencies=[needs(Action.REVIEW_READ, about_review)])
def show(ask: Asking, found: FoundReview, response: Response) -> ReviewView:
    """Show a decision with everything that was done about it."""
    return _told(ask, found.id, response)


@router.post(
    "/{decision_id}/approve",
    dependencies=[needs(Action.REVIEW_DECIDE, deciding_review), once],
    openapi_extra=IF_MATCH,
)
def approve(
    ask: Asking, found: FoundReview, seen: Seen, remark: Remark, response: Response
) -> ReviewView:
    """Agree; with enough reviewers of its lane it is in force."""
    return _step(ask, (Step.APPROVE, found.id), (seen, remark), response)


@router.post(
    "/{decision_id}/reject",
    dependencies=[needs(Action.REVIEW_DECIDE, deciding_review), once],
    openapi_extra=IF_MATCH,
)
def reject(
    ask: Asking, found: FoundReview, seen: Seen, remark: Remark, response: Response
) -> ReviewView:
    """Refuse what is asked for."""
    return _step(ask, (Step.REJECT, found.id), (seen, remark), response)


@router.post(
    "/{decision_id}/withdraw",
    dependencies=[needs(Action.REVIEW_PROPOSE, about_review), once],
    openapi_extra=IF_MATCH,
)
def withdraw(
    ask: Asking, found: FoundReview, seen: Seen, remark: Remark, response: Response
) -> ReviewView:
    """Take back what was asked for, or end what is in force."""
    return _step(ask, (Step.WITHDRAW, found.id), (seen, remark), response)


@router.post(
    "/{decision_id}/extend",
    status_code=201,
    dependencies=[needs(Action.REVIEW_PROPOSE, about_review), once],
)
def prolong(ask: Asking, found: FoundReview, longer: Longer, response: Response) -> ReviewView:
    """Ask for a decision to last longer: a new one, on which another person decides anew."""
    words = Words(actor=ask.actor, comment=longer.comment)
    review = extend(ask.context, found.id, longer.until, words)
    return _told(ask, review.id, response)


def _step(
    ask: Ask, what: tuple[Step, str], said: tuple[int, Remark], response: Response
) -> ReviewView:
    (step, decision_id), (seen, remark) = what, said
    words = Words(actor=ask.actor, comment=remark.comment, seen=seen)
    moved = guarded(lambda: move(ask.context, step, decision_id, words), Conflict)
    take_effect(ask.context, moved)
    return _told(ask, decision_id, response)


def _told(ask: Ask, decision_id: str, response: Response) -> ReviewView:
    view = find_review(ask.context, decision_id)
    tagged(response, view.version)
    return view


_NO_PLACE: Final = "Name an open group, or a repository with a path or a pattern."


def _request(ask: Ask, wish: Wish) -> Request:
    known = [
        r
        for r in ask.context.catalog.list_repositories()
        if ask.owners is None or r.owner in ask.owners
    ]
    if not wish.group and not wish.repository:
        raise InputError(_NO_PLACE)
    if wish.group and ask.owners is not None:
        find_group(ask.context, wish.group, repositories=ask.repositories)
    return Request(
        kind=wish.kind,
        by=ask.actor,
        reason=wish.reason,
        comment=wish.comment,
        group_id=wish.group,
        repository=find_repository(known, wish.repository) if wish.repository else None,
        path=os.fsencode(wish.path),
        pattern=wish.pattern,
        rule_id=wish.rule,
        fingerprint=wish.fingerprint,
        everywhere=wish.everywhere,
        lane=wish.lane,
        until=wish.until,
    )
