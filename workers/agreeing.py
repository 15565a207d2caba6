"""Several proposals decided on in one go: each is agreed to, or refused, by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ingest.errors import Conflict, InputError
from policies.access import Action, Principal, Subject, may
from policies.review import Review, ReviewState
from store.catalog import ReviewBook
from workers.context import Context, utc_now
from workers.decisions import decide_anew
from workers.reviewing import Moved, Step, Words, move

MOST_AT_ONCE: Final = 200
"""Proposals of one go."""
DECIDING: Final = (Step.APPROVE, Step.REJECT)


class Became(StrEnum):
    """What became of one of several proposals."""

    DONE = "done"
    CHANGED = "changed"
    """Somebody moved it since it was looked at; nothing was written."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A proposal as somebody looked at it."""

    review_id: str
    seen: int
    """Its version then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """One of several proposals after the step."""

    decision: str
    """Id of the review."""
    outcome: Became
    state: ReviewState | None
    """In which it is now; None: there is no such review that may be seen."""
    version: int
    """In which it is now; 0: as above."""
    refusal: str
    """Why nothing was written; empty where something was."""


def decide_on_many(
    context: Context, step: Step, looked: Sequence[Looked], comment: str, who: Principal
) -> list[Settled]:
    """Approve or reject each of several proposals that may be; decisions are made anew once.

    Who may decide on each is asked of each (`policies.access`): its lane, and who asked for it.

    Raises:
        InputError: too many are named, or one is named twice.
        ValueError: it is another step.
    """
    if step not in DECIDING:
        raise ValueError(f"{step} is not done to many at once")
    if len(looked) > MOST_AT_ONCE or len({one.review_id for one in looked}) < len(looked):
        raise InputError(f"At most {MOST_AT_ONCE} proposals are named, each once.")
    book = ReviewBook(context.catalog, context.policy)
    settled, moved = [], []
    for one in looked:
        words = Words(actor=who.name, comment=comment, seen=one.seen)
        said, found = _settle(context, step, (one, book.find(one.review_id)), words, who)
        settled.append(said)
        moved += found
    if any(one.is_felt for one in moved) and context.catalog.corpus():
        decide_anew(context)
    return settled


def _settle(
    context: Context,
    step: Step,
    what: tuple[Looked, Review | None],
    words: Words,
    who: Principal,
) -> tuple[Settled, list[Moved]]:
    looked, review = what
    refusal = _refusal(review, who)
    if review is None or refusal:
        is_seen = review is not None and _is_seen(review, who)
        return _told(looked, review if is_seen else None, Became.REFUSED, refusal), []
    try:
        moved = move(context, step, review.id, words)
    except Conflict as error:
        fresh = ReviewBook(context.catalog, context.policy).find(review.id)
        return _told(looked, fresh, Became.CHANGED, error.message), []
    except InputError as error:
        return _told(looked, review, Became.REFUSED, error.message), []
    return _told(looked, moved.after, Became.DONE, ""), [moved]


def _is_seen(review: Review, who: Principal) -> bool:
    return may(who, Action.REVIEW_READ, Subject(lane=review.lane, owner=review.requested_by))


def _refusal(review: Review | None, who: Principal) -> str:
    """Return why somebody may not decide on a review; empty where they may."""
    if review is None or not _is_seen(review, who):
        return "There is no such decision."
    about = Subject(lane=review.lane, requested_by=review.requested_by)
    if may(who, Action.REVIEW_DECIDE, about):
        return ""
    if review.requested_by == who.name:
        return "You asked for it: another person decides on it."
    return f"Reviewers of the lane {review.lane} decide on it."


def _told(looked: Looked, review: Review | None, outcome: Became, refusal: str) -> Settled:
    return Settled(
        decision=looked.review_id,
        outcome=outcome,
        state=review.state_at(utc_now()) if review else None,
        version=review.version if review else 0,
        refusal=refusal,
    )
