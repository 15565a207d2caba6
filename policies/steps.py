"""Steps by which people get a file released, and the facts that they change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, combinations, product
from typing import Any, Final

from ingest.domain.finding import Category
from ingest.domain.repository import RightsBasis
from policies.columns import FINDING_FAMILIES, STRONG_SECRETS, counter_name
from policies.folds import FAMILY_NOUNS
from policies.review import lane_of_category

_MOST: Final = 6
"""Findings of a content that are each tried as false positives; of more, category by category, and
of more categories, all or none."""


class StepKind(StrEnum):
    """What a person does."""

    CONSENT = "consent"
    RIGHTS = "rights"
    FALSE_POSITIVE = "false-positive"
    WAIVE = "waive"
    REDACT = "redact"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Step:
    """One step of a way out."""

    kind: StepKind
    subject: str
    """The rule or engine reason that is cleared, the category, the rights basis, the repository
    whose owner consents, or the review that is withdrawn."""
    lane: str = ""
    """Who decides on it; empty for the owner of the repository."""
    fingerprints: tuple[str, ...] = ()
    """Findings that are declared none, sorted; each takes a review of its own."""

    @property
    def size(self) -> int:
        """How many acts it takes: a review per finding, else one."""
        return max(1, len(self.fingerprints))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The findings of one fingerprint and category in a content."""

    category: Category
    fingerprint: str
    count: int
    """Without those that only a language model made."""
    model_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is known of a content beside one of its places."""

    copies: Sequence[Mapping[str, object]] = ()
    """Dossier rows of the other places."""
    found: Sequence[Found] = ()
    """What people can declare to be none."""


def changes(row: Mapping[str, object], found: Sequence[Found]) -> Iterator[tuple[Step, ...]]:
    """Yield every combination of steps that change facts, the empty one first."""
    consent: list[tuple[Step, ...]] = [()]
    if row["consent_valid"] is not True:
        consent.append((Step(kind=StepKind.CONSENT, subject=str(row["repo_id"])),))
    rights: list[tuple[Step, ...]] = [()]
    rights += [
        (Step(kind=StepKind.RIGHTS, subject=basis.value),)
        for basis in RightsBasis
        if basis.value != row["rights_basis"]
    ]
    for groups in product(consent, rights, _declared(found)):
        yield tuple(chain.from_iterable(groups))


def _declared(found: Sequence[Found]) -> Iterator[tuple[Step, ...]]:
    """Yield every set of findings that could be declared none, by category."""
    by_category: dict[Category, list[Found]] = {}
    for one in found:
        by_category.setdefault(one.category, []).append(one)
    units = [[one] for one in found]
    if len(units) > _MOST:
        units = list(by_category.values())
    if len(units) > _MOST:
        units = [list(found)]
    for size in range(len(units) + 1):
        for chosen in combinations(units, size):
            picked = list(chain.from_iterable(chosen))
            yield tuple(
                Step(
                    kind=StepKind.FALSE_POSITIVE,
                    subject=category.value,
                    lane=lane_of_category(category).value,
                    fingerprints=tuple(
                        sorted(one.fingerprint for one in picked if one.category is category)
                    ),
                )
                for category in by_category
                if any(one.category is category for one in picked)
            )


def apply_steps(
    row: Mapping[str, object], steps: Iterable[Step], found: Sequence[Found], repo_id: str
) -> dict[str, object]:
    """Return a dossier row with the facts that steps change.

    `repo_id` is where the owner acts; what is declared of a content holds wherever it stands.
    """
    changed: dict[str, Any] = dict(row)
    is_here = row["repo_id"] == repo_id
    for step in steps:
        if step.kind is StepKind.CONSENT:
            changed["consent_valid"] = True if is_here else row["consent_valid"]
        elif step.kind is StepKind.RIGHTS:
            changed["rights_basis"] = step.subject if is_here else row["rights_basis"]
        else:
            for one in found:
                if one.category.value == step.subject and one.fingerprint in step.fingerprints:
                    _take_out(changed, one)
    return changed


def _take_out(row: dict[str, Any], found: Found) -> None:
    """Take the findings of one fingerprint out of a dossier row."""
    category = found.category
    noun = next(FAMILY_NOUNS[f] for f, known in FINDING_FAMILIES.items() if category in known)
    counters = [counter_name(category), f"{noun}_count"]
    counters += ["strong_secret_count"] if category in STRONG_SECRETS else []
    for name in counters:
        row[name] = None if row[name] is None else max(0, row[name] - found.count)
    if found.model_count and row["model_person_count"] is not None:
        row["model_person_count"] = max(0, row["model_person_count"] - found.model_count)
    if row[counter_name(category)] == 0:
        categories = row[f"{noun}_categories"] or ()
        row[f"{noun}_categories"] = [c for c in categories if c != category.value]
