"""One review as whoever decides needs it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ingest.errors import InputError
from policies.review import ReviewState
from store.asking import Filter, Query
from workers.context import Context
from workers.group_story import reviewers_by_lane
from workers.reading.groups import list_groups
from workers.reading.reviews import ReviewView, find_review
from workers.review_requests import Outlook
from workers.reviewing import find_review as stored_review
from workers.reviews import ReviewDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewStory:
    """A review, what it would change, and who may decide on it."""

    review: ReviewView
    outlook: Outlook | None
    """What it would change; None where it is no proposal any more, or cannot be told."""
    refusal: str
    """Why that cannot be told; empty where it can, or need not."""
    repository: str
    """Name; empty: everywhere."""
    reviewers: tuple[str, ...]
    """Active ones of its lane."""
    group_id: str
    """Of an open group that it is about; empty where there is none."""
    now: datetime


def tell_review(
    context: Context, review_id: str, *, repositories: Collection[str] | None = None
) -> ReviewStory:
    """Return everything about a review.

    `repositories` are ids of those in which changes are told; None: in all.

    Raises:
        InputError: there is no such review.
    """
    desk = ReviewDesk(context, or_last=True, repositories=repositories)
    view = find_review(context, review_id)
    review = stored_review(context, review_id)
    outlook, refusal, group_id = None, "", ""
    if view.state is ReviewState.PROPOSED:
        try:
            outlook = desk.foresee(review)
            group_id = _group_near(context, view, repositories)
        except InputError as error:
            refusal = error.message
    return ReviewStory(
        review=view,
        outlook=outlook,
        refusal=refusal,
        repository=context.repository_names().get(view.repository, view.repository),
        reviewers=reviewers_by_lane(context)[view.lane],
        group_id=group_id,
        now=desk.now,
    )


def _group_near(context: Context, view: ReviewView, repositories: Collection[str] | None) -> str:
    """Return the id of an open group that a review is about; empty where there is none."""
    if view.fingerprint:
        about = [
            Filter(field="about", values=(view.category,)),
            Filter(field="key", values=(view.fingerprint,)),
        ]
    elif view.rule:
        about = [Filter(field="rule", values=(view.rule,))]
    else:
        return ""
    if view.repository:
        about.append(Filter(field="repository_id", values=(view.repository,)))
    query = Query(filters=tuple(sorted(about)), limit=1)
    found = list_groups(context, query, repositories=repositories).items
    return found[0].id if found else ""
