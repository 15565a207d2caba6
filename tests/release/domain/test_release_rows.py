from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.decision import Tier
from release.domain import INTERNAL_ROWS, RELEASABLE_ROWS, Counts, rows_schema, schema_digest
from tests.strategies.release import counts_parts


def test_the_releasable_projection_lacks_the_internal_columns_and_keeps_the_order() -> None:
    internal_only = {"blob_id", "revision_id", "branch_name", "waiver_ids"}
    assert RELEASABLE_ROWS.names == [n for n in INTERNAL_ROWS.names if n not in internal_only]


def test_releasable_license_evidence_names_no_path() -> None:
    evidence = RELEASABLE_ROWS.field("license_evidence").type.value_type
    assert [f.name for f in evidence] == ["kind", "line", "spdx", "score"]


def test_list_columns_are_never_null_and_no_column_is_of_null_type() -> None:
    for tier in Tier:
        for column in rows_schema(tier):
            assert not pa.types.is_null(column.type)
            assert not (pa.types.is_list(column.type) and column.nullable)


def test_a_schema_digest_changes_with_type_name_order_and_nullability() -> None:
    text, number = pa.field("a", pa.string()), pa.field("b", pa.int32())
    schemas = [
        pa.schema([text, number]),
        pa.schema([number, text]),
        pa.schema([text]),
        pa.schema([text, number.with_type(pa.int64())]),
        pa.schema([text, number.with_nullable(False)]),
    ]
    assert len({schema_digest(schema) for schema in schemas}) == len(schemas)


@given(counts_parts, st.integers(-3, 3))
def test_counts_exist_only_where_the_parts_add_up(parts: dict[str, int], error: int) -> None:
    seen = sum(parts.values()) + error
    if error:
        with pytest.raises(ValueError, match="does not hold"):
            Counts(seen=seen, **parts)
    else:
        assert Counts(seen=seen, **parts).seen == seen


def test_negative_counts_are_refused_even_if_they_add_up() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        Counts(seen=0, emitted=1, folded=-1, other_tier=0, held=0, excluded=0, skipped=0)
