"""Load a pulled release row by row, without the rows that were taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from policies.decision import Tier
from release.domain.manifest import Manifest
from release.domain.rows import rows_schema
from release.pull.recalls import Reader, read_recalls, recalls_folder
from release.pull.verify import check_digest, check_listing, check_tier, read_manifest


def open_rows(
    copy: Path,
    public_key: Path,
    tier: Tier,
    *,
    columns: Sequence[str] | None = None,
    now: datetime | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a release that may be used, in its order.

    Recalls are those beside the copy; see `shardgate recall apply`. A shard is read after its
    digest was checked.

    Raises:
        ReleaseRefused: unsigned, tampered with, of another tier, or recalled and the tombstones
            are not beside the copy.
    """
    manifest = read_manifest(copy, public_key)
    check_tier(manifest, tier)
    check_listing(copy, manifest)
    reader = Reader(public_key=public_key, tier=tier, now=now)
    known = read_recalls(recalls_folder(copy), reader)
    dropped = known.dropped_ids(manifest.release_id) if known is not None else frozenset()
    return _batches(copy, manifest, dropped, columns)


def _batches(
    copy: Path, manifest: Manifest, dropped: frozenset[str], columns: Sequence[str] | None
) -> Iterator[pa.RecordBatch]:
    shown = rows_schema(manifest.tier).names if columns is None else list(columns)
    for shard in manifest.shards:
        check_digest(copy / shard.path, shard)
        with pq.ParquetFile(copy / shard.path) as file:
            for batch in file.iter_batches(columns=[*{*shown, "id"}]):
                kept = batch.filter(
                    pa.array([i not in dropped for i in batch.column("id").to_pylist()])
                )
                if kept.num_rows:
                    yield kept.select(shown)
