"""One group as a reviewer needs it: where it stands, what was said, and what may be asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import pyarrow.compute as pc

from ingest.domain.repository import Repository
from ingest.errors import Conflict
from policies.decision import Lane
from policies.report.cases import Case, Cases, list_cases
from policies.report.model import Group
from policies.report.said import Said
from policies.review import NO_REVIEWS, ReviewKind, lane_of_category, max_waiver
from policies.review.paths import matches
from store.catalog import ReviewerBook
from workers.context import Context, utc_now
from workers.corpus import corpus_keys, load_corpus
from workers.reviews import ReviewDesk
from workers.said import said_about

PLACES: Final = 50
"""Places that are listed; the group says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An outcome that may be asked for."""

    kind: ReviewKind
    lane: Lane | None
    """Whose reviewers decide on it; None: the asker says, any lane may restrict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStory:
    """A group, and everything that bears on a decision about it."""

    group: Group
    lane: Lane | None
    """Who can clear it; None: nobody can, it needs other facts."""
    repository: Repository
    names: Mapping[str, str]
    """Repository id to name, of every place."""
    cases: Cases
    said: tuple[Said, ...]
    """Reviews about the same finding or rule there, newest first."""
    choices: tuple[Choice, ...]
    longest: timedelta
    """How long a waiver of the rule may last."""
    reviewers: Mapping[Lane, tuple[str, ...]]
    """Who decides in each lane."""
    is_stale: bool
    """Decisions are being made anew; this is how they were."""
    before: str
    """Id of the group before it in its lane's order; empty: it is the first."""
    after: str

    @property
    def known(self) -> frozenset[str]:
        """What was seen: ids and versions of the reviews; it changes when somebody acts."""
        return frozenset(f"{s.review.id}.{s.review.version}" for s in self.said)


def tell_group(
    context: Context, group_id: str, *, repositories: Collection[str] | None = None
) -> GroupStory:
    """Return everything about an open group, and of others what may be seen.

    `repositories` are ids of those that may be seen; None: all.

    Raises:
        InputError: there is no such group.
    """
    desk = ReviewDesk(context, or_last=True, repositories=repositories)
    group = desk.find_group(group_id)
    keys = corpus_keys(context)
    corpus = load_corpus(context, keys, NO_REVIEWS if desk.is_stale else None)
    cases = list_cases(
        desk.seen(desk.decisions),
        group,
        facts=corpus.facts,
        trees=corpus.trees,
        policy=context.policy,
        limit=PLACES,
    )
    everything = load_corpus(context, keys, NO_REVIEWS) if keys.reviews.items else corpus
    of_repository = desk.decisions.filter(pc.equal(desk.decisions["repo_id"], group.repo_id))
    told = said_about(context, [group.repo_id], of_repository, everything)
    known = {repository.id: repository for repository in context.catalog.list_repositories()}
    lane = desk.lane_of(group)
    beside = [g.id for g in desk.groups if desk.lane_of(g) == lane]
    place = beside.index(group.id)
    before, after = ["", *beside][place], [*beside, ""][place + 1]
    return GroupStory(
        group=group,
        lane=Lane(lane) if lane else None,
        repository=known[group.repo_id],
        names={r.id: r.name for r in known.values() if desk.is_seen(r.id)},
        cases=cases,
        said=tuple(reversed([s for s in told if _is_about(s, group, cases.here)])),
        choices=tuple(_choices(group, Lane(lane) if lane else None)),
        longest=max_waiver(context.policy, group.rule_id),
        reviewers=reviewers_by_lane(context),
        is_stale=desk.is_stale,
        before=before,
        after=after,
    )


def check_unseen(story: GroupStory, seen: str) -> None:
    """Check that nobody acted on a group since it was looked at.

    `seen` is what `known` was then, separated by spaces.

    Raises:
        Conflict: somebody did.
    """
    fresh = story.known - frozenset(seen.split())
    by = sorted(
        {s.steps[-1].actor for s in story.said if f"{s.review.id}.{s.review.version}" in fresh}
    )
    if fresh:
        raise Conflict(f"{', '.join(by)} acted on it after you opened it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Several groups that are decided on alike."""

    groups: tuple[Group, ...]
    names: Mapping[str, str]
    """Repository id to name."""
    choices: tuple[Choice, ...]
    """What may be asked for of every one of them."""
    longest: timedelta
    """How long a waiver may last under every rule of theirs."""


def tell_bundle(context: Context, group_ids: Iterable[str]) -> Bundle:
    """Return some open groups; those that are open no more are left out."""
    desk = ReviewDesk(context, or_last=True)
    wanted = set(group_ids)
    groups = tuple(g for g in desk.groups if g.id in wanted)
    offered = [{c.kind for c in _choices(g, _lane(desk, g))} for g in groups]
    common = set[ReviewKind].intersection(*offered) if offered else set()
    first = _choices(groups[0], _lane(desk, groups[0])) if groups else ()
    lengths = [max_waiver(context.policy, g.rule_id) for g in groups]
    return Bundle(
        groups=groups,
        names={r.id: r.name for r in context.catalog.list_repositories()},
        choices=tuple(choice for choice in first if choice.kind in common),
        longest=min(lengths, default=timedelta()),
    )


def _lane(desk: ReviewDesk, group: Group) -> Lane | None:
    name = desk.lane_of(group)
    return Lane(name) if name else None


def reviewers_by_lane(context: Context) -> dict[Lane, tuple[str, ...]]:
    """Return the active reviewers of every lane, by name."""
    found = ReviewerBook(context.catalog, utc_now).list_all()
    return {lane: tuple(r.name for r in found if r.active and r.lane is lane) for lane in Lane}


def _choices(group: Group, lane: Lane | None) -> Iterable[Choice]:
    is_finding = group.kind != "license"
    if is_finding:
        yield Choice(kind=ReviewKind.FALSE_POSITIVE, lane=lane_of_category(group.label))
    if lane is not None and group.kind == "finding":
        yield Choice(kind=ReviewKind.REDACT, lane=lane)
    if lane is not None:
        yield Choice(kind=ReviewKind.WAIVE, lane=lane)
    yield Choice(kind=ReviewKind.KEEP_INTERNAL, lane=None)
    yield Choice(kind=ReviewKind.EXCLUDE, lane=None)


def _is_about(said: Said, group: Group, cases: Iterable[Case]) -> bool:
    target = said.review.target
    if target.fingerprint:
        return target.fingerprint == group.key
    if target.rule_id and target.rule_id != group.rule_id:
        return False
    if target.pattern:
        return any(matches(target.pattern, case.path.decode(errors="replace")) for case in cases)
    return any(case.blob_id in target.blob_ids for case in cases)
