"""Why a file is not released, and the smallest sets of steps by people that would release it.

A step either changes a fact that a person is asked for (consent, rights basis, a finding that is
none) or clears one reason. Each combination of changed facts is judged by the policy itself, once
as things are and once with every review in force that could be asked for; what the second clears
of the first needs one review each. So a set is found by looking at all combinations, and what it
promises is what reviews do, also where a condition is not known to hold or a waiver is refused.

Reviews name the content, so they clear its copies too. A copy that is still held then needs one
step more at most: that it is a copy can be waived as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pyarrow as pa

from policies.columns import DOSSIER
from policies.database import open_database
from policies.decision import Outcome
from policies.evaluate import judge_corpus
from policies.model import COPY_RESTRICTED, ENGINE_REASONS, REVIEW_REASONS, Policy
from policies.review import (
    NO_REVIEWS,
    Review,
    ReviewKind,
    ReviewReason,
    Reviews,
    ReviewState,
    Target,
    is_bound,
    lane_that_clears,
    rule_version,
)
from policies.review.marks import clearing_ids
from policies.steps import Content, Step, StepKind, apply_steps, changes

ONLY_HERE: Final = Content()
_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """The answer."""

    sets: tuple[tuple[Step, ...], ...]
    """Smallest sets of steps, each sorted; empty when no set releases the file. None smaller
    exists; of those that free a copy elsewhere by another step than a waiver of the copy, some."""
    dead_ends: tuple[str, ...]
    """Reasons that no step here takes away, on the way that gets furthest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """What one row is held for under some facts."""

    clearable: frozenset[str]
    """Reasons that a review clears."""
    stuck: frozenset[str]
    """Reasons that stand with every review in force."""


def why_not(
    row: Mapping[str, object],
    policy: Policy,
    *,
    content: Content = ONLY_HERE,
    reviews: Reviews = NO_REVIEWS,
    copied: str = "",
) -> WayOut:
    """Return the smallest sets of steps that would release an occurrence.

    Args:
        row: its dossier row.
        policy: the policy in force.
        content: other places of the same bytes, and the findings in them.
        reviews: those in force.
        copied: the engine's reason where a near copy of the content is restricted, or where the
            content was withdrawn elsewhere. It stands beside whatever the file is held for.

    Near copies are compared once a file is releasable, so one that appears then is not foreseen.
    """
    clearing = _clearing(policy, str(row["blob_id"]))
    repo, found = str(row["repo_id"]), content.found
    ways = list(changes(row, found))
    facts = [apply_steps(row, steps, found, repo) for steps in ways]
    judged = _judge(facts, policy, (reviews, clearing))
    near = () if not copied else (copied,)
    held: list[tuple[tuple[Step, ...], frozenset[str]]] = []
    stuck: list[tuple[str, ...]] = []
    for steps, said in zip(ways, judged, strict=True):
        lost = {*said.stuck, *(n for n in near if n not in clearing)}
        if lost:
            stuck.append(tuple(sorted(lost)))
        else:
            held.append((steps, said.clearable.union(near)))
    if not held:
        return WayOut(sets=(), dead_ends=min(stuck, key=len))
    least = min(_size(steps) + len(reasons) for steps, reasons in held)
    smallest = [(steps, r) for steps, r in held if _size(steps) + len(r) == least]
    others = [
        (
            steps,
            reasons,
            [
                apply_steps(copy, steps, found, repo)
                for copy in content.copies
                if copy["skip_reason"] is None
            ],
        )
        for steps, reasons in smallest
    ]
    return WayOut(sets=_with_copies(others, policy, (reviews, clearing)), dead_ends=())


def _with_copies(
    smallest: Sequence[tuple[tuple[Step, ...], frozenset[str], Sequence[Mapping[str, object]]]],
    policy: Policy,
    said: tuple[Reviews, Mapping[str, Review]],
) -> tuple[tuple[Step, ...], ...]:
    """Return the smallest sets, with what the copies need beyond them: nothing, or one step.

    `smallest` has steps, reasons that are cleared, and the copies under these steps.
    """
    freed, more = set(), set()
    for steps, reasons, copies in smallest:
        left = [] if _are_apart(copies, policy, said[0]) else _judge(copies, policy, said)
        missing = {reason for copy in left for reason in copy.clearable} - reasons
        is_stuck = any(copy.stuck for copy in left)
        if not missing and not is_stuck:
            freed.add(_way(steps, reasons, said))
            continue
        more.add(_way(steps, reasons | {COPY_RESTRICTED}, said))
        if len(missing) == 1 and not is_stuck:
            more.add(_way(steps, reasons | missing, said))
    return tuple(sorted(freed or more))


def _are_apart(copies: Sequence[Mapping[str, object]], policy: Policy, reviews: Reviews) -> bool:
    """Tell whether copies of a content restrict nothing, whatever they are held for."""
    if not copies:
        return True
    blob = str(copies[0]["blob_id"])
    is_public = blob in policy.document.public_content
    return is_public or blob in clearing_ids(COPY_RESTRICTED, reviews.judging(policy))


def _size(steps: Iterable[Step]) -> int:
    return sum(step.size for step in steps)


def _way(
    steps: Iterable[Step], reasons: Collection[str], said: tuple[Reviews, Mapping[str, Review]]
) -> tuple[Step, ...]:
    reviews, clearing = said
    decided = {review.id: review.lane for review in reviews.items}
    cleared = (
        Step(kind=_KINDS[clearing[name].kind], subject=name, lane=clearing[name].lane.value)
        if name in clearing
        else Step(kind=StepKind.WITHDRAW, subject=name, lane=decided[name].value)
        for name in reasons
    )
    return tuple(sorted([*steps, *cleared]))


_KINDS: Final = {ReviewKind.WAIVE: StepKind.WAIVE, ReviewKind.REDACT: StepKind.REDACT}


def _clearing(policy: Policy, blob_id: str) -> dict[str, Review]:
    """Return, by reason, the review of a content that would clear it, where one can be asked for.

    A waiver where it is not refused, else to take the values out.
    """
    found = {}
    for name in (*(rule.id for rule in policy.rules), *ENGINE_REASONS):
        lane = lane_that_clears(policy, name)
        if lane is None:
            continue
        target = Target(rule_id=name, rule_version=rule_version(policy, name), blob_ids=(blob_id,))
        for kind in _KINDS:
            review = Review(
                id=f"way out of {name}",
                kind=kind,
                target=target,
                lane=lane,
                reason=ReviewReason.OTHER,
                comment="as if it were in force",
                requested_by="nobody",
                requested_at=_MOMENT,
                expires_at=_MOMENT + timedelta(days=1),
                state=ReviewState.APPROVED,
            )
            if is_bound(review, policy):
                found[name] = review
                break
    return found


def _judge(
    rows: Sequence[Mapping[str, object]],
    policy: Policy,
    said: tuple[Reviews, Mapping[str, Review]],
) -> list[_Held]:
    """Return what each of some rows is held for, with the reviews in force and with all others."""
    reviews, clearing = said
    # What people decided about a file can be withdrawn; a withdrawal is lifted otherwise.
    agreed = (review for review in reviews.items if not review.kind.restricts)
    every = replace(reviews, items=(*agreed, *clearing.values()))
    # A pattern is looked for in `path_text`, so a row may stand under any path.
    numbered = [{**row, "path": b"%09d" % number} for number, row in enumerate(rows)]
    dossier = pa.Table.from_pylist(numbered, schema=DOSSIER)
    now, then = (_blockers(dossier, policy, those) for those in (reviews, every))
    return [
        _Held(clearable=before - after, stuck=after)
        for before, after in zip(now, then, strict=True)
    ]


def _blockers(dossier: pa.Table, policy: Policy, reviews: Reviews) -> list[frozenset[str]]:
    """Return what holds each row; what people decided by the id of the review."""
    with open_database() as connection:
        judge_corpus(connection, dossier, policy, reviews)
        found = connection.execute(
            "SELECT verdict_outcome, verdict_reasons, verdict_waivers FROM judged ORDER BY path"
        ).fetchall()
    restricting = {review.id for review in reviews.items if review.kind.restricts}
    return [
        frozenset()
        if outcome == Outcome.RELEASABLE
        else frozenset(n for n in reasons if policy.is_blocking(n) and n not in REVIEW_REASONS)
        | restricting.intersection(ids)
        for outcome, reasons, ids in found
    ]
