"""What waits for reviewers: open groups, proposals to agree to, waivers about to end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from ingest.errors import InputError
from policies.decision import Lane
from policies.review import ReviewState
from store.asking import MAX_LIMIT, Filter, Op, Query
from workers.context import Context, utc_now
from workers.group_story import reviewers_by_lane
from workers.reading.grammar import Field, QueryRefused, rfc3339
from workers.reading.groups import FIELDS as GROUP_FIELDS
from workers.reading.groups import (
    NO_GROUPS,
    GroupTotals,
    GroupView,
    list_groups,
    total_groups,
    totals_of,
    words_of_groups,
)
from workers.reading.page import Page
from workers.reading.present import present_decisions
from workers.reading.reviews import ReviewView, list_reviews
from workers.reading.sight import Sight

SOON: Final = timedelta(days=14)
"""How long before its end a waiver is shown."""
MOST_WORDS: Final = 12
"""Rules and repositories that are offered as filters; any other can be written into the URL."""
_MOST_BESIDE: Final = 20
"""Proposals and ending waivers that are shown beside the groups."""
LANE_FIELDS: Final[Mapping[str, Field]] = {
    name: field for name, field in GROUP_FIELDS.items() if name != "lane"
}
"""Filters of the inbox of one lane."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGroup:
    """A group in an inbox."""

    group: GroupView
    pending: tuple[ReviewView, ...]
    """Proposals about the same rule or finding that nobody decided on yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Everything that a lane has to do."""

    lane: Lane | None
    """None: all of them."""
    page: Page[OpenGroup]
    totals: GroupTotals
    """What the filters leave."""
    rules: Mapping[str, int]
    """Rule to open groups of the lane, those with most first; not all of them."""
    repositories: Mapping[str, int]
    """Name to open groups of the lane, those with most first; not all of them."""
    proposed: Page[ReviewView]
    """Wait for a second person, oldest first."""
    expiring: Page[ReviewView]
    """In force for at most `SOON`, first what ends first."""
    names: Mapping[str, str]
    """Repository id to name, of what may be seen."""
    reviewers: tuple[str, ...]
    """Of the lane; empty where it is none in particular."""
    is_stale: bool
    """Decisions are being made anew; what is listed is as they were."""
    is_decided: bool
    """False: nothing was looked at yet, so that nothing waits means nothing."""


def read_inbox(context: Context, lane: Lane | None, query: Query, sight: Sight) -> Inbox:
    """Return a page of the inbox of a lane, or of all lanes, as somebody may see it.

    Who sees their own repositories only is told of these, and of what they asked for themselves.

    Raises:
        QueryRefused: the cursor belongs to another list.
    """
    of_lane = () if lane is None else (Filter(field="lane", values=(lane.value,)),)
    present = present_decisions(context)
    page, totals, words = _groups(context, query, of_lane, sight.repositories)
    return Inbox(
        lane=lane,
        page=_with_pending(context, page, of_lane, sight.asked_by),
        totals=totals,
        rules=words["rule"],
        repositories=words["repository"],
        proposed=_proposed(context, of_lane, sight.asked_by),
        expiring=_expiring(context, of_lane, sight.asked_by),
        names=_names(context, sight),
        reviewers=reviewers_by_lane(context)[lane] if lane else (),
        is_decided=present is not None,
        is_stale=present is not None and present.is_stale,
    )


def ends_soon(expires_at: datetime | None, now: datetime) -> bool:
    """Tell whether what is in force ends within `SOON`."""
    return expires_at is not None and expires_at - now <= SOON


def is_near(review: ReviewView, group: GroupView) -> bool:
    """Tell whether a review is about the finding or the rule of a group, in its repository."""
    if review.repository not in ("", group.repository_id):
        return False
    if review.fingerprint:
        return (review.fingerprint, review.category) == (group.key, group.about)
    return review.rule == group.rule


_Words = Mapping[str, Mapping[str, int]]


def _groups(
    context: Context, query: Query, of_lane: tuple[Filter, ...], ids: Collection[str] | None
) -> tuple[Page[GroupView], GroupTotals, _Words]:
    whole = Query(filters=of_lane)
    asked = replace(query, filters=tuple(sorted([*query.filters, *of_lane])))
    try:
        page = list_groups(context, asked, repositories=ids, is_counted=False)
        totals = totals_of(page) or total_groups(context, asked, repositories=ids)
        words = {
            field: words_of_groups(context, whole, field, repositories=ids, most=MOST_WORDS)
            for field in ("rule", "repository")
        }
    except QueryRefused:
        raise
    except InputError:
        return Page(items=(), next_cursor=None, total=0), NO_GROUPS, {"rule": {}, "repository": {}}
    return replace(page, total=totals.groups if totals.is_all else None), totals, words


def _names(context: Context, sight: Sight) -> Mapping[str, str]:
    names = context.repository_names()
    seen = sight.repositories
    return names if seen is None else {i: name for i, name in names.items() if i in seen}


def _with_pending(
    context: Context, page: Page[GroupView], of_lane: tuple[Filter, ...], asked_by: str
) -> Page[OpenGroup]:
    near = _near(context, page.items, of_lane, asked_by) if page.items else []
    items = [
        OpenGroup(group=g, pending=tuple(r for r in near if is_near(r, g))) for g in page.items
    ]
    return page.shown_as(items)


def _near(
    context: Context, groups: Sequence[GroupView], of_lane: tuple[Filter, ...], asked_by: str
) -> list[ReviewView]:
    """Return the newest proposals about the findings or the rules of some groups."""
    places = _filter("repository", ["", *(g.repository_id for g in groups)])
    about = (
        _filter("fingerprint", [g.key for g in groups if g.kind != "license"]),
        _filter("rule", [g.rule for g in groups]),
    )
    found = [
        list_reviews(
            context,
            Query(filters=tuple(sorted([*of_lane, _PROPOSED, places, of_these])), limit=MAX_LIMIT),
            requested_by=asked_by,
        ).items
        for of_these in about
        if of_these.values
    ]
    return [review for reviews in found for review in reviews]


def _filter(field: str, values: Iterable[str]) -> Filter:
    # A star would stand for anything; no id and no fingerprint has one.
    return Filter(field=field, values=tuple(sorted({v for v in values if "*" not in v})))


_PROPOSED: Final = Filter(field="state", values=(ReviewState.PROPOSED.value,))
_ACTIVE: Final = Filter(field="state", values=(ReviewState.ACTIVE.value,))


def _proposed(context: Context, of_lane: tuple[Filter, ...], by: str) -> Page[ReviewView]:
    filters = tuple(sorted([*of_lane, _PROPOSED]))
    query = Query(filters=filters, sort="requested", limit=_MOST_BESIDE)
    return list_reviews(context, query, requested_by=by)


def _expiring(context: Context, of_lane: tuple[Filter, ...], by: str) -> Page[ReviewView]:
    soon = Filter(field="expires", op=Op.BEFORE, values=(rfc3339(utc_now() + SOON),))
    filters = tuple(sorted([*of_lane, _ACTIVE, soon]))
    query = Query(filters=filters, sort="expires", limit=_MOST_BESIDE)
    return list_reviews(context, query, requested_by=by)
