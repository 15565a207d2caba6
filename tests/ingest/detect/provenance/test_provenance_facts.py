"""Facts by blob and name hint."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ingest.detect.provenance.facts import read_content, read_licensing
from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family

BLOB = "a" * 40


def _licensing(*rows: dict[str, Any]) -> pa.Table:
    base = {"blob_id": BLOB, "suffix": "py", "status": "completed", "reason": ""}
    whole = {
        "license_category": "none",
        "is_manifest": False,
        "training_restricted": False,
        "has_foreign_holder": False,
        "has_company_holder": False,
    }
    return pa.Table.from_pylist(
        [{**base, **whole, **row} for row in rows], schema=facts_schema(Family.LICENSING)
    )


def test_a_scan_that_did_not_complete_gives_no_facts() -> None:
    assert read_licensing(_licensing({"status": "timed_out"})) == {}
    assert read_licensing(_licensing({}, {"status": "failed"})) == {}


def test_scans_that_disagree_give_no_facts() -> None:
    assert read_licensing(_licensing({}, {"license_category": "copyleft"})) == {}
    assert len(read_licensing(_licensing({}, {}))) == 1


def test_null_is_read_as_the_worse() -> None:
    unknown = dict.fromkeys(
        ("license_category", "training_restricted", "has_foreign_holder", "has_company_holder")
    )
    (facts,) = read_licensing(_licensing(unknown)).values()

    assert facts.category == "unknown"
    assert facts.training_restricted
    assert facts.has_foreign_holder
    assert not facts.has_company_holder


def test_content_facts_are_read() -> None:
    row = {"blob_id": BLOB, "suffix": "py", "status": "completed", "reason": ""}
    table = pa.Table.from_pylist(
        [{**row, "language": "Python", "language_source": "path", "is_generated": True}],
        schema=facts_schema(Family.CONTENT),
    )
    (facts,) = read_content(table).values()

    assert (facts.language, facts.language_source, facts.is_generated) == ("Python", "path", True)
