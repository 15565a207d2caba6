"""Policies as files: read, check, run the examples that they carry."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import resources
from typing import TypeVar

import duckdb
from pydantic import ValidationError

from ingest.errors import ConfigurationError
from policies.columns import DossierColumn
from policies.evaluate import judge_rows
from policies.examples import check_given, clean_row
from policies.language import PRECEDENCE_COLUMNS, RULE_COLUMNS, check_condition, open_probe
from policies.model import Condition, Example, Policy, PolicyDocument, Rule
from policies.yaml_source import Place, YamlSource, parse_yaml

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleFailure:
    """An example that the policy decides otherwise than its author said."""

    rule_id: str
    number: int
    """1-based position among the examples of the rule."""
    expected: str
    actual: str


# A policy never changes and follows from its text alone; to check one takes half a second.
@lru_cache(maxsize=8)
def load_policy(text: str) -> Policy:
    """Read and check a policy document (YAML).

    The examples are not run; see `check_examples`.

    Raises:
        ConfigurationError: with line and column of what is wrong.
    """
    source = parse_yaml(text)
    document = _validate(source)
    _check_examples_given(source, document)
    with open_probe() as probe:
        return Policy(
            document=document,
            digest=document.digest(),
            licenses=tuple(
                (row, _condition(source, ("licenses", i), PRECEDENCE_COLUMNS, probe))
                for i, row in enumerate(document.licenses)
            ),
            rules=tuple(
                Rule(
                    document=rule,
                    condition=_condition(source, ("rules", i), RULE_COLUMNS, probe),
                )
                for i, rule in enumerate(document.rules)
            ),
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
    """Run the examples of every rule; an empty list means that all hold.

    Raises:
        ConfigurationError: an example gives a column that does not exist.
    """
    cases = [
        (rule, number, example)
        for rule in policy.rules
        for number, example in enumerate(rule.document.tests, start=1)
    ]
    if not cases:
        return []
    verdicts = judge_rows([clean_row(example.given) for _, _, example in cases], policy)
    return [
        failure
        for (rule, number, example), verdict in zip(cases, verdicts, strict=True)
        if (failure := _compare(rule, number, example, verdict)) is not None
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
        first = error.errors(include_url=False, include_context=False)[0]
        place: Place = tuple(first["loc"])
        where = ".".join(str(part) for part in place) or "the document"
        reason = first["msg"].removeprefix("Value error, ")
        raise ConfigurationError(f"Policy {source.locate(place)}: {where}: {reason}.") from None
    except ValueError:
        raise ConfigurationError("The policy holds a number that is not finite.") from None


def _check_examples_given(source: YamlSource, document: PolicyDocument) -> None:
    for number, rule in enumerate(document.rules):
        for position, example in enumerate(rule.tests):
            for name, value in example.given.items():
                place = ("rules", number, "tests", position, "given", name)
                _at(source, place, partial(check_given, name, value))


def _at(source: YamlSource, place: Place, check: Callable[[], Result]) -> Result:
    """Run a check; what it refuses is told with its place."""
    try:
        return check()
    except ConfigurationError as error:
        where = source.locate(place)
        raise ConfigurationError(f"Policy {where}: {error.message}", hint=error.hint) from None


def _condition(
    source: YamlSource,
    place: Place,
    columns: Sequence[DossierColumn],
    probe: duckdb.DuckDBPyConnection,
) -> Condition:
    place = (*place, "when")
    text = str(source.read(place))
    return _at(source, place, partial(check_condition, text, columns, probe))
