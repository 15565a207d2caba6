from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.finding import Family
from ingest.domain.tree import ScanUnit
from tests.strategies.ingest import scan_units
from workers.batches import MAX_UNITS, cut_batches, read_batch

UNITS = pa.schema([("blob_id", pa.string()), ("suffix", pa.string()), ("size", pa.int64())])


def table(units: list[ScanUnit]) -> pa.Table:
    rows = [{"blob_id": u.blob_id, "suffix": u.suffix, "size": u.size} for u in units]
    return pa.Table.from_pylist(rows, schema=UNITS)


@given(
    st.lists(scan_units, max_size=12, unique=True),
    st.lists(scan_units, max_size=12, unique=True),
    st.integers(1, 2**41),
)
def test_every_family_gets_exactly_the_units_it_lacks(
    secrets: list[ScanUnit], pii: list[ScanUnit], batch_bytes: int
) -> None:
    missing = {Family.SECRETS: table(secrets), Family.PII: table(pii)}
    seen: dict[Family, list[ScanUnit]] = {Family.SECRETS: [], Family.PII: []}
    for batch in cut_batches(missing, batch_bytes):
        units, families = read_batch(batch)
        assert units
        assert len(units) <= MAX_UNITS
        assert len(units) == 1 or sum(u.size for u in units) <= batch_bytes
        for family in families:
            seen[family] += units
    assert {f: sorted(units) for f, units in seen.items()} == {
        Family.SECRETS: sorted(secrets),
        Family.PII: sorted(pii),
    }


@given(st.lists(scan_units, min_size=1, max_size=12, unique=True))
def test_a_unit_that_two_families_lack_is_read_once(units: list[ScanUnit]) -> None:
    missing = {Family.SECRETS: table(units), Family.PII: table(units)}
    read = [u for batch in cut_batches(missing, 2**60) for u in read_batch(batch)[0]]
    assert sorted(read) == sorted(units)
