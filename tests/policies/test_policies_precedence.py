"""The precedence of licenses in the default policy, row by row."""

from __future__ import annotations

import pytest

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from policies.document import load_default_policy
from policies.evaluate import decide
from policies.examples import clean_row
from tests.strategies.policies import Row, as_dossier, occurrence

POLICY = load_default_policy()
NO_CONTENT = facts_schema(Family.CONTENT).empty_table()
GPL, MIT, FSF = "copyleft", "permissive", "permissive"
THIRD: Row = {"provenance": "third_party"}


def decided(**facts: object) -> Row:
    dossier = as_dossier([occurrence("r", b"a", "1", **facts)])
    table = decide(dossier, POLICY, content=NO_CONTENT, input_digest="i")
    return dict(table.to_pylist()[0])


@pytest.mark.parametrize(
    ("facts", "source", "kind", "outcome"),
    [
        # an override or a side file may restrict a permissive notice, and not free a GPL header
        ({"own_license_category": MIT, "annotation_license_category": GPL},
         "annotation", "copyleft", "internal-only"),
        ({"own_license_category": GPL, "annotation_license_category": MIT},
         "own", "copyleft", "internal-only"),
        ({"own_license_category": MIT, "annotation_license_category": "unknown"},
         "annotation", "unknown", "internal-only"),
        ({"own_license_category": "proprietary", "has_company_holder": True,
          "annotation_license_category": "weak_copyleft"},
         "annotation", "weak_copyleft", "internal-only"),
        ({"own_license_category": "unknown", "annotation_license_category": MIT},
         "own", "unknown", "internal-only"),
        # what is stated of a silent file comes before its directory
        ({"annotation_license_category": MIT, "scope_license_category": GPL},
         "annotation", "permissive", "releasable"),
        ({"annotation_license_category": GPL, "scope_license_category": MIT},
         "annotation", "copyleft", "internal-only"),
        ({"annotation_license_category": "proprietary"},
         "annotation", "proprietary_own", "releasable"),
        ({"annotation_license_category": "proprietary", **THIRD},
         "annotation", "third_party", "internal-only"),
        ({"annotation_license_category": "unknown", "repo_license_category": "unknown",
          "annotation_license_expression": "LicenseRef-Company"},
         "annotation", "proprietary_own", "releasable"),
        ({"annotation_license_category": "unknown",
          "annotation_license_expression": "LicenseRef-Other"},
         "annotation", "unknown", "internal-only"),
        # boilerplate counts only where nothing stands around it
        ({"own_license_category": FSF, "is_build_boilerplate": True}, "own", MIT, "releasable"),
        ({"own_license_category": FSF, "is_build_boilerplate": True,
          "scope_license_category": GPL}, "scope", "copyleft", "internal-only"),
        ({"own_license_category": FSF, "is_build_boilerplate": True, "is_vendor": True},
         "none", "third_party", "internal-only"),
        ({"own_license_category": GPL, "is_build_boilerplate": True,
          "scope_license_category": MIT}, "own", "copyleft", "internal-only"),
        # the company's own licenses
        ({"own_license_category": "unknown", "own_license_expression": "LicenseRef-Acme",
          "has_company_holder": True, "provenance_signs": ["OWN_NOTICE_COMPANY"]},
         "own", "proprietary_own", "releasable"),
        ({"own_license_category": "unknown", "own_license_expression": "LicenseRef-Acme"},
         "own", "unknown", "internal-only"),
        ({"own_license_category": "unknown", "own_license_expression": "LicenseRef-Company",
          "repo_license_category": "unknown"}, "own", "proprietary_own", "releasable"),
        ({"own_license_category": "unknown", "own_license_expression": "LicenseRef-Company",
          "repo_license_category": "unknown", **THIRD}, "own", "unknown", "internal-only"),
        ({"scope_license_category": "unknown", "scope_license_expression": "LicenseRef-Company",
          "repo_license_category": "unknown"}, "scope", "proprietary_own", "releasable"),
        ({"own_license_category": "proprietary", "is_manifest": True},
         "own", "proprietary_own", "releasable"),
        ({"own_license_category": "proprietary", "is_manifest": True, "is_vendor": True},
         "own", "third_party", "internal-only"),
        # a license that the company published is one, and no statement of its own rights
        ({"scope_license_category": "proprietary"}, "scope", "proprietary_own", "releasable"),
        ({"scope_license_category": "proprietary", "provenance_signs": ["SCOPE_PUBLIC_TERMS"]},
         "scope", "third_party", "internal-only"),
        ({"scope_license_category": "unknown", "provenance_signs": ["SCOPE_COMPANY_TERMS"]},
         "scope", "proprietary_own", "releasable"),
        ({"scope_license_category": "unknown"}, "scope", "unknown", "internal-only"),
        # silence
        ({"is_vendor": True, **THIRD}, "none", "third_party", "internal-only"),
        ({"has_foreign_holder": True, **THIRD}, "none", "third_party", "internal-only"),
        ({"scope_license_category": GPL, **THIRD}, "scope", "copyleft", "internal-only"),
        ({}, "registration", "proprietary_own", "releasable"),
    ],
)  # fmt: skip
def test_the_first_row_that_applies_decides(
    facts: Row, source: str, kind: str, outcome: str
) -> None:
    row = decided(**facts)
    assert (row["license_source"], row["license_type"], row["outcome"]) == (source, kind, outcome)


def test_examples_name_the_row_by_which_decisions_are_made() -> None:
    cases = [(row, e) for row, _ in POLICY.licenses for e in row.tests if e.decides]
    rows = [
        clean_row(example.given) | {"path": b"%03d" % n} for n, (_, example) in enumerate(cases)
    ]
    made = decide(as_dossier(rows), POLICY, content=NO_CONTENT, input_digest="i").to_pylist()
    for (row, _), decision in zip(cases, made, strict=True):
        assert decision["license_source"] == row.source
        assert row.type is None or decision["license_type"] == row.type


@pytest.mark.parametrize("sign", ["KNOWN_CONTENT", "SUBTREE_IMPORT"])
def test_a_license_above_does_not_cover_what_is_known_to_be_others(sign: str) -> None:
    facts: Row = {
        **THIRD,
        "provenance_signs": [sign],
        "is_vendor": sign == "SUBTREE_IMPORT",
        "scope_license_category": MIT,
        "scope_is_root": True,
    }
    assert "VENDORED_UNLICENSED" in list(decided(**facts)["reasons"])  # type: ignore[call-overload]
