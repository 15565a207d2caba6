from __future__ import annotations

import json

import pytest

from ingest.errors import ConfigurationError
from policies.document import check_examples, default_policy_text, load_default_policy, load_policy
from policies.model import Effect
from policies.yaml_source import parse_yaml

MINIMAL = """\
version: "1"
name: small
licenses:
  - {id: NOTICE, because: it says so, when: own_license_category <> 'none', source: own}
rules:
  - id: GRANT_ALL
    title: Grants
    because: a test
    when: consent_valid
    effect: grant
"""


def test_the_default_policy_decides_every_one_of_its_examples() -> None:
    assert check_examples(load_default_policy()) == []


def test_every_rule_of_the_default_policy_has_an_example_in_which_it_fires() -> None:
    rules = load_default_policy().rules
    assert [r.id for r in rules if not any(e.fires for e in r.document.tests)] == []


def test_an_example_that_does_not_hold_is_reported_with_what_happened() -> None:
    text = MINIMAL + "    tests: [{given: {consent_valid: false}, outcome: releasable}]\n"
    (failure,) = check_examples(load_policy(text))
    assert (failure.rule_id, failure.number) == ("GRANT_ALL", 1)
    assert failure.actual == "internal-only, fires: False (NO_GRANT)"


def test_every_row_of_the_precedence_has_an_example_in_which_it_decides() -> None:
    rows = load_default_policy().document.licenses
    assert [row.id for row in rows if not any(e.decides for e in row.tests)] == []


@pytest.mark.parametrize(
    ("example", "actual"),
    [
        ("{given: {own_license_category: none}}", "no row decides"),
        ("{given: {own_license_category: null}}", "no row decides"),
        ("{given: {own_license_category: permissive}, decides: false}", "NOTICE decides"),
    ],
)
def test_an_example_of_a_row_that_does_not_hold_is_reported(example: str, actual: str) -> None:
    text = MINIMAL.replace("source: own}", f"source: own, tests: [{example}]}}")
    (failure,) = check_examples(load_policy(text))
    assert (failure.rule_id, failure.number, failure.actual) == ("NOTICE", 1, actual)


def test_a_row_without_examples_leaves_the_digest_as_it_was() -> None:
    """Waivers and decisions are bound to digests: an upgrade must not end them."""
    bare = load_policy(MINIMAL)
    assert "tests" not in bare.document.model_dump(mode="json")["licenses"][0]
    told = MINIMAL.replace("source: own}", "source: own, tests: [{given: {}, decides: false}]}")
    assert load_policy(told).digest != bare.digest


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("secrets: 1", "'secrets', which is no column"),
        ("secret_count: many", "'many' is never a value of secret_count"),
        ("secret_count: 1.5", "1.5 is never"),
        ("secret_count: true", "True is never"),
        ("secret_count: 99999999999", "99999999999 is never"),
        ("alpha_fraction: high", "'high' is never"),
        ("is_vendor: 1", "1 is never"),
        ("own_license_category: copylefft", "'copylefft' is never"),
        ("secrets_status: timedout", "'timedout' is never"),
        ("secret_categories: PASSWORD", "'PASSWORD' is never"),
        ("secret_categories: [PASSWORT]", "'PASSWORT' is never"),
        ("path: a", "give path_text"),
    ],
)
def test_a_fact_that_no_file_has_is_refused_with_its_place(given: str, message: str) -> None:
    text = MINIMAL + f"    tests: [{{given: {{{given}}}, outcome: releasable}}]\n"
    with pytest.raises(ConfigurationError, match=r"line 11, column \d+: .*" + message):
        load_policy(text)


def test_an_example_may_name_all_reasons_of_its_verdict() -> None:
    def failures(reasons: str) -> int:
        text = MINIMAL + f"    tests: [{{given: {{}}, outcome: releasable, reasons: {reasons}}}]\n"
        return len(check_examples(load_policy(text)))

    assert [failures(reasons) for reasons in ("[GRANT_ALL]", "[]", "[GRANT_ALL, OTHER]")] == [
        0,
        1,
        1,
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    effect: grant", "    effect: redact\n    categories: [PERSON]", "no rule grants"),
        ("name: small", "name: small\ncolour: red", "line 3, column 9: colour"),
        ("name: small", "name: small\nname: other", "line 3, column 1: the key 'name' stands"),
        ("when: consent_valid", "when: consent", "line 9, column 11: There is no column"),
        ("when: consent_valid", "when: size", "this one is BIGINT"),
        ("when: consent_valid", "when: size >", "not valid SQL"),
        ("effect: grant", "effect: hold", "a hold names its lane"),
        ("id: GRANT_ALL", "id: NO_GRANT", "belongs to the engine"),
        ("id: GRANT_ALL", "id: NOTICE", "stands twice"),
        ("title: Grants", "title: &a Grants\n    remedy: *a", "aliases are not used"),
        ("because: a test", "because: 2026-01-01", "timestamp values"),
        ("effect: grant", "effect: grant\n    tiers: both", "only a redaction names tiers"),
    ],
)
def test_a_wrong_document_is_refused_with_its_place(old: str, new: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        load_policy(MINIMAL.replace(old, new))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {
                "name: small": "name: small\ncolour: red",
                "because: a test": "because: a test\n    x: 1",
            },
            ["line 3, column 9: colour", "line 10, column 8: rules.0.x"],
        ),
        (
            {"own_license_category <>": "own_license <>", "when: consent_valid": "when: size"},
            [
                "line 4, column 45: There is no column",
                "line 9, column 11: A condition is true or false",
            ],
        ),
    ],
)
def test_everything_that_is_wrong_is_told_at_once(changes: dict[str, str], told: list[str]) -> None:
    text = MINIMAL
    for old, new in changes.items():
        text = text.replace(old, new)
    with pytest.raises(ConfigurationError) as caught:
        load_policy(text)
    lines = caught.value.message.removeprefix("Policy ").split("\n")
    assert len(lines) == len(told)
    for line, wanted in zip(lines, told, strict=True):
        assert line.startswith(wanted), lines


def test_of_very_many_errors_the_first_are_told() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_policy(MINIMAL + "".join(f"wrong{n}: 1\n" for n in range(50)))
    lines = caught.value.message.split("\n")
    assert (len(lines), lines[-1]) == (21, "and 30 more")


@pytest.mark.parametrize("layers", [51, 20_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}"), ("- ", "")])
def test_what_nests_deeper_than_a_policy_is_refused_with_its_place(
    opening: str, closing: str, layers: int
) -> None:
    with pytest.raises(ConfigurationError, match=r"Policy line 1, column \d+: more than 50"):
        load_policy(opening * layers + closing * layers)


def test_a_value_in_fifty_collections_is_read() -> None:
    assert parse_yaml("[" * 50 + "]" * 50).value == json.loads("[" * 50 + "]" * 50)


@pytest.mark.parametrize("condition", ["(" * 1500 + "true" + ")" * 1500, "not " * 900 + "true"])
def test_a_condition_that_nests_too_deep_is_refused(condition: str) -> None:
    with pytest.raises(ConfigurationError, match="line 9, column 11"):
        load_policy(MINIMAL.replace("when: consent_valid", f"when: {condition}"))


def test_zero_rules_are_an_error() -> None:
    text = MINIMAL[: MINIMAL.index("rules:")] + "rules: []\n"
    with pytest.raises(ConfigurationError, match="rules"):
        load_policy(text)


def test_the_digest_changes_with_meaning_and_not_with_layout() -> None:
    text = default_policy_text()
    same = load_policy(text + "\n# a remark\n")
    other = load_policy(text.replace("pii_count > 50", "pii_count > 51"))
    assert load_default_policy().digest == same.digest != other.digest


def test_the_default_policy_redacts_every_secret_and_personal_category_in_both_tiers() -> None:
    redacted = {
        category.value
        for rule in load_default_policy().rules
        if rule.effect is Effect.REDACT and rule.document.tiers.value == "both"
        for category in rule.categories
    }
    assert {"PASSWORD", "PROVIDER_TOKEN", "PERSON", "EMAIL_ADDRESS", "USERNAME"} <= redacted
