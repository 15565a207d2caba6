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

_Unit = tuple[str, str, int]
"""The fields of a `ScanUnit`: there may be millions, most of them only counted and cut here."""

MAX_UNITS = 20_000
"""Units of one batch at most, so that very small files do not make a batch very long."""


def cut_batches(missing: Mapping[Family, pa.Table], batch_bytes: int) -> Iterator[pa.Table]:
    """Yield batches of units that lack the same families, in the order the units come.

    A blob is read once for all families that lack it, so units are first grouped by what they lack.
    """
    lacking: dict[_Unit, tuple[Family, ...]] = {}
    for family in BLOB_FAMILIES:
        for unit in _units(missing[family]) if family in missing else ():
            lacking[unit] = (*lacking.get(unit, ()), family)
    groups: dict[tuple[Family, ...], list[_Unit]] = {}
    for unit, families in lacking.items():
        groups.setdefault(families, []).append(unit)
    for names, units in groups.items():
        for chunk in _chunks(units, batch_bytes):
            yield _as_table(chunk, names)


def _units(table: pa.Table) -> Iterator[_Unit]:
    return zip(*(table[name].to_pylist() for name in ScanUnit.__slots__), strict=True)


def read_batch(table: pa.Table) -> tuple[list[ScanUnit], tuple[Family, ...]]:
    """Return the units of a batch and the families that are to scan them."""
    units = [ScanUnit(blob_id=blob_id, suffix=s, size=size) for blob_id, s, size in _units(table)]
    return units, tuple(Family(name) for name in table["families"][0].as_py())


def _chunks(units: Sequence[_Unit], batch_bytes: int) -> Iterator[list[_Unit]]:
    chunk: list[_Unit] = []
    total = 0
    for unit in units:
        _, _, size = unit
        if chunk and (total + size > batch_bytes or len(chunk) == MAX_UNITS):
            yield chunk
            chunk, total = [], 0
        chunk.append(unit)
        total += size
    if chunk:
        yield chunk


def _as_table(units: Sequence[_Unit], families: Sequence[Family]) -> pa.Table:
    names = [[family.value for family in families]] * len(units)
    columns = (*zip(*units, strict=True), names)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, BATCH, strict=True)]
    return pa.Table.from_arrays(arrays, schema=BATCH)
