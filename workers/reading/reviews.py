"""Reviews as pages and API show them: what was asked for, by whom, and who may act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from policies.decision import Lane
from policies.review import Review, ReviewKind, ReviewReason, ReviewState
from store.asking import MAX_LIMIT, Filter, Query
from store.catalog import CatalogLists, ReviewBook
from workers.context import Context, utc_now
from workers.reading.grammar import Field, Kind
from workers.reading.page import NotFound, Page, page_of, within
from workers.said import Patterns

FIELDS: Final[Mapping[str, Field]] = {
    "id": Field(does="Id of the review."),
    "kind": Field(
        does="What is asked for.",
        kind=Kind.CHOICE,
        choices=tuple(kind.value for kind in ReviewKind),
    ),
    "lane": Field(
        does="Whose reviewers decide.", kind=Kind.CHOICE, choices=tuple(lane.value for lane in Lane)
    ),
    "state": Field(
        does="Where it stands now.",
        kind=Kind.CHOICE,
        choices=tuple(state.value for state in ReviewState),
    ),
    "reason": Field(
        does="Why.", kind=Kind.CHOICE, choices=tuple(reason.value for reason in ReviewReason)
    ),
    "by": Field(does="Who asked for it."),
    "rule": Field(does="Rule that it is about."),
    "fingerprint": Field(does="Finding that it is about."),
    "repository": Field(does="Id of the repository that it is bound to."),
    "requested": Field(does="When it was asked for.", kind=Kind.MOMENT, is_sortable=True),
    "expires": Field(does="When it ends.", kind=Kind.MOMENT, is_sortable=True),
}
DEFAULT_SORT: Final = "-requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalView:
    """One reviewer's yes."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One thing that one person did about a review."""

    version: int
    action: str
    """propose | approve | reject | withdraw."""
    actor: str
    at: datetime
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """A review as it stands now."""

    id: str
    version: int
    """Names what was looked at: a step on another version is refused."""
    kind: ReviewKind
    lane: Lane
    state: ReviewState
    reason: ReviewReason
    comment: str
    requested_by: str
    requested_at: datetime
    starts_at: datetime | None
    expires_at: datetime | None
    extends: str
    rule: str
    """Empty where it is about no rule."""
    repository: str
    """Id; empty: everywhere."""
    pattern: str
    """Of paths in the repository, as it may be shown; empty where contents are named."""
    contents: int
    """Contents that it names."""
    fingerprint: str
    category: str
    approvals: tuple[ApprovalView, ...]
    quorum: int
    """Approvals that its lane asks for."""
    steps: tuple[StepView, ...] = ()
    """Oldest first; in a list none are told."""


def list_reviews(context: Context, query: Query, *, requested_by: str = "") -> Page[ReviewView]:
    """Return a page of reviews, newest first; those that somebody asked for, or all.

    Raises:
        QueryRefused: the cursor belongs to another list.
    """
    now, lists, patterns = utc_now(), CatalogLists(context.catalog), Patterns(context)
    second = now.replace(microsecond=0)  # the clock ends reviews too
    return page_of(
        within(query, "by", {requested_by} if requested_by else None).sorted_by(DEFAULT_SORT),
        lambda asked, after: context.keep(
            ("reviews", asked, after, second), lambda: lists.reviews(asked, after, now)
        ),
        lambda rows: [review_view(context, row, now, patterns=patterns) for row in rows],
    )


def find_review(context: Context, review_id: str) -> ReviewView:
    """Return one review with everything that was done about it.

    Raises:
        NotFound: there is no such review.
    """
    book = ReviewBook(context.catalog, context.policy)
    review = book.find(review_id)
    if review is None:
        raise NotFound(f"There is no review {review_id}.")
    steps = tuple(
        StepView(version=e.version, action=e.action, actor=e.actor, at=e.at, comment=e.comment)
        for e in book.history(review_id)
    )
    return review_view(context, review, utc_now(), steps)


def find_reviews(context: Context, review_ids: Iterable[str]) -> list[ReviewView]:
    """Return some reviews, without what was done about them; those that are none are left out."""
    ids = sorted({name for name in review_ids if "*" not in name})[:MAX_LIMIT]
    if not ids:
        return []
    query = Query(filters=(Filter(field="id", values=tuple(ids)),), limit=MAX_LIMIT)
    return list(list_reviews(context, query).items)


def review_view(
    context: Context,
    review: Review,
    now: datetime,
    steps: tuple[StepView, ...] = (),
    *,
    patterns: Patterns | None = None,
) -> ReviewView:
    """Return a review as it stands at a moment; `patterns` are shared by those of a list."""
    target = review.target
    patterns = patterns or Patterns(context)
    return ReviewView(
        id=review.id,
        version=review.version,
        kind=review.kind,
        lane=review.lane,
        state=review.state_at(now),
        reason=review.reason,
        comment=review.comment,
        requested_by=review.requested_by,
        requested_at=review.requested_at,
        starts_at=review.starts_at,
        expires_at=review.expires_at,
        extends=review.extends,
        rule=target.rule_id,
        repository=target.repo_id,
        pattern=patterns.show(target.repo_id, target.pattern),
        contents=len(target.blob_ids),
        fingerprint=target.fingerprint,
        category=target.category,
        approvals=tuple(ApprovalView(by=a.by, at=a.at) for a in review.approvals),
        quorum=context.policy.quorum(review.lane),
        steps=steps,
    )
