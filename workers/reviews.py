"""What people decide, for any face: what waits, what a review would change, what it is bound to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from ingest.errors import InputError
from policies.columns import FINDING_FAMILIES
from policies.report.group import group_violations, list_members
from policies.report.model import Group
from policies.review import (
    DEFAULT_WAIVER_DAYS,
    MAX_BLOBS,
    NO_REVIEWS,
    Review,
    ReviewKind,
    ReviewState,
    Target,
    check_binding,
    clearing_lane,
    in_force,
    lane_of_category,
    lane_that_clears,
    max_waiver,
    rule_version,
)
from policies.review.orphans import OrphanReason, find_orphans
from store.catalog import ReviewBook, fresh_id
from workers.context import Context, utc_now
from workers.corpus import Corpus, corpus_keys, load_corpus, load_decisions
from workers.foresight import foresee_review
from workers.group_story import group_of
from workers.part_of_corpus import load_part
from workers.reading.groups import find_view
from workers.reading.present import latest_decisions
from workers.remarks import checked_pattern, checked_remark
from workers.review_requests import Outlook, Request

_ID_CHARS: Final = 16
"""People type these ids; that one is free is checked when it is written."""


class ReviewDesk:
    """The reviews of an installation at one moment, beside the decisions that they are about."""

    def __init__(
        self,
        context: Context,
        *,
        or_last: bool = False,
        repositories: Collection[str] | None = None,
    ) -> None:
        """Take the context; the corpus is read when it is first needed.

        Args:
            context: of the installation.
            or_last: whether the last decisions stand in while new ones are being made, so that
                people go on seeing what waits.
            repositories: ids of those of which groups and changes are told; None: of all.
        """
        self._context = context
        self._repositories = None if repositories is None else frozenset(repositories)
        self._or_last = or_last
        self._keys = corpus_keys(context)
        self.now = utc_now()
        self.book = ReviewBook(context.catalog, context.policy)

    @cached_property
    def decisions(self) -> pa.Table:
        """Decisions in force.

        Raises:
            InputError: nothing was decided yet.
        """
        found = load_decisions(self._context, self._keys)
        if found is None and self._or_last:
            found = self._last_decisions()
        if found is None:
            raise InputError(
                "There are no decisions over the present corpus, policy and reviews.",
                hint="Run: shardgate sync",
            )
        return found

    @cached_property
    def is_stale(self) -> bool:
        """Tell whether decisions over the present corpus, policy and reviews are still made."""
        return not self._context.lake.exists("decisions", self._keys.decisions)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Groups of what stands against release, those that block most first."""
        report = group_violations(
            self.decisions,
            self._corpus.dossier(),
            facts=self._corpus.facts,
            trees=self._corpus.trees,
            policy=self._context.policy,
        )
        blocking = [
            group for group in report.groups if group.blocked.files and self.is_seen(group.repo_id)
        ]
        return tuple(sorted(blocking, key=lambda g: (-g.blocked.files, g.id)))

    def is_seen(self, repo_id: str) -> bool:
        """Tell whether anything may be told of a repository."""
        return self._repositories is None or repo_id in self._repositories

    def find_group(self, group_id: str) -> Group:
        """Return an open group.

        Raises:
            InputError: there is no such group.
        """
        for group in self.groups:
            if group.id == group_id:
                return group
        raise InputError(
            f"There is no open group {group_id}.", hint="shardgate review list shows those."
        )

    def lane_of(self, group: Group) -> str:
        """Return who can clear a group; empty where nobody can."""
        lane = lane_that_clears(self._context.policy, group.rule_id)
        return lane.value if lane is not None else ""

    def name_of(self, group: Group) -> str:
        """Return the name of the repository that a group is in."""
        return self._names.get(group.repo_id, group.repo_id)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return self._context.repository_names()

    def draft(self, request: Request) -> Review:
        """Return the review that a request amounts to; nothing is written.

        Raises:
            InputError: what is asked for does not exist, does not fit together, or nobody may, or
                the comment holds a secret.
        """
        target = self._target(request)
        policy = self._context.policy
        lane = request.lane
        if request.kind is ReviewKind.FALSE_POSITIVE:
            lane = lane_of_category(target.category)
        elif request.kind.clears_a_rule:
            lane = clearing_lane(policy, target.rule_id)
        try:
            review = Review(
                id=fresh_id("rvw")[:_ID_CHARS],
                kind=request.kind,
                target=target,
                lane=lane,
                reason=request.reason,
                comment=checked_remark(self._context, request.comment),
                requested_by=request.by,
                requested_at=self.now,
                expires_at=self._expiry(request, target.rule_id),
            )
        except ValueError as error:
            raise InputError(f"This cannot be asked for: {error}.") from None
        check_binding(review, policy)
        return review

    def extend(self, old: Review, *, by: str, until: date, comment: str) -> Review:
        """Return the review that continues another one; it is decided on anew.

        Raises:
            InputError: it does not expire, the day does not fit, or the comment holds a secret.
        """
        if old.expires_at is None:
            raise InputError(f"{old.id} does not expire.")
        try:
            review = replace(
                old,
                id=fresh_id("rvw")[:_ID_CHARS],
                requested_by=by,
                requested_at=self.now,
                starts_at=None,
                expires_at=_end_of(until),
                comment=checked_remark(self._context, comment),
                extends=old.id,
                state=ReviewState.PROPOSED,
                version=1,
                approvals=(),
            )
        except ValueError as error:
            raise InputError(f"This cannot be asked for: {error}.") from None
        check_binding(review, self._context.policy)
        return review

    def foresee(self, review: Review) -> Outlook:
        """Return what a review would change if it were in force now."""
        if self.is_stale:
            raise InputError(
                "Decisions are being made anew; what this would change can be told after that.",
                hint="Look again in a moment.",
            )
        trial = replace(review, state=ReviewState.APPROVED, starts_at=None, requested_at=self.now)
        standing = self._keys.reviews
        reviews = in_force(
            [*standing.items, trial], self.now, standing.withdrawals, standing.withdrawn
        )
        return foresee_review(self._context, self._keys, trial, reviews, self._repositories)

    def orphans(self) -> list[tuple[Review, OrphanReason]]:
        """Return the reviews in force that match nothing any more."""
        found = load_corpus(self._context, self._keys, NO_REVIEWS)
        return find_orphans(
            self._keys.reviews.items,
            self.decisions,
            self._context.policy,
            fingerprints={finding["fingerprint"] for _, finding in _findings(found)},
        )

    @cached_property
    def _corpus(self) -> Corpus:
        # The last decisions may be of other reviews: what these cleared is still held by them.
        return load_corpus(self._context, self._keys, NO_REVIEWS if self.is_stale else None)

    def _last_decisions(self) -> pa.Table | None:
        present = latest_decisions(self._context, self._keys)
        if present is None:
            return None
        found = self._context.lake.read("decisions", present.key)
        # Of another policy they would name rules that nobody can look up.
        metadata = found.schema.metadata or {}
        is_ours = metadata.get(b"policy_digest", b"").decode() == self._context.policy.digest
        return found if is_ours else None

    def _target(self, request: Request) -> Target:
        if request.group_id:
            return self._target_of_group(request)
        if request.repository is None:
            raise InputError("Name a group, or a repository and a path.")
        place = {"repo_id": request.repository.id}
        if request.kind is ReviewKind.FALSE_POSITIVE:
            return self._target_of_finding(request, request.repository.id)
        if request.pattern:
            place["pattern"] = checked_pattern(self._context, request.pattern)
            blobs: tuple[str, ...] = ()
        else:
            blobs = (self._row(request)["blob_id"],)
        rule = self._rule(request) if request.kind.clears_a_rule else ""
        return self._bound(request, rule, blobs, place)

    def _target_of_group(self, request: Request) -> Target:
        view = find_view(self._context, request.group_id)
        group = group_of(self._context, view)
        place = {"repo_id": group.repo_id}
        if request.kind is ReviewKind.FALSE_POSITIVE:
            if group.kind == "license":
                raise InputError("This group is about a license; there is no finding in it.")
            return Target(
                fingerprint=group.key,
                category=group.label,
                repo_id="" if request.everywhere else group.repo_id,
            )
        part = load_part(self._context, group.repo_id)
        members = list_members(
            part.decisions,
            group,
            facts=part.corpus.facts,
            trees=part.corpus.trees,
            policy=self._context.policy,
        )
        blobs = tuple(sorted({blob for _, blob in members}))
        if len(blobs) > MAX_BLOBS:
            raise InputError(
                f"The group has {len(blobs):,} contents, more than one review may name.",
                hint="Ask for a path pattern in the repository.",
            )
        rule = group.rule_id if request.kind.clears_a_rule else ""
        return self._bound(request, rule, blobs, place)

    def _bound(
        self, request: Request, rule: str, blobs: tuple[str, ...], place: Mapping[str, str]
    ) -> Target:
        """Bind to contents or a pattern; what a rule says of a content it says everywhere."""
        version = rule_version(self._context.policy, rule) if rule else ""
        is_narrow = not rule or "pattern" in place
        try:
            return Target(
                rule_id=rule,
                rule_version=version,
                blob_ids=blobs,
                repo_id=place["repo_id"] if is_narrow and not request.everywhere else "",
                pattern=place.get("pattern", ""),
            )
        except ValueError as error:
            raise InputError(f"This cannot be asked for: {error}.") from None

    def _target_of_finding(self, request: Request, repo_id: str) -> Target:
        if not request.fingerprint:
            raise InputError(
                "Say which finding is none: --fingerprint.",
                hint="shardgate report and review show name fingerprints.",
            )
        blob = self._row(request)["blob_id"] if request.path else ""
        for holder, finding in _findings(load_part(self._context, repo_id).corpus):
            if finding["fingerprint"] == request.fingerprint and blob in ("", holder):
                return Target(
                    fingerprint=finding["fingerprint"],
                    category=finding["category"],
                    repo_id="" if request.everywhere else repo_id,
                    blob_ids=(blob,) if blob and not request.everywhere else (),
                )
        raise InputError(f"There is no finding {request.fingerprint} there.")

    def _row(self, request: Request) -> dict[str, str]:
        repository = request.repository
        part = load_part(self._context, repository.id if repository else "")
        is_there = pc.equal(part.decisions["path"], pa.scalar(request.path, pa.binary()))
        rows: list[dict[str, str]] = part.decisions.filter(is_there).to_pylist()
        if not rows:
            raise InputError(
                "The repository has no such path at its last snapshot.",
                hint="Give the whole path from its root, or --pattern.",
            )
        return rows[0]

    def _rule(self, request: Request) -> str:
        """Return the rule that is meant: the one that is named, or the only one that holds."""
        if request.rule_id or request.pattern:
            if not request.rule_id:
                raise InputError("Say which rule: --rule.")
            return request.rule_id
        policy = self._context.policy
        names = [n for n in self._row(request)["reasons"] if lane_that_clears(policy, n)]
        if len(names) != 1:
            held_by = ", ".join(names) or "no rule that can be waived"
            raise InputError(f"The file is held by {held_by}.", hint="Say which rule: --rule.")
        return names[0]

    def _expiry(self, request: Request, rule_id: str) -> datetime | None:
        if request.until is not None:
            return _end_of(request.until)
        if not request.kind.clears_a_rule:
            return None
        longest = max_waiver(self._context.policy, rule_id)
        return self.now + min(timedelta(days=DEFAULT_WAIVER_DAYS), longest)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _findings(corpus: Corpus) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield (blob id, finding) of every finding; those in paths with an empty id."""
    for family in FINDING_FAMILIES:
        facts = corpus.facts[family]
        found = facts.filter(pc.greater(pc.list_value_length(facts["findings"]), 0))
        for row in found.select(["blob_id", "findings"]).to_pylist():
            yield from ((row["blob_id"], finding) for finding in row["findings"])
    paths = corpus.trees["path_findings"].combine_chunks().flatten()
    yield from (("", finding) for finding in paths.to_pylist())
