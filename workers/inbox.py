"""What waits for the reviewers of one lane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ingest.errors import InputError
from policies.decision import Lane
from policies.report.model import Amount, Group
from policies.review import Review, ReviewState
from workers.context import Context
from workers.group_story import reviewers_by_lane
from workers.reviews import ReviewDesk

SOON: Final = timedelta(days=14)
"""How long before its end a waiver is shown."""
PAGE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a reviewer wants to see of an inbox; empty: everything."""

    rule: tuple[str, ...] = ()
    repository: tuple[str, ...] = ()
    """Names."""
    text: str = ""
    """In the rule, its title, the label, the masked value or a path."""
    after: str = ""
    """Id of the group after which the page begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGroup:
    """A group in an inbox."""

    group: Group
    repository: str
    """Name."""
    pending: tuple[Review, ...]
    """Proposals about the same rule or finding that nobody decided on yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Everything that a lane has to do."""

    lane: Lane
    groups: Sequence[OpenGroup]
    total: int
    """Groups that the filters leave."""
    blocked: Amount
    """What these groups hold back; files that several hold are counted for each."""
    next_after: str
    """Of `Filters.after`; empty on the last page."""
    rules: Mapping[str, int]
    """Rule to open groups of the lane, those with most first."""
    repositories: Mapping[str, int]
    """Name to open groups of the lane, those with most first."""
    proposed: Sequence[Review]
    """Wait for a second person, oldest first."""
    expiring: Sequence[Review]
    """In force for at most `SOON`, first what ends first."""
    names: Mapping[str, str]
    """Repository id to name."""
    reviewers: tuple[str, ...]
    is_stale: bool
    """Decisions are being made anew; what is listed is as they were."""
    is_decided: bool
    """False: nothing was looked at yet, so that nothing waits means nothing."""
    now: datetime


def read_inbox(context: Context, lane: Lane, filters: Filters) -> Inbox:
    """Return a page of the inbox of a lane."""
    desk = ReviewDesk(context, or_last=True)
    names = {r.id: r.name for r in context.catalog.list_repositories()}
    reviews = [r for r in desk.book.list_all() if r.lane is lane]
    proposed = [r for r in reviews if r.state_at(desk.now) is ReviewState.PROPOSED]
    try:
        of_lane = [g for g in desk.groups if desk.lane_of(g) == lane.value]
        is_decided = True
    except InputError:
        of_lane, is_decided = [], False
    found = [g for g in of_lane if _fits(g, names, filters)]
    start = next((n + 1 for n, g in enumerate(found) if g.id == filters.after), 0)
    page = found[start : start + PAGE]
    return Inbox(
        lane=lane,
        groups=[
            OpenGroup(
                group=g,
                repository=names.get(g.repo_id, g.repo_id),
                pending=tuple(r for r in proposed if is_near(r, g)),
            )
            for g in page
        ],
        total=len(found),
        blocked=sum((g.blocked for g in found), Amount(files=0, bytes=0)),
        next_after=page[-1].id if start + PAGE < len(found) else "",
        rules=_counted(g.rule_id for g in of_lane),
        repositories=_counted(names.get(g.repo_id, g.repo_id) for g in of_lane),
        proposed=proposed,
        expiring=sorted(
            (r for r in reviews if ends_soon(r, desk.now)), key=lambda r: (r.expires_at, r.id)
        ),
        names=names,
        reviewers=reviewers_by_lane(context)[lane],
        is_decided=is_decided,
        is_stale=is_decided and desk.is_stale,
        now=desk.now,
    )


def ends_soon(review: Review, now: datetime) -> bool:
    """Tell whether a review in force ends within `SOON`."""
    until = review.expires_at
    return review.state_at(now) is ReviewState.ACTIVE and until is not None and until - now <= SOON


def is_near(review: Review, group: Group) -> bool:
    """Tell whether a review is about the finding or the rule of a group, in its repository."""
    target = review.target
    if target.repo_id not in ("", group.repo_id):
        return False
    if target.fingerprint:
        return (target.fingerprint, target.category) == (group.key, group.label)
    return target.rule_id == group.rule_id


def _fits(group: Group, names: Mapping[str, str], filters: Filters) -> bool:
    name = names.get(group.repo_id, group.repo_id)
    if filters.rule and group.rule_id not in filters.rule:
        return False
    if filters.repository and name not in filters.repository:
        return False
    paths = (place.path.decode(errors="replace") for place in group.examples)
    words = (group.id, group.rule_id, group.title, group.label, group.preview, name, *paths)
    return filters.text.casefold() in " ".join(words).casefold()


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())
