"""Policies as files: read, check, run the examples that they carry."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import resources
from typing import Final, TypeVar

from pydantic import ValidationError

from ingest.errors import ConfigurationError
from policies.columns import DossierColumn
from policies.evaluate import deciding_rows, judge_rows
from policies.examples import check_given, clean_row
from policies.language import PRECEDENCE_COLUMNS, RULE_COLUMNS, check_condition, open_probe
from policies.model import Condition, Example, Policy, PolicyDocument, Rule
from policies.yaml_source import Place, YamlSource, parse_yaml

Result = TypeVar("Result")
_MOST_TOLD: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleFailure:
    """An example that the policy decides otherwise than its author said."""

    rule_id: str
    number: int
    """1-based position among the examples of the rule, or of the row of the precedence."""
    expected: str
    actual: str


class _Faults:
    """What is wrong with a document: told together, so that nobody mends it in ten rounds."""

    def __init__(self, source: YamlSource) -> None:
        self._source = source
        self._told: list[str] = []
        self._hint = ""

    def add(self, place: Place, message: str, hint: str = "") -> None:
        """Note what is wrong at a place."""
        self._told.append(f"{self._source.locate(place)}: {message}")
        self._hint = self._hint or hint

    def check(self, place: Place, check: Callable[[], Result]) -> Result | None:
        """Run a check; what it refuses is noted."""
        try:
            return check()
        except ConfigurationError as error:
            self.add(place, error.message, error.hint)
            return None

    def refuse_any(self) -> None:
        """Raise ConfigurationError where anything is wrong: a line each."""
        if self._told:
            more = len(self._told) - _MOST_TOLD
            rest = [f"and {more} more"] if more > 0 else []
            told = "\n".join([*self._told[:_MOST_TOLD], *rest])
            raise ConfigurationError(f"Policy {told}", hint=self._hint)


# A policy never changes and follows from its text alone; to check one takes half a second.
@lru_cache(maxsize=8)
def load_policy(text: str) -> Policy:
    """Read and check a policy document (YAML).

    The examples are not run; see `check_examples`.

    Raises:
        ConfigurationError: a line for each thing that is wrong, with its line and column. What
            stands in the way of reading on (YAML, then keys and types) is told alone.
    """
    source = parse_yaml(text)
    document = _validate(source)
    faults = _Faults(source)
    _check_examples_given(faults, document)
    with open_probe() as probe:

        def condition(place: Place, columns: Sequence[DossierColumn]) -> Condition | None:
            place = (*place, "when")
            said = str(source.read(place))
            return faults.check(place, partial(check_condition, said, columns, probe))

        licenses = [
            (row, condition(("licenses", i), PRECEDENCE_COLUMNS))
            for i, row in enumerate(document.licenses)
        ]
        rules = [
            (rule, condition(("rules", i), RULE_COLUMNS)) for i, rule in enumerate(document.rules)
        ]
    faults.refuse_any()
    return Policy(
        document=document,
        digest=document.digest(),
        licenses=tuple((row, checked) for row, checked in licenses if checked),
        rules=tuple(Rule(document=rule, condition=checked) for rule, checked in rules if checked),
    )


def digest_of_text(text: str) -> str:
    """Return the digest of a document, without checking its conditions: far cheaper.

    Raises:
        ConfigurationError: it is no policy document.
    """
    return _validate(parse_yaml(text)).digest()


def default_policy_text() -> str:
    """Return the YAML of the policy that comes with the package."""
    return resources.files("policies").joinpath("default.yaml").read_text(encoding="utf-8")


def load_default_policy() -> Policy:
    """Return the policy that comes with the package."""
    return load_policy(default_policy_text())


def check_examples(policy: Policy) -> list[ExampleFailure]:
    """Run every example; an empty list means that all hold.

    Raises:
        ConfigurationError: an example gives a column that does not exist.
    """
    cases = [
        (rule, number, example)
        for rule in policy.rules
        for number, example in enumerate(rule.document.tests, start=1)
    ]
    failures = _check_precedence(policy)
    if not cases:
        return failures
    verdicts = judge_rows([clean_row(example.given) for _, _, example in cases], policy)
    return failures + [
        failure
        for (rule, number, example), verdict in zip(cases, verdicts, strict=True)
        if (failure := _compare(rule, number, example, verdict)) is not None
    ]


def _check_precedence(policy: Policy) -> list[ExampleFailure]:
    cases = [
        (row, number, example)
        for row, _ in policy.licenses
        for number, example in enumerate(row.tests, start=1)
    ]
    if not cases:
        return []
    decided = deciding_rows([clean_row(example.given) for _, _, example in cases], policy)
    return [
        ExampleFailure(
            rule_id=row.id,
            number=number,
            expected=f"{row.id} {'decides' if example.decides else 'does not decide'}",
            actual=f"{name or 'no row'} decides",
        )
        for (row, number, example), name in zip(cases, decided, strict=True)
        if (name == row.id) != example.decides
    ]


def _compare(
    rule: Rule, number: int, example: Example, verdict: tuple[str, Sequence[str]]
) -> ExampleFailure | None:
    outcome, reasons = verdict
    fires = rule.id in reasons
    wanted = example.reasons
    has_reasons = wanted is None or sorted(wanted) == sorted(reasons)
    if has_reasons and (outcome, fires) == (example.outcome.value, example.fires):
        return None
    named = "" if wanted is None else f" ({', '.join(sorted(wanted))})"
    return ExampleFailure(
        rule_id=rule.id,
        number=number,
        expected=f"{example.outcome.value}, fires: {example.fires}{named}",
        actual=f"{outcome}, fires: {fires} ({', '.join(reasons)})",
    )


def _validate(source: YamlSource) -> PolicyDocument:
    try:
        return PolicyDocument.model_validate_json(json.dumps(source.value))
    except ValidationError as error:
        faults = _Faults(source)
        errors = {
            tuple(e["loc"]): e for e in error.errors(include_url=False, include_context=False)
        }
        for place, found in sorted(errors.items(), key=lambda item: source.mark(item[0])):
            # A list misses whatever is wrong in it; to say so twice helps nobody.
            if any(other != place and other[: len(place)] == place for other in errors):
                continue
            where = ".".join(str(part) for part in place) or "the document"
            faults.add(place, f"{where}: {found['msg'].removeprefix('Value error, ')}.")
        faults.refuse_any()
        raise
    except ValueError:
        raise ConfigurationError("The policy holds a number that is not finite.") from None


def _check_examples_given(faults: _Faults, document: PolicyDocument) -> None:
    for part, items in document.parts.items():
        for number, item in enumerate(items):
            for position, example in enumerate(item.tests):
                for name, value in example.given.items():
                    place = (part, number, "tests", position, "given", name)
                    faults.check(place, partial(check_given, name, value))
