from __future__ import annotations

import pytest
from hypothesis import given, settings

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from policies.document import load_default_policy
from policies.dossier import RIGHTS
from policies.licensing import (
    LICENSE_VERDICTS,
    is_licensing_rule,
    license_verdicts,
    unregistered_rights,
)
from tests.strategies.policies import Row, as_dossier, dossier_rows, occurrence

POLICY = load_default_policy()
NO_CONTENT = facts_schema(Family.CONTENT).empty_table()


def verdicts(*rows: Row) -> list[Row]:
    table = license_verdicts(as_dossier(list(rows)), POLICY, content=NO_CONTENT)
    assert table.schema.equals(LICENSE_VERDICTS)
    return list(table.to_pylist())


def test_rules_are_told_apart_by_what_they_read() -> None:
    kept = {rule.id for rule in POLICY.rules if is_licensing_rule(rule)}

    assert {"LICENSE_COPYLEFT", "FOREIGN_HOLDER_SILENT", "OWN_ATTESTED", "NO_CONSENT"} <= kept
    assert not kept & {"NOT_SCANNED", "LEAKED_CREDENTIAL", "CUSTOMER_NAMED", "MINIFIED"}


@pytest.mark.parametrize(
    ("given_facts", "expected"),
    [
        ({}, ("none", "releasable")),
        ({"own_license_category": "permissive"}, ("permissive", "releasable")),
        ({"own_license_category": "weak_copyleft"}, ("copyleft", "held")),
        ({"scope_license_category": "copyleft"}, ("copyleft", "held")),
        ({"own_license_category": "unknown"}, ("unknown", "held")),
        ({"own_license_category": "proprietary"}, ("proprietary", "held")),
        (
            {"own_license_category": "proprietary", "has_company_holder": True},
            ("proprietary", "releasable"),
        ),
        ({"is_vendor": True, "provenance": "third_party"}, ("unknown", "held")),
        ({"own_license_category": None, "licensing_status": "failed"}, ("unknown", "held")),
        (
            {"training_restricted": True, "own_license_category": "permissive"},
            ("permissive", "held"),
        ),
    ],
)
def test_category_and_eligibility(given_facts: Row, expected: tuple[str, str]) -> None:
    (row,) = verdicts(occurrence("r", b"a", "1", **given_facts))
    assert (row["category"], row["eligibility"]) == expected


def test_what_other_families_say_changes_nothing() -> None:
    other = {
        "secret_count": 3,
        "strong_secret_count": 3,
        "pii_count": 99,
        "secrets_status": "missing",
        "codename_count": None,
        "is_minified": True,
    }
    assert verdicts(occurrence("r", b"a", "1", **other)) == verdicts(occurrence("r", b"a", "1"))


def test_a_copy_of_a_restricted_file_is_held_and_names_it() -> None:
    mine, _ = verdicts(
        occurrence("r", b"src/a.c", "1"),
        occurrence("r", b"vendor/a.c", "1", is_vendor=True, provenance="third_party"),
    )
    assert mine["eligibility"] == "held"
    assert mine["reasons"] == ["COPY_RESTRICTED", "OWN_ATTESTED"]
    assert mine["counterpart_path"] == b"vendor/a.c"


def test_an_unregistered_folder_has_rights_that_stand_for_nobody() -> None:
    rights = unregistered_rights("folder")
    assert rights.schema.equals(RIGHTS)
    assert rights.to_pylist()[0]["consent_valid"]


@settings(max_examples=20)
@given(dossier_rows())
def test_a_verdict_is_never_looser_than_no_verdict_at_all(row: Row) -> None:
    (found,) = verdicts(row)
    assert found["eligibility"] in {"releasable", "held"}
    if found["category"] in {"copyleft", "unknown"}:
        assert found["eligibility"] == "held"
