"""Cut the units that lack facts into batches of blobs, each batch an artefact that names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from ingest.domain.finding import BLOB_FAMILIES, Family
from ingest.domain.tree import ScanUnit

BATCH = pa.schema(
    [
        pa.field("blob_id", pa.string(), nullable=False),
        pa.field("suffix", pa.string(), nullable=False),
        pa.field("size", pa.int64(), nullable=False),
        pa.field("families", pa.list_(pa.string()), nullable=False),
    ]
)
"""One row per unit; `families` is the same in all rows of a batch."""

MAX_UNITS = 20_000
"""Units of one batch at most, so that very small files do not make a batch very long."""


def cut_batches(missing: Mapping[Family, pa.Table], batch_bytes: int) -> Iterator[pa.Table]:
    """Yield batches of units that lack the same families, in the order the units come.

    A blob is read once for all families that lack it, so units are first grouped by what they lack.
    """
    lacking: dict[ScanUnit, list[Family]] = {}
    for family in BLOB_FAMILIES:
        for row in missing[family].to_pylist() if family in missing else []:
            lacking.setdefault(ScanUnit(**row), []).append(family)
    groups: dict[tuple[Family, ...], list[ScanUnit]] = {}
    for unit, families in lacking.items():
        groups.setdefault(tuple(families), []).append(unit)
    for names, units in groups.items():
        for chunk in _chunks(units, batch_bytes):
            yield _as_table(chunk, names)


def read_batch(table: pa.Table) -> tuple[list[ScanUnit], tuple[Family, ...]]:
    """Return the units of a batch and the families that are to scan them."""
    rows = table.to_pylist()
    units = [ScanUnit(blob_id=r["blob_id"], suffix=r["suffix"], size=r["size"]) for r in rows]
    return units, tuple(Family(name) for name in rows[0]["families"])


def _chunks(units: Sequence[ScanUnit], batch_bytes: int) -> Iterator[list[ScanUnit]]:
    chunk: list[ScanUnit] = []
    size = 0
    for unit in units:
        if chunk and (size + unit.size > batch_bytes or len(chunk) == MAX_UNITS):
            yield chunk
            chunk, size = [], 0
        chunk.append(unit)
        size += unit.size
    if chunk:
        yield chunk


def _as_table(units: Sequence[ScanUnit], families: Sequence[Family]) -> pa.Table:
    names = [family.value for family in families]
    rows = [
        {"blob_id": u.blob_id, "suffix": u.suffix, "size": u.size, "families": names} for u in units
    ]
    return pa.Table.from_pylist(rows, schema=BATCH)
