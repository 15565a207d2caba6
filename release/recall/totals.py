"""Sums over the rows of finished shards, read back from the files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from policies.decision import Tier
from release.domain.manifest import Shard
from release.domain.rows import NO_LANGUAGE, NO_LICENSE


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSums:
    """What a manifest says of all rows together; see `Manifest`."""

    languages: Mapping[str, Mapping[str, int]]
    licenses: Mapping[str, Mapping[str, int]]
    snapshots: Mapping[str, str]


def sum_rows(root: Path, shards: Iterable[Shard], tier: Tier) -> RowSums:
    """Return the sums over the shards of a release folder."""
    shown = "revision_id" if tier is Tier.INTERNAL_ONLY else "snapshot_id"
    columns = ["repo_id", shown, "language", "license_expression", "length_bytes"]
    languages: dict[str, Counter[str]] = defaultdict(Counter)
    licenses: dict[str, Counter[str]] = defaultdict(Counter)
    snapshots: dict[str, str] = {}
    for shard in shards:
        with pq.ParquetFile(root / shard.path) as file:
            rows = file.read(columns=columns)
        _add(languages, rows, "language", NO_LANGUAGE)
        _add(licenses, rows, "license_expression", NO_LICENSE)
        pairs = rows.group_by(["repo_id", shown]).aggregate([])
        snapshots |= dict(zip(*(pairs[c].to_pylist() for c in ("repo_id", shown)), strict=True))
    return RowSums(
        languages={name: dict(total) for name, total in languages.items()},
        licenses={name: dict(total) for name, total in licenses.items()},
        snapshots=snapshots,
    )


def _add(totals: dict[str, Counter[str]], rows: pa.Table, column: str, unnamed: str) -> None:
    sums = rows.group_by(column).aggregate([("length_bytes", "sum"), ("length_bytes", "count")])
    names = pc.fill_null(sums[column], unnamed).to_pylist()
    numbers = (sums[f"length_bytes_{kind}"].to_pylist() for kind in ("count", "sum"))
    for name, rows_in, size in zip(names, *numbers, strict=True):
        totals[name or unnamed].update(rows=rows_in, bytes=size)
