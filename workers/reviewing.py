"""What people do about reviews, for any face: ask, agree, refuse, take back, and what follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Protocol

from ingest.errors import InputError
from policies.review import Move, Review, ReviewState
from store.catalog import ReviewBook
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.decisions import decide_anew
from workers.remarks import checked_remark
from workers.review_requests import Outlook, Request
from workers.reviews import ReviewDesk


class Step(StrEnum):
    """What can be done about a review that exists."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


class _Move(Protocol):
    def __call__(
        self, book: ReviewBook, review_id: str, move: Move, /, *, dry_run: bool
    ) -> Review: ...


_STEPS: Final[Mapping[Step, _Move]] = {
    Step.APPROVE: ReviewBook.approve,
    Step.REJECT: ReviewBook.reject,
    Step.WITHDRAW: ReviewBook.withdraw,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What comes with a step."""

    actor: str
    comment: str
    seen: int = 0
    """Version of the review that the actor looked at; 0: the present one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it would be written, and what it would change."""

    review: Review
    outlook: Outlook


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A review before and after a step."""

    before: Review
    after: Review

    @property
    def is_felt(self) -> bool:
        """Tell whether what is in force changed, now or for a later moment."""
        agreed = ReviewState.APPROVED
        return (self.before.state is agreed) != (self.after.state is agreed)


def foresee(
    context: Context, request: Request, *, repositories: Collection[str] | None = None
) -> Asked:
    """Return what a request amounts to and would change; nothing is written.

    `repositories` are ids of those in which changes are told; None: in all.

    Raises:
        InputError: as `ReviewDesk.draft`.
    """
    desk = ReviewDesk(context, repositories=repositories)
    review = desk.draft(request)
    return Asked(review=review, outlook=desk.foresee(review))


def ask(context: Context, request: Request) -> Review:
    """Write a request down as a proposal that waits for another person.

    Raises:
        InputError: as `ReviewDesk.draft`.
    """
    desk = ReviewDesk(context, or_last=True)
    review = desk.draft(request)
    desk.book.propose(review)
    seal_audit(context)
    return review


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one of several requests."""

    group_id: str
    review_id: str
    """Of the proposal; empty where there is none."""
    refusal: str
    """Why there is none."""


def ask_many(context: Context, requests: Iterable[Request]) -> list[Answer]:
    """Write every request down that can be, each as a proposal of its own."""
    desk = ReviewDesk(context, or_last=True)
    answers: list[Answer] = []
    for request in requests:
        review_id = refusal = ""
        try:
            review = desk.draft(request)
            desk.book.propose(review)
            review_id = review.id
        except InputError as error:
            refusal = error.message
        answers.append(Answer(group_id=request.group_id, review_id=review_id, refusal=refusal))
    seal_audit(context)
    return answers


def extend(context: Context, review_id: str, until: date, words: Words) -> Review:
    """Ask for a review to last longer: a new one, on which another person decides anew.

    Raises:
        InputError: there is no such review, it does not expire, or the day does not fit.
    """
    desk = ReviewDesk(context)
    old = find_review(context, review_id)
    review = desk.extend(old, by=words.actor, until=until, comment=words.comment)
    desk.book.propose(review)
    seal_audit(context)
    return review


def move(
    context: Context, step: Step, review_id: str, words: Words, *, dry_run: bool = False
) -> Moved:
    """Approve, reject or withdraw a review.

    Raises:
        Conflict: somebody moved it meanwhile.
        ReviewRefused: the actor may not, or it is not in a state for that.
        InputError: there is no such review, or the comment cannot be kept.
    """
    before = find_review(context, review_id)
    seen = words.seen or before.version
    try:
        comment = checked_remark(context, words.comment)
        made = Move(actor=words.actor, at=utc_now(), comment=comment, seen=seen)
    except ValueError as error:
        raise InputError(f"This cannot be written down: {error}.") from None
    book = ReviewBook(context.catalog, context.policy)
    after = _STEPS[step](book, review_id, made, dry_run=dry_run)
    if not dry_run:
        seal_audit(context)
    return Moved(before=before, after=after)


def find_review(context: Context, review_id: str) -> Review:
    """Return a review.

    Raises:
        InputError: there is none of this id.
    """
    review = ReviewBook(context.catalog, context.policy).find(review_id)
    if review is None:
        raise InputError(
            f"There is no review {review_id}.", hint="shardgate review list shows what waits."
        )
    return review


def take_effect(context: Context, moved: Moved) -> bool:
    """Have the decisions made anew if a step is felt; tell whether that was begun."""
    is_begun = moved.is_felt and bool(context.catalog.corpus())
    if is_begun:
        decide_anew(context)
    return is_begun
