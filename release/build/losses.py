"""The wipe-out guard: no step takes away most of a repository without anyone having meant it.

A detector that holds everything, a mirror that came back empty or a fold that takes one file for
another leaves a release that is clean and nearly empty. So each step is compared with what went
in: the decision with the release that is out, folding and writing with what they were given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from policies.decision import Tier
from policies.model import COPY_WITHDRAWN, REVIEW_REASONS, WITHDRAWN
from release.build.gate import Check, Draft, refusal
from release.domain.manifest import GateCheck
from release.domain.rows import Fate

PERSONS_REASONS: Final = REVIEW_REASONS | {WITHDRAWN, COPY_WITHDRAWN}
"""Reasons of a decision that a person gave: a row that is lost for one of them was meant to be."""
_SHOWN_RULES: Final = 4
_BUILD_STAGES: Final = frozenset({"dedup", "build"})


class Step(StrEnum):
    """The steps that can lose rows."""

    SNAPSHOT = "snapshot"
    DECIDE = "decide"
    DEDUP = "dedup"
    BUILD = "build"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One repository in one release, by what became of its files."""

    emitted: int = 0
    folded: int = 0
    held: int = 0
    """Held while it was built."""
    elsewhere: int = 0
    """Decided to be no part of the tier."""

    @property
    def chosen(self) -> int:
        """Files that were decided to be of the tier."""
        return self.emitted + self.folded + self.held

    @property
    def seen(self) -> int:
        """All files."""
        return self.chosen + self.elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The release that the new one is compared with."""

    release_id: str
    tallies: Mapping[str, Tally]


@dataclass(frozen=True, slots=True, kw_only=True)
class LossGuard:
    """What may be lost."""

    max_share: float = 0.5
    min_rows: int = 20
    """Smaller repositories may change as they like."""
    accepted: frozenset[str] = frozenset()
    """Repositories whose loss a person has accepted for this build."""
    explained: frozenset[str] = frozenset()
    """Repositories that may leave whole."""
    by_people: Callable[[], Mapping[str, int]] = dict
    """Counts the files of each repository that left by what people did since the parent was
    published; is asked only where it matters."""
    is_blocking: Callable[[str], bool] = lambda _: True
    """Tells whether a reason stands against release; the others are not named."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Repository to the name that people know."""

    def is_too_much(self, before: int, after: int) -> bool:
        """Tell whether going from one number of rows to another is a wipe-out."""
        return before >= self.min_rows and before - after > self.max_share * before


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A step that takes too much of a repository."""

    repo_id: str
    step: Step
    before: int
    after: int


def tally(emitted: Mapping[str, int], exclusions: pa.Table) -> dict[str, Tally]:
    """Count the files of each repository by what became of them."""
    groups = exclusions.group_by(["repo_id", "stage", "fate"]).aggregate([([], "count_all")])
    counts: dict[str, Counter[str]] = {repo: Counter(emitted=n) for repo, n in emitted.items()}
    for row in groups.to_pylist():
        counts.setdefault(row["repo_id"], Counter())[_part(row)] += row["count_all"]
    return {repo: Tally(**count) for repo, count in counts.items()}


def _part(row: Mapping[str, str]) -> str:
    if row["stage"] not in _BUILD_STAGES:
        return "elsewhere"
    return "folded" if row["fate"] == Fate.FOLDED.value else "held"


def check_losses(draft: Draft, parent: Parent | None, guard: LossGuard) -> GateCheck:
    """Compare each step with what went into it.

    Raises:
        ReleaseRefused: a step takes more than its share of a repository, which nobody has explained
            or accepted.
    """
    now = tally(draft.emitted_by_repository(), draft.exclusions)
    known = parent.tallies if parent else {}
    losses = [
        loss for repo in sorted(now.keys() | known) for loss in _losses(repo, now, known, guard)
    ]
    by_people = cache(guard.by_people)
    meant = [loss for loss in losses if _is_meant(loss, draft, guard, by_people)]
    stopping = [loss for loss in losses if loss not in meant]
    if stopping:
        against = f" compared with {parent.release_id}" if parent else ""
        told = "; ".join(_tell(loss, draft, guard) for loss in stopping)
        names = " ".join(
            f"--accept-loss {guard.names.get(r, r)}" for r in sorted({s.repo_id for s in stopping})
        )
        raise refusal(
            Check.WIPE_OUT,
            f"{told}{against}.",
            "Look at a lost file with: shardgate why REPOSITORY PATH. If it is meant: shardgate "
            f"release build --tier {draft.tier.value} {names}",
        )
    numbers = {"repositories": len(now), "compared": len(known), "meant": len(meant)}
    return GateCheck(name=Check.WIPE_OUT.value, numbers=numbers)


def _losses(
    repo: str, now: Mapping[str, Tally], known: Mapping[str, Tally], guard: LossGuard
) -> Iterator[Loss]:
    after, before = now.get(repo, Tally()), known.get(repo)
    if before and guard.is_too_much(before.chosen, after.chosen):
        is_gone = guard.is_too_much(before.seen, after.seen)
        step = Step.SNAPSHOT if is_gone else Step.DECIDE
        yield Loss(repo_id=repo, step=step, before=before.chosen, after=after.chosen)
    for step, left in _build_steps(after):
        # What a published release has lost to the same step before, somebody has let pass.
        was_so = before is not None and any(
            step is other and guard.is_too_much(*pair) for other, pair in _build_steps(before)
        )
        if guard.is_too_much(*left) and not was_so:
            yield Loss(repo_id=repo, step=step, before=left[0], after=left[1])


def _build_steps(count: Tally) -> Iterator[tuple[Step, tuple[int, int]]]:
    yield Step.DEDUP, (count.chosen, count.chosen - count.folded)
    yield Step.BUILD, (count.emitted + count.held, count.emitted)


def _is_meant(
    loss: Loss, draft: Draft, guard: LossGuard, by_people: Callable[[], Mapping[str, int]]
) -> bool:
    if loss.repo_id in guard.accepted:
        return True
    if loss.step not in (Step.SNAPSHOT, Step.DECIDE):
        return False
    if loss.repo_id in guard.explained:
        return True
    persons = sum(1 for rules in _rules(loss, draft) if PERSONS_REASONS & set(rules))
    left = loss.after + persons + _moved(loss, draft)
    return not guard.is_too_much(loss.before, left) or not guard.is_too_much(
        loss.before, left + by_people().get(loss.repo_id, 0)
    )


def _moved(loss: Loss, draft: Draft) -> int:
    """Return how many files are released now instead: to the internal tier that is no loss."""
    if draft.tier is Tier.RELEASABLE:
        return 0
    decisions = draft.inputs.decisions
    is_moved = pc.and_(
        pc.equal(decisions["repo_id"], loss.repo_id),
        pc.equal(decisions["outcome"], Tier.RELEASABLE.value),
    )
    return int(pc.sum(is_moved).as_py() or 0)


def _rules(loss: Loss, draft: Draft) -> Iterator[list[str]]:
    """Yield the rules of each file that a step has taken out of a repository."""
    stages = {Step.DEDUP: {"dedup"}, Step.BUILD: {"build"}}.get(loss.step, {"decide", "tier"})
    for row in draft.exclusions.select(["repo_id", "stage", "rule"]).to_pylist():
        if row["repo_id"] == loss.repo_id and row["stage"] in stages:
            yield row["rule"].split(",")


def _tell(loss: Loss, draft: Draft, guard: LossGuard) -> str:
    rules = Counter(
        rule for names in _rules(loss, draft) for rule in names if guard.is_blocking(rule)
    )
    shown = ", ".join(f"{rule} {count:,}" for rule, count in rules.most_common(_SHOWN_RULES))
    name = guard.names.get(loss.repo_id, loss.repo_id)
    lost = f"{loss.before - loss.after:,} of {loss.before:,} rows"
    return f"{name} loses {lost} to the step {loss.step.value}" + (f" ({shown})" if shown else "")
