"""One group as a reviewer needs it: where it stands, what was said, and what may be asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ingest.domain.repository import Repository
from ingest.errors import Conflict, InputError
from policies.decision import Lane
from policies.effective import describe_reason
from policies.report.cases import Case, list_cases
from policies.report.model import Amount, Group
from policies.report.said import Said
from policies.review import ReviewKind, lane_of_category, max_waiver
from policies.review.paths import matches
from store.catalog import ReviewerBook
from workers.context import Context, utc_now
from workers.part_of_corpus import load_part
from workers.reading.elsewhere import Elsewhere, find_elsewhere
from workers.reading.groups import GroupView, beside, find_view, find_views
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
    cases: tuple[Case, ...]
    """Files that it stands in, by path; the list is cut."""
    elsewhere: Elsewhere
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

    `repositories` are ids of those that may be seen; None: all. Nothing is read that grows with
    the company: the group comes from the index, its cases from its repository.

    Raises:
        InputError: there is no such group.
    """
    view = find_view(context, group_id, repositories=repositories)
    repository = context.find_repository(view.repository_id)
    if repository is None:
        raise InputError(f"There is no open group {group_id}.")
    group = group_of(context, view)
    part = load_part(context, view.repository_id)
    here = part.cases.get(
        group.id,
        lambda: list_cases(
            part.decisions,
            group,
            facts=part.corpus.facts,
            trees=part.corpus.trees,
            policy=context.policy,
            limit=PLACES,
        ),
    )
    told = said_about(context, [group.repo_id], part.decisions, part.everything)
    before, after = beside(context, view, repositories=repositories)
    return GroupStory(
        group=group,
        lane=view.lane,
        repository=repository,
        cases=here.here,
        elsewhere=find_elsewhere(context, view, repositories=repositories),
        said=tuple(reversed([s for s in told if _is_about(s, group, here.here)])),
        choices=tuple(_choices(group, view.lane)),
        longest=max_waiver(context.policy, group.rule_id),
        reviewers=reviewers_by_lane(context),
        is_stale=view.is_stale,
        before=before,
        after=after,
    )


def group_of(context: Context, view: GroupView) -> Group:
    """Return a group of the index with the words of its rule, and without examples.

    Raises:
        InputError: it is of decisions by another policy than the one in force.
    """
    try:
        reason = describe_reason(view.rule, context.policy)
    except ValueError:
        raise InputError(
            "Decisions are being made anew by another policy.", hint="Look again in a moment."
        ) from None
    return Group(
        repo_id=view.repository_id,
        rule_id=view.rule,
        title=reason.title,
        because=reason.because,
        remedy=reason.remedy,
        effect=reason.effect,
        lane=reason.lane,
        kind=view.kind,
        key=view.key,
        label=view.about,
        preview=view.preview,
        cases=view.cases,
        touched=Amount(files=view.files, bytes=view.bytes),
        blocked=Amount(files=view.blocked, bytes=view.blocked_bytes),
        examples=(),
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
    views = find_views(context, group_ids)
    groups = [group_of(context, view) for view in views]
    offered = [tuple(_choices(g, v.lane)) for g, v in zip(groups, views, strict=True)]
    kinds = [{choice.kind for choice in choices} for choices in offered]
    common = set[ReviewKind].intersection(*kinds) if kinds else set()
    lengths = [max_waiver(context.policy, g.rule_id) for g in groups]
    return Bundle(
        groups=tuple(groups),
        names={view.repository_id: view.repository for view in views},
        choices=tuple(c for c in offered[0] if c.kind in common) if offered else (),
        longest=min(lengths, default=timedelta()),
    )


def reviewers_by_lane(context: Context) -> dict[Lane, tuple[str, ...]]:
    """Return the active reviewers of every lane, by name."""
    found = context.keep("reviewers", ReviewerBook(context.catalog, utc_now).list_all)
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
