"""Why a file is not released, and the smallest sets of steps by people that would release it.

A step either changes a fact that a person is asked for (consent, rights basis, a finding that is
none) or clears one reason by a waiver of its lane. Each combination of changed facts is judged by
the policy itself, and what still blocks then needs one waiver each; so the smallest set is found
by looking at all of them, not by a rule of thumb.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, combinations, product
from typing import Any, Final

from ingest.domain.finding import Category
from ingest.domain.repository import RightsBasis
from policies.columns import FINDING_FAMILIES, STRONG_SECRETS, counter_name
from policies.decision import Lane
from policies.evaluate import judge_rows
from policies.folds import FAMILY_NOUNS
from policies.model import REVIEW_REASONS, Policy
from policies.review import lane_of_category, lane_that_clears

_MAX_CATEGORIES: Final = 6
"""Categories found in one file that are each tried as false positives; of more, all or none."""


class StepKind(StrEnum):
    """What a person does."""

    CONSENT = "consent"
    RIGHTS = "rights"
    FALSE_POSITIVE = "false-positive"
    WAIVE = "waive"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Step:
    """One step of a way out."""

    kind: StepKind
    subject: str
    """The rule or engine reason that is waived, the category, or the rights basis."""
    lane: str = ""
    """Who decides on it; empty for the owner of the repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """The answer."""

    sets: tuple[tuple[Step, ...], ...]
    """Every smallest set of steps, each sorted; empty when no set releases the file."""
    dead_ends: tuple[str, ...]
    """Reasons that no step here takes away, on the way that gets furthest."""


def lane_of_step(policy: Policy, reason: str) -> Lane | None:
    """Return the lane that takes a reason away; a decision of people is withdrawn by legal."""
    return Lane.LEGAL if reason in REVIEW_REASONS else lane_that_clears(policy, reason)


def why_not(
    row: Mapping[str, object],
    policy: Policy,
    *,
    copied: str = "",
    decided: Sequence[str] = (),
    waived: Collection[str] = (),
) -> WayOut:
    """Return the smallest sets of steps that would release an occurrence.

    Args:
        row: its dossier row.
        policy: the policy in force.
        copied: the engine's reason where a copy of the content is restricted elsewhere. It stands
            beside whatever the file itself is held for.
        decided: reasons that reviews give; these have to be withdrawn.
        waived: reasons that people waived already.

    Near copies are compared once a file is releasable, so one that appears then is not foreseen.
    """
    changes = list(_changes(row))
    verdicts = judge_rows([_apply(row, steps) for steps in changes], policy)
    ways, dead_ends = [], list[tuple[str, ...]]()
    for steps, (_, reasons) in zip(changes, verdicts, strict=True):
        held = [n for n in reasons if policy.is_blocking(n) and n not in waived]
        blockers = [*held, *([copied] if copied else ()), *decided]
        lanes = {reason: lane_of_step(policy, reason) for reason in blockers}
        stuck = tuple(sorted(reason for reason, lane in lanes.items() if lane is None))
        if stuck:
            dead_ends.append(stuck)
            continue
        waivers = [
            Step(kind=StepKind.WAIVE, subject=reason, lane=lane.value)
            for reason, lane in lanes.items()
            if lane is not None
        ]
        ways.append(tuple(sorted([*steps, *waivers])))
    if not ways:
        return WayOut(sets=(), dead_ends=min(dead_ends, key=len))
    least = min(map(len, ways))
    return WayOut(sets=tuple(sorted({w for w in ways if len(w) == least})), dead_ends=())


def _changes(row: Mapping[str, object]) -> Iterator[tuple[Step, ...]]:
    """Yield every combination of changed facts, the unchanged facts first."""
    consent: list[tuple[Step, ...]] = [()]
    if row["consent_valid"] is not True:
        consent.append((Step(kind=StepKind.CONSENT, subject=str(row["repo_id"])),))
    rights: list[tuple[Step, ...]] = [()]
    rights += [
        (Step(kind=StepKind.RIGHTS, subject=basis.value),)
        for basis in RightsBasis
        if basis.value != row["rights_basis"]
    ]
    found = [
        category
        for categories in FINDING_FAMILIES.values()
        for category in categories
        if row[counter_name(category)] not in (None, 0)
    ]
    steps = [
        Step(kind=StepKind.FALSE_POSITIVE, subject=c.value, lane=lane_of_category(c).value)
        for c in found
    ]
    for groups in product(consent, rights, _subsets(steps)):
        yield tuple(chain.from_iterable(groups))


def _subsets(steps: Sequence[Step]) -> Iterator[tuple[Step, ...]]:
    if len(steps) > _MAX_CATEGORIES:
        yield from ((), tuple(steps))
        return
    for size in range(len(steps) + 1):
        yield from combinations(steps, size)


def _apply(row: Mapping[str, object], steps: Iterable[Step]) -> dict[str, object]:
    """Return the dossier row with the facts that the steps change."""
    changed: dict[str, Any] = dict(row)
    for step in steps:
        if step.kind is StepKind.CONSENT:
            changed["consent_valid"] = True
        elif step.kind is StepKind.RIGHTS:
            changed["rights_basis"] = step.subject
        else:
            _take_out(changed, Category(step.subject))
    return changed


def _take_out(row: dict[str, Any], category: Category) -> None:
    """Take all findings of a category out of a dossier row."""
    noun = next(FAMILY_NOUNS[f] for f, known in FINDING_FAMILIES.items() if category in known)
    count = row[counter_name(category)]
    totals = [f"{noun}_count", *(["strong_secret_count"] if category in STRONG_SECRETS else ())]
    for name in totals:
        row[name] = None if row[name] is None else max(0, row[name] - count)
    row[counter_name(category)] = 0
    row[f"{noun}_categories"] = [c for c in row[f"{noun}_categories"] or () if c != category.value]
