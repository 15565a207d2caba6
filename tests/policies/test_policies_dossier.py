from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from ingest.domain.artefacts import SNAPSHOT, TREE_FACTS, facts_schema
from ingest.domain.finding import Family
from ingest.errors import ArtefactCorrupt
from policies.columns import DOSSIER
from policies.dossier import RIGHTS, assemble_dossier

BLOB = "a" * 40
FINDING = {
    "fingerprint": "f1",
    "detector_id": "d",
    "rule_id": "r",
    "category": "PRIVATE_KEY",
    "start": 0,
    "end": 4,
    "line": 1,
    "confidence": "high",
    "hmac": "h",
    "preview": "****",
    "evidence": "",
    "views": [],
}


def snapshot(*paths: bytes) -> pa.Table:
    rows = [
        {
            "repo_id": "r1",
            "commit_id": "c" * 40,
            "branch": "main",
            "committer_date": datetime(2026, 1, 1, tzinfo=UTC),
            "path": path,
            "mode": 0o100644,
            "blob_id": BLOB,
            "size": 10,
            "suffix": "py",
            "encoding": "utf-8",
        }
        for path in paths
    ]
    return pa.Table.from_pylist(rows, schema=SNAPSHOT)


def facts(family: Family, *rows: dict[str, Any]) -> dict[Family, pa.Table]:
    base = {"blob_id": BLOB, "suffix": "py", "status": "completed", "reason": ""}
    table = pa.Table.from_pylist([{**base, **row} for row in rows], schema=facts_schema(family))
    return {family: table}


def assemble(
    facts_by_family: dict[Family, pa.Table], *, trees: pa.Table | None = None
) -> dict[str, Any]:
    trees = TREE_FACTS.empty_table() if trees is None else trees
    table = assemble_dossier(snapshot(b"a.py"), facts_by_family, trees, RIGHTS.empty_table())
    assert table.schema == DOSSIER
    (row,) = table.to_pylist()
    return dict(row)


def test_a_family_without_facts_is_missing_and_its_counts_are_not_known() -> None:
    row = assemble({})
    assert (row["pii_status"], row["pii_count"], row["consent_valid"]) == ("missing", None, None)


def test_findings_are_counted_in_all_and_by_category() -> None:
    row = assemble(facts(Family.SECRETS, {"findings": [FINDING], "allow_markers": 0}))
    counts = ("secret_count", "strong_secret_count", "private_key_count", "password_count")
    assert [row[name] for name in counts] == [1, 1, 1, 0]
    assert row["secret_categories"] == ["PRIVATE_KEY"]


def test_names_of_a_language_model_count_apart_from_what_is_redacted() -> None:
    name = {**FINDING, "category": "PERSON"}
    model = {**name, "evidence": "ner"}
    row = assemble(facts(Family.PII, {"findings": [name, model, model]}))
    counts = ("pii_count", "person_count", "model_person_count")
    assert [row[c] for c in counts] == [1, 1, 2]
    row = assemble(facts(Family.PII, {"findings": [model]}))
    assert ([row[c] for c in counts], row["pii_categories"]) == ([0, 0, 1], [])
    assert assemble(facts(Family.PII, {"findings": None}))["model_person_count"] is None


def test_a_finding_of_an_unlisted_category_still_counts_in_the_total() -> None:
    odd = {**FINDING, "category": "NEW_KIND"}
    assert assemble(facts(Family.SECRETS, {"findings": [odd]}))["secret_count"] == 1


def test_a_completed_scan_without_a_list_is_not_a_clean_one() -> None:
    assert assemble(facts(Family.PII, {"findings": None}))["pii_count"] is None


def test_a_list_that_is_lost_in_one_of_two_scans_leaves_the_count_unknown() -> None:
    rows = ({"findings": []}, {"findings": None})
    assert assemble(facts(Family.PII, *rows))["pii_count"] is None


def test_facts_that_stand_twice_change_nothing() -> None:
    row = {"findings": [FINDING], "allow_markers": 2}
    assert assemble(facts(Family.SECRETS, row, row)) == assemble(facts(Family.SECRETS, row))


@pytest.mark.parametrize("is_reversed", [False, True])
def test_of_two_scans_the_worse_one_counts(*, is_reversed: bool) -> None:
    rows = [{"findings": []}, {"status": "timed_out"}]
    row = assemble(facts(Family.PII, *(reversed(rows) if is_reversed else rows)))
    assert (row["pii_status"], row["pii_count"]) == ("timed_out", None)


@pytest.mark.parametrize(
    ("category", "expression", "expected"),
    [
        (None, None, "none"),
        ("permissive", "MIT", "permissive"),
        ("public_domain", "CC0-1.0", "permissive"),
        ("weak-copyleft", "LGPL-2.1-only", "weak_copyleft"),
        ("Odd Kind", "LicenseRef-x", "unknown"),
        (None, "LicenseRef-x", "unknown"),
    ],
)
def test_license_categories_have_a_closed_vocabulary(
    category: str | None, expression: str | None, expected: str
) -> None:
    row = {"license_category": category, "license_expression": expression}
    assert assemble(facts(Family.LICENSING, row))["own_license_category"] == expected


def test_two_licenses_for_one_blob_are_both_named_and_of_unknown_category() -> None:
    rows = (
        {"license_category": "permissive", "license_expression": "MIT"},
        {"license_category": "copyleft", "license_expression": "GPL-3.0-only"},
    )
    row = assemble(facts(Family.LICENSING, *rows))
    assert row["own_license_category"] == "unknown"
    assert row["own_license_expression"] == "GPL-3.0-only AND MIT"


def test_the_scope_restricts_training_too_and_the_path_decides_the_language() -> None:
    tree = {
        "repo_id": "r1",
        "path": b"a.py",
        "status": "completed",
        "reason": "",
        "language": "Python",
        "scope_evidence": b"LICENSE",
        "scope_license_category": "permissive",
        "scope_license_expression": "MIT",
        "scope_training_restricted": True,
        "provenance": "first_party",
        "path_findings": [FINDING],
    }
    trees = pa.Table.from_pylist([tree], schema=TREE_FACTS)
    given = {
        **facts(Family.LICENSING, {"training_restricted": False}),
        **facts(Family.CONTENT, {"language": "Text"}),
    }
    row = assemble(given, trees=trees)
    assert row["training_restricted"] is True
    assert (row["language"], row["scope_is_root"], row["path_finding_count"]) == ("Python", True, 1)


def test_conflicting_rights_lose_the_consent() -> None:
    rights = pa.Table.from_pylist(
        [
            {"repo_id": "r1", "rights_basis": "contract", "consent_valid": True},
            {"repo_id": "r1", "rights_basis": "license", "consent_valid": None},
        ],
        schema=RIGHTS,
    )
    (row,) = assemble_dossier(snapshot(b"a"), {}, TREE_FACTS.empty_table(), rights).to_pylist()
    assert (row["consent_valid"], row["rights_basis"]) == (False, None)


def test_a_path_that_is_no_utf8_has_a_text_and_rows_come_sorted() -> None:
    table = assemble_dossier(
        snapshot(b"\xff", b"b"), {}, TREE_FACTS.empty_table(), RIGHTS.empty_table()
    )
    assert table["path_text"].to_pylist() == ["b", "\\xFF"]


def test_a_repeated_path_and_a_lacking_column_are_refused() -> None:
    trees, rights = TREE_FACTS.empty_table(), RIGHTS.empty_table()
    with pytest.raises(ArtefactCorrupt, match="path twice"):
        assemble_dossier(snapshot(b"a", b"a"), {}, trees, rights)
    with pytest.raises(ArtefactCorrupt, match="suffix"):
        assemble_dossier(snapshot(b"a").drop_columns(["suffix"]), {}, trees, rights)
