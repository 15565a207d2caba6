"""Each guard of the linter catches the policy that lacks the rule behind it."""

from __future__ import annotations

import pytest

from ingest.domain.finding import Category
from policies.compare import compare
from policies.decision import Lane
from policies.document import default_policy_text, load_default_policy, load_policy
from policies.lint import Level, lint
from policies.model import (
    Effect,
    LaneRules,
    LicenseRow,
    LicenseSource,
    LicenseType,
    NearCopies,
    PolicyDocument,
    RedactTiers,
    RuleDocument,
)

TEXT = default_policy_text()


def errors(text: str) -> list[str]:
    return [remark.message for remark in lint(text) if remark.level is Level.ERROR]


def without(rule_id: str) -> str:
    """Return the default policy without a rule."""
    head, _, rest = TEXT.partition(f"  - id: {rule_id}\n")
    return head + rest[rest.index("\n  - id: ") + 1 :]


def test_the_default_policy_has_no_error() -> None:
    assert errors(TEXT) == []


@pytest.mark.parametrize(
    ("rule_id", "leak"),
    [
        ("NOT_SCANNED", "whose secrets scan is timed out"),
        ("TRAINING_RESTRICTED", "whose terms forbid training"),
        ("REDACT_SECRET", "that holds PASSWORD, unredacted,"),
        ("REDACT_PERSONAL_DATA", "that holds EMAIL_ADDRESS, unredacted,"),
        ("REDACT_CONFIDENTIAL", "that holds INTERNAL_HOST, unredacted,"),
        ("CUSTOMER_NAMED", "that holds CUSTOMER, unredacted,"),
        ("UNDECODED", "with a part that no detector read"),
        ("PATH_FINDING", "whose path gives something away"),
    ],
)
def test_a_policy_without_a_rule_is_told_what_it_lets_out(rule_id: str, leak: str) -> None:
    assert f"a file {leak} would be released" in errors(without(rule_id))


@pytest.mark.parametrize(
    ("old", "new", "rule_id", "told"),
    [
        (
            "strong_secret_count > 0",
            "strong_secret_count = 1",
            "LEAKED_CREDENTIAL",
            (
                "a file with strong_secret_count 1 is internal-only by LEAKED_CREDENTIAL, "
                "and with 2 it is releasable"
            ),
        ),
        (
            "secret_count > 0",
            "secret_count BETWEEN 1 AND 3",
            "REDACT_SECRET",
            "a file that holds PASSWORD, unredacted, would be released where the count is 10",
        ),
        (
            "pii_count > 50",
            "pii_count > 50 AND pii_count < 100",
            "PERSONAL_DATA_BULK",
            (
                "a file with pii_count 51 is internal-only by PERSONAL_DATA_BULK, "
                "and with 1,000 it is releasable"
            ),
        ),
        (
            "undecoded > 0",
            "undecoded = 1",
            "UNDECODED",
            "a file with undecoded 1 is internal-only by UNDECODED, and with 2 it is releasable",
        ),
        (
            "path_finding_count > 0",
            "path_finding_count = 1",
            "PATH_FINDING",
            (
                "a file with path_finding_count 1 is internal-only by PATH_FINDING, "
                "and with 2 it is releasable"
            ),
        ),
        (
            "confidential_count > 0",
            "confidential_count = 1",
            "REDACT_CONFIDENTIAL",
            "a file that holds INTERNAL_HOST, unredacted, would be released where the count is 2",
        ),
        (
            "customer_count > 0",
            "customer_count IN (1, 2) AND confidential_count > 0",
            "CUSTOMER_NAMED",
            (
                "a file with customer_count 2 is internal-only by CUSTOMER_NAMED, "
                "and with 3 it is releasable"
            ),
        ),
        (
            "training_restricted",
            "training_restricted AND size < 100000",
            "TRAINING_RESTRICTED",
            "a file whose terms forbid training would be released where it has 100,000 bytes",
        ),
        (
            "undecoded > 0",
            "undecoded > 0 AND (undecoded > 9 OR size > 0)",
            "UNDECODED",
            "a file with a part that no detector read would be released where it has 0 bytes",
        ),
    ],
)
def test_a_rule_that_loosens_with_more_is_told_once(
    old: str, new: str, rule_id: str, told: str
) -> None:
    text = TEXT.replace(f"when: {old}\n", f"when: {new}\n")
    (remark,) = [remark for remark in lint(text) if remark.level is Level.ERROR]
    assert (remark.rule_id, remark.message) == (rule_id, told)
    line = int(remark.where.split()[1].rstrip(","))
    assert text.splitlines()[line - 1].strip() == f"- id: {rule_id}"


COPYLEFT_BY_SIZE = TEXT.replace(
    "when: license_type = 'copyleft'", "when: license_type = 'copyleft' AND size < 100000"
)


def test_a_rule_that_passes_over_what_nothing_grants_is_doubted() -> None:
    assert errors(COPYLEFT_BY_SIZE) == []
    (remark,) = lint(COPYLEFT_BY_SIZE)
    assert (remark.rule_id, remark.message) == (
        "LICENSE_COPYLEFT",
        "it passes over a file under a copyleft license where it has 100,000 bytes",
    )


def test_a_rule_that_passes_over_what_is_granted_is_an_error() -> None:
    grant = (
        "  - {id: OWN_ANYHOW, title: own, because: because, effect: grant,\n"
        "     when: ownership = 'own' AND consent_valid AND rights_basis = 'owner-attested'}\n"
    )
    assert errors(TEXT + grant) == []
    assert errors(COPYLEFT_BY_SIZE + grant) == [
        "a file under a copyleft license would be released where it has 100,000 bytes"
    ]


def test_what_more_of_it_grants_is_told_of_the_column() -> None:
    grant = (
        "  - {id: MANY_MARKERS, title: many, because: because, effect: grant,\n"
        "     when: allow_markers > 9 AND consent_valid}\n"
    )
    text = TEXT.replace("rights_basis = 'owner-attested'", "allow_markers > 99")
    assert "a file with allow_markers 3 is internal-only, and with 10 it is releasable" in errors(
        text + grant
    )


def test_a_rule_may_leave_what_is_more_to_a_stricter_one() -> None:
    text = TEXT.replace("when: pii_count > 0\n", "when: pii_count > 0 AND pii_count <= 50\n")
    assert lint(text) == []


def test_an_example_that_fails_is_an_error_at_its_rule() -> None:
    text = TEXT.replace("when: pii_count > 50", "when: pii_count > 90")
    remark = next(r for r in lint(text) if r.level is Level.ERROR)
    assert remark.rule_id == "PERSONAL_DATA_BULK"
    line = int(remark.where.split()[1].rstrip(","))
    assert text.splitlines()[line - 1].strip() == "- id: PERSONAL_DATA_BULK"


def test_a_rule_without_proof_or_remedy_is_doubted() -> None:
    extra = (
        "  - {id: EXTRA_RULE, title: extra, because: because, when: is_test, effect: exclude}\n"
        "  - {id: EXTRA_TWIN, title: extra, because: because, when: is_test, effect: exclude}\n"
    )
    remarks = [(r.rule_id, r.message) for r in lint(TEXT + extra) if r.level is Level.WARNING]
    assert ("EXTRA_RULE", "no example proves the rule") in remarks
    assert ("EXTRA_TWIN", "EXTRA_RULE has the same condition and effect") in remarks


def changes(text: str) -> list[tuple[str, str, str]]:
    found = compare(load_default_policy().document, load_policy(text).document)
    return [(c.what, c.kind, c.field) for c in found]


def test_policies_are_compared_rule_by_rule() -> None:
    assert changes(TEXT) == []
    assert changes(TEXT.replace("pii_count > 50", "pii_count > 40")) == [
        ("rule PERSONAL_DATA_BULK", "changed", "when")
    ]
    assert changes(without("MINIFIED")) == [("rule MINIFIED", "removed", "")]
    assert changes(TEXT.replace("0.8", "0.9", 1)) == [("near_copies", "changed", "")]


def test_another_quorum_is_told_by_lane() -> None:
    first = load_default_policy().document
    lanes = {**first.lanes, Lane.LEGAL: LaneRules(quorum=3)}
    second = first.model_copy(update={"lanes": lanes})
    for pair, quorums in (((first, second), ("1", "3")), ((second, first), ("3", "1"))):
        (change,) = compare(*pair)
        assert (change.what, change.field) == ("lane legal", "quorum")
        assert (change.before, change.after) == quorums
    unnamed = second.model_copy(update={"lanes": {}})
    assert [c.before for c in compare(second, unnamed)] == ["3"]


OTHER: dict[str, dict[str, object]] = {
    "document": {
        "name": "other",
        "description": "other",
        "near_copies": NearCopies(min_similarity=0.5),
        "public_content": ("1" * 40,),
        "lanes": {Lane.PRIVACY: LaneRules(quorum=9)},
        "licenses": (),
        "rules": (),
    },
    "lanes": {"quorum": 9},
    "licenses": {
        **dict.fromkeys(("because", "when"), "other"),
        "source": LicenseSource.REGISTRATION,
        "type": LicenseType.UNKNOWN,
        "tests": (),
    },
    "rules": {
        **dict.fromkeys(("title", "because", "remedy", "when", "placeholder"), "other"),
        "effect": Effect.INTERNAL_ONLY,
        **dict.fromkeys(("lane", "waiver_lane"), Lane.PRIVACY),
        "categories": (Category.PERSON,),
        "tiers": RedactTiers.RELEASABLE,
        "waivable": True,
        "max_waiver_days": 7,
        "tests": (),
    },
}


def test_every_field_of_a_document_is_compared() -> None:
    """The tables name every field, so one that is new has to be put in, and then is told."""
    document = load_default_policy().document
    row, rule = document.licenses[0], document.rules[0]
    assert OTHER["document"].keys() == PolicyDocument.model_fields.keys() - {"version"}
    assert OTHER["lanes"].keys() == LaneRules.model_fields.keys()
    assert OTHER["licenses"].keys() == LicenseRow.model_fields.keys() - {"id"}
    assert OTHER["rules"].keys() == RuleDocument.model_fields.keys() - {"id"}
    for name, value in OTHER["document"].items():
        assert compare(document, document.model_copy(update={name: value})), name
    for name, value in OTHER["licenses"].items():
        rows = (row.model_copy(update={name: value}), *document.licenses[1:])
        assert compare(document, document.model_copy(update={"licenses": rows})), name
    for name, value in OTHER["rules"].items():
        rules = (rule.model_copy(update={name: value}), *document.rules[1:])
        assert compare(document, document.model_copy(update={"rules": rules})), name


def test_another_order_of_the_precedence_is_told() -> None:
    start = TEXT.index("  - id: OWN_COMPANY_NOTICE\n")
    end = TEXT.index("  - id: OWN_MANIFEST\n")
    last = TEXT.index("  - id: OWN_COMPANY_REFERENCE\n")
    text = TEXT[:start] + TEXT[end:last] + TEXT[start:end] + TEXT[last:]
    assert changes(text) == [("order of license rows", "moved", "")]
