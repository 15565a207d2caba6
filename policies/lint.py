"""What a policy that loads may still get wrong: files that it would let out, rules nobody proved.

The guards are cases, not readings of the rules: each is a file that no company means to release,
judged by the policy. So it does not matter in which rule, or how, a policy catches it. Each is
judged with few findings and with many, as a small file and as a large one: what holds a file with
one finding has to hold one with two.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from ingest.domain.finding import BLOB_FAMILIES, Category, Family, ScanStatus
from policies.columns import COUNT_COLUMNS, FINDING_FAMILIES, STRONG_SECRETS, counter_name
from policies.decision import RANKS, Outcome
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Guard:
    """A file that may not be released as it is."""

    what: str
    given: Mapping[str, GivenValue]
    category: Category | None = None
    """Where set, to redact this category is enough."""
    counted: tuple[str, ...] = ()
    """Columns of `given` that hold how much of it there is."""

    @property
    def variants(self) -> list[_Variant]:
        """Every count with every size; of what is not counted there is one."""
        counts = _COUNTS if self.counted else _COUNTS[:1]
        return [_Variant(count=count, size=size) for count in counts for size in _SIZES]

    def row(self, variant: _Variant) -> dict[str, object]:
        """Return the dossier row of the file."""
        counts = dict.fromkeys(self.counted, variant.count)
        return clean_row({**self.given, **counts, "size": variant.size})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Variant:
    """How much is found in a file, and of how many bytes it is."""

    count: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What the policy says of one variant of a file."""

    outcome: Outcome
    rules: tuple[Rule, ...]
    """Those that fired and stand against release, or redact."""
    is_leak: bool


_Judged = Mapping[_Variant, _Told]
_COUNTS: Final = (1, 2, 3, 10, 51, 1000)
_SIZES: Final = (2000, 0, 1, 100_000, 10_000_000)
"""The first is that of an ordinary file."""


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
    ("without any rights basis", {"rights_basis": None}),
)
_COUNTED: Final = (
    ("with a part that no detector read", "undecoded"),
    ("whose path gives something away", "path_finding_count"),
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
    judged = _judge(policy)
    loosened = _Loosened()
    found = (*_failures(policy), *loosened.by_counts(judged), *loosened.leaks(judged))
    errors = [(Level.ERROR, *remark) for remark in found]
    doubts = (*loosened.doubts(judged), *_doubts(policy))
    warnings = [(Level.WARNING, *remark) for remark in doubts]
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


def _judge(policy: Policy) -> dict[_Guard, _Judged]:
    """Return what the policy says of every variant of the guards, and of the counted files."""
    guards = [_CLEAN, *_guards(), *_columns()]
    cases = [(guard, variant) for guard in guards for variant in guard.variants]
    judged: dict[_Guard, dict[_Variant, _Told]] = {guard: {} for guard in guards}
    verdicts = judge_rows([guard.row(variant) for guard, variant in cases], policy)
    for (guard, variant), (outcome, reasons) in zip(cases, verdicts, strict=True):
        judged[guard][variant] = _tell(policy, guard, Outcome(outcome), reasons)
    return dict(judged)


def _tell(policy: Policy, guard: _Guard, outcome: Outcome, reasons: Iterable[str]) -> _Told:
    fired = [rule for name in reasons if (rule := policy.find_rule(name)) is not None]
    redacted = {c for rule in fired if rule.effect is Effect.REDACT for c in rule.categories}
    return _Told(
        outcome=outcome,
        rules=tuple(rule for rule in fired if rule.effect is not Effect.GRANT),
        is_leak=outcome is Outcome.RELEASABLE and guard.category not in redacted,
    )


@dataclass(slots=True)
class _Loosened:
    """Tells what is looser with more, each cause once: a rule that ceases shows in many files."""

    told: set[str] = field(default_factory=set)
    """Rules that were named."""

    def by_counts(self, judged: Mapping[_Guard, _Judged]) -> Iterator[tuple[str, str]]:
        """Yield (rule, message) of each count of which more is looser than less."""
        clean = judged[_CLEAN][_variant()]
        # Columns by themselves first: so that one is named which the rule reads.
        for guard in sorted(judged, key=lambda guard: bool(guard.what)):
            if not guard.counted:
                continue
            counts = [(0, clean), *((n, judged[guard][_variant(n)]) for n in _COUNTS)]
            if (pair := _looser(counts)) is None:
                continue
            (less, before), (more, after) = pair
            rule_id = _ceased(before, after)
            if self._is_new(rule_id):
                by = f" by {rule_id}" if rule_id else ""
                found = f"a file with {guard.counted[0]} {less:,} is {before.outcome}{by}"
                yield rule_id, f"{found}, and with {more:,} it is {after.outcome}"

    def leaks(self, judged: Mapping[_Guard, _Judged]) -> Iterator[tuple[str, str]]:
        """Yield (rule, message) of each guard that would be released."""
        for guard, told in judged.items():
            leaking = [variant for variant, one in told.items() if one.is_leak]
            if not guard.what or not leaking:
                continue
            what = f"a file {guard.what} would be released"
            held = [variant for variant in told if variant not in leaking]
            if _variant() in leaking:
                # No rule ceases with more: none is there for an ordinary file.
                yield "", what
                continue
            near = min(held, key=lambda variant: _distance(variant, leaking[0]))
            rule_id = _ceased(told[near], told[leaking[0]])
            if self._is_new(rule_id):
                yield rule_id, f"{what} {_apart(leaking[0], near)}"

    def doubts(self, judged: Mapping[_Guard, _Judged]) -> Iterator[tuple[str, str]]:
        """Yield (rule, message) of each rule that ceases with more, where no other takes over."""
        for guard, told in judged.items():
            if not guard.what:
                continue
            for less, more in itertools.permutations(told, 2):
                if less.count > more.count or less.size > more.size:
                    continue
                before, after = (set(_ids(told[variant])) for variant in (less, more))
                about = before - set(_ids(judged[_CLEAN][_variant(size=less.size)]))
                for rule_id in sorted(about - after if after <= before else ()):
                    if self._is_new(rule_id):
                        yield rule_id, f"it passes over a file {guard.what} {_apart(more, less)}"

    def _is_new(self, rule_id: str) -> bool:
        is_new = rule_id not in self.told
        if rule_id:
            self.told.add(rule_id)
        return is_new


def _variant(count: int = 1, size: int = _SIZES[0]) -> _Variant:
    return _Variant(count=count, size=size)


def _looser(
    counts: Sequence[tuple[int, _Told]],
) -> tuple[tuple[int, _Told], tuple[int, _Told]] | None:
    """Return the first two neighbours of which the larger is looser."""
    for less, more in itertools.pairwise(counts):
        if RANKS[more[1].outcome] > RANKS[less[1].outcome]:
            return less, more
    return None


def _ids(told: _Told) -> list[str]:
    return [rule.id for rule in told.rules]


def _ceased(before: _Told, after: _Told) -> str:
    """Return the first rule that held, or else redacted, one file and not the other."""
    ceased = [rule for rule in before.rules if rule not in after.rules]
    ceased.sort(key=lambda rule: rule.effect is Effect.REDACT)
    return ceased[0].id if ceased else ""


def _distance(one: _Variant, other: _Variant) -> tuple[int, int, int]:
    """Tell how much variants differ: by one of their two numbers, if possible by little."""
    differing = (one.count != other.count) + (one.size != other.size)
    return differing, abs(one.count - other.count), abs(one.size - other.size)


def _apart(variant: _Variant, other: _Variant) -> str:
    """Return what tells one variant from another."""
    count = f"where the count is {variant.count:,}" if variant.count != other.count else ""
    size = f"where it has {variant.size:,} bytes" if variant.size != other.size else ""
    return " and ".join(part for part in (count, size) if part)


def _guards() -> Iterator[_Guard]:
    for family in (*BLOB_FAMILIES, Family.PROVENANCE):
        for status in _NOT_COMPLETED:
            what = f"whose {family} scan is {status.replace('_', ' ')}"
            yield _Guard(what=what, given={f"{family}_status": status})
    for what, given in _FACTS:
        yield _Guard(what=what, given=given)
    for what, column in _COUNTED:
        yield _Guard(what=what, given={column: 1}, counted=(column,))
    for family, categories in FINDING_FAMILIES.items():
        for category in categories:
            given = finding_facts(family, category)
            yield _Guard(
                what=f"that holds {category.value}, unredacted,",
                given=given,
                category=category,
                counted=tuple(name for name, value in given.items() if value == 1),
            )


def _columns() -> Iterator[_Guard]:
    """Yield a file for each count, of which nothing else is told."""
    for name in COUNT_COLUMNS:
        yield _Guard(what="", given={name: 1}, counted=(name,))


_CLEAN: Final = _Guard(what="", given={})


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
