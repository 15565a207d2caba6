"""One review as whoever decides needs it, and the register of all that is in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.errors import InputError
from policies.review import ReviewKind, ReviewState
from policies.review.orphans import OrphanReason
from workers.context import Context
from workers.group_story import reviewers_by_lane
from workers.inbox import ends_soon, is_near
from workers.reading.reviews import ReviewView, find_review, review_view
from workers.review_requests import Outlook
from workers.reviewing import find_review as stored_review
from workers.reviews import ReviewDesk
from workers.said import Patterns


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A review in force, as the register lists it."""

    review: ReviewView
    repository: str
    """Name; empty: everywhere."""
    uses: int
    """Files that it bears on now; of a false positive none are counted."""
    orphan: OrphanReason | None
    """Why it matches nothing any more."""
    ends_soon: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Every exception that is in force."""

    waivers: Sequence[Waiver]
    """Those that end first, first; what does not end comes last."""
    is_decided: bool
    """False: nothing was decided yet, so that uses and orphans are not known."""
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
            group_id = next((g.id for g in desk.groups if is_near(review, g)), "")
        except InputError as error:
            refusal = error.message
    return ReviewStory(
        review=view,
        outlook=outlook,
        refusal=refusal,
        repository=_names(context).get(view.repository, view.repository),
        reviewers=reviewers_by_lane(context)[view.lane],
        group_id=group_id,
        now=desk.now,
    )


def read_register(context: Context) -> Register:
    """Return every review that is in force, with what it still does."""
    desk = ReviewDesk(context, or_last=True)
    names, patterns = _names(context), Patterns(context)
    active = [r for r in desk.book.agreed() if r.state_at(desk.now) is ReviewState.ACTIVE]
    uses: Counter[str] = Counter()
    orphans: dict[str, OrphanReason] = {}
    try:
        uses.update(desk.decisions["waiver_ids"].combine_chunks().flatten().to_pylist())
        orphans = {review.id: reason for review, reason in desk.orphans()}
        is_decided = True
    except InputError:
        is_decided = False
    waivers = [
        Waiver(
            review=review_view(context, review, desk.now, patterns=patterns),
            repository=names.get(review.target.repo_id, review.target.repo_id),
            uses=uses[review.id],
            orphan=orphans.get(review.id),
            ends_soon=ends_soon(review, desk.now),
        )
        for review in active
    ]
    waivers.sort(key=lambda w: (w.review.expires_at is None, w.review.expires_at, w.review.id))
    return Register(waivers=waivers, is_decided=is_decided, now=desk.now)


def counts_files(kind: ReviewKind) -> bool:
    """Tell whether uses of a kind of review are counted in files."""
    return kind is not ReviewKind.FALSE_POSITIVE


def _names(context: Context) -> Mapping[str, str]:
    return {r.id: r.name for r in context.catalog.list_repositories()}
