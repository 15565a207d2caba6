"""What a policy that loads may still get wrong: files that it would let out, rules nobody proved.

The guards are cases, not readings of the rules: each is a file that no company means to release,
judged by the policy. So it does not matter in which rule, or how, a policy catches it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ingest.domain.finding import BLOB_FAMILIES, Category, Family, ScanStatus
from policies.columns import FINDING_FAMILIES, STRONG_SECRETS, counter_name
from policies.decision import Outcome
from policies.document import check_examples, load_policy
from policies.evaluate import judge_rows
from policies.examples import clean_row
from policies.folds import FAMILY_NOUNS
from policies.model import BLOCKING, Effect, GivenValue, Policy, Rule
from policies.yaml_source import parse_yaml


class Level(StrEnum):
    """How bad it is."""

    ERROR = "error"
    """The policy would release what it must not, or contradicts its own examples."""
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One remark about a policy."""

    level: Level
    rule_id: str
    """Empty where no single rule is meant."""
    where: str
    """``line L, column C`` of the rule; empty with `rule_id`."""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guard:
    """A file that may not be released as it is."""

    what: str
    given: Mapping[str, GivenValue]
    category: Category | None = None
    """Where set, to redact this category is enough."""


_NOT_COMPLETED: Final = (ScanStatus.TIMED_OUT.value, ScanStatus.FAILED.value, "missing")
_FOREIGN: Final[dict[str, GivenValue]] = {"provenance": "third_party", "has_foreign_holder": True}
_FACTS: Final[tuple[tuple[str, dict[str, GivenValue]], ...]] = (
    ("whose owner gave no release consent", {"consent_valid": False}),
    ("whose consent is not known", {"consent_valid": None}),
    ("under a copyleft license", {"own_license_category": "copyleft"}),
    ("below a copyleft license", {"scope_license_category": "copyleft"}),
    ("under an unknown license", {"own_license_category": "unknown"}),
    ("under somebody else's terms", {"own_license_category": "proprietary", **_FOREIGN}),
    ("of somebody else, without a license", _FOREIGN),
    ("vendored without a license", {"is_vendor": True}),
    ("whose owner is not known", {"provenance": "unknown"}),
    ("whose terms forbid training", {"training_restricted": True}),
    (
        "under a permissive license with words of restriction",
        {"own_license_category": "permissive", "has_restriction": True},
    ),
    ("with a part that no detector read", {"undecoded": 1}),
    ("whose path gives something away", {"path_finding_count": 1}),
    ("without any rights basis", {"rights_basis": None}),
)


def lint(text: str) -> list[Remark]:
    """Return the remarks about a policy document, errors first.

    Raises:
        ConfigurationError: the document does not load.
    """
    policy = load_policy(text)
    source = parse_yaml(text)
    places = {
        part.id: source.locate((name, i))
        for name, parts in policy.document.parts.items()
        for i, part in enumerate(parts)
    }
    errors = [(Level.ERROR, *remark) for remark in (*_failures(policy), *_leaks(policy))]
    warnings = [(Level.WARNING, *remark) for remark in _doubts(policy)]
    return [
        Remark(level=level, rule_id=rule_id, where=places.get(rule_id, ""), message=message)
        for level, rule_id, message in (*errors, *warnings)
    ]


def _failures(policy: Policy) -> Iterator[tuple[str, str]]:
    for failure in check_examples(policy):
        yield (
            failure.rule_id,
            f"example {failure.number} expects {failure.expected} and gets {failure.actual}",
        )


def _leaks(policy: Policy) -> Iterator[tuple[str, str]]:
    guards = list(_guards())
    verdicts = judge_rows([clean_row(guard.given) for guard in guards], policy)
    for guard, (outcome, reasons) in zip(guards, verdicts, strict=True):
        fired = [rule for name in reasons if (rule := policy.find_rule(name)) is not None]
        redacted = {c for rule in fired if rule.effect is Effect.REDACT for c in rule.categories}
        if outcome == Outcome.RELEASABLE and guard.category not in redacted:
            yield "", f"a file {guard.what} would be released"


def _guards() -> Iterator[_Guard]:
    for family in (*BLOB_FAMILIES, Family.PROVENANCE):
        for status in _NOT_COMPLETED:
            what = f"whose {family} scan is {status.replace('_', ' ')}"
            yield _Guard(what=what, given={f"{family}_status": status})
    for what, given in _FACTS:
        yield _Guard(what=what, given=given)
    for family, categories in FINDING_FAMILIES.items():
        for category in categories:
            yield _Guard(
                what=f"that holds {category.value}, unredacted,",
                given=finding_facts(family, category),
                category=category,
            )


def finding_facts(family: Family, category: Category, count: int = 1) -> dict[str, GivenValue]:
    """Return the facts of a file in which a category was found so many times, and nothing else."""
    noun = FAMILY_NOUNS[family]
    given: dict[str, GivenValue] = {
        counter_name(category): count,
        f"{noun}_count": count,
        f"{noun}_categories": [category.value],
    }
    return given | ({"strong_secret_count": count} if category in STRONG_SECRETS else {})


def _doubts(policy: Policy) -> Iterator[tuple[str, str]]:
    for row in policy.document.licenses:
        if not any(example.decides for example in row.tests):
            yield row.id, "no example shows the row deciding"
    conditions: defaultdict[tuple[str, Effect], list[str]] = defaultdict(list)
    for rule in policy.rules:
        yield from ((rule.id, message) for message in _doubts_about(rule))
        earlier = conditions[rule.condition.sql, rule.effect]
        if earlier and rule.effect is not Effect.REDACT:
            yield rule.id, f"{earlier[0]} has the same condition and effect"
        earlier.append(rule.id)


def _doubts_about(rule: Rule) -> Iterator[str]:
    if not rule.document.tests:
        yield "no example proves the rule"
    elif not any(example.fires for example in rule.document.tests):
        yield "no example shows the rule firing"
    if rule.effect in BLOCKING:
        if not rule.document.remedy:
            yield "the owner of a file is not told what to do about it (remedy)"
    elif rule.effect is Effect.GRANT and "consent_valid" not in rule.condition.columns:
        yield "the grant does not ask for the owner's consent"
