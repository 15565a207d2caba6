from __future__ import annotations

from dataclasses import asdict, fields

import pyarrow as pa
import pytest
from hypothesis import given

from ingest.domain.artefacts import FINDING, HISTORY, SNAPSHOT, TREE_FACTS, facts_schema
from ingest.domain.finding import BLOB_FAMILIES, Family, Finding
from tests.strategies.ingest import findings


def test_the_finding_struct_has_the_fields_of_the_noun() -> None:
    assert [f.name for f in FINDING] == [f.name for f in fields(Finding)]


@given(findings())
def test_a_finding_survives_the_way_through_arrow(finding: Finding) -> None:
    row = asdict(finding) | {"views": list(finding.views)}
    assert pa.array([row], FINDING).to_pylist() == [row]


@pytest.mark.parametrize("family", BLOB_FAMILIES)
def test_a_scan_without_result_has_null_columns(family: Family) -> None:
    row = {"blob_id": "0" * 40, "suffix": "", "status": "failed", "reason": "x"}
    table = pa.Table.from_pylist([row], schema=facts_schema(family))
    assert all(table[name][0].as_py() is None for name in table.column_names[4:])


@pytest.mark.parametrize("schema", [SNAPSHOT, HISTORY, TREE_FACTS])
def test_no_column_is_untyped(schema: pa.Schema) -> None:
    assert not any(pa.types.is_null(field.type) for field in schema)
