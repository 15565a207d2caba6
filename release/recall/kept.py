"""What a release without some rows must hold: every other row of its parent, once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from release.build import BuiltRelease
from release.build.gate import judge_counts, missing_from
from release.domain.manifest import GateCheck, Manifest, Shard
from release.domain.rows import Fate


def check_kept(
    parent: BuiltRelease, gone: Collection[str], folder: Path, drafted: tuple[Manifest, pa.Table]
) -> GateCheck:
    """Compare what is in the files with the parent's, and the counts with the exclusions.

    Args:
        parent: release that rows leave.
        gone: ids of these rows.
        folder: with the finished shards.
        drafted: manifest and exclusions of what is about to be published.

    Raises:
        ReleaseRefused: a row is missing, doubled or should have left, a folded copy has no row
            that stands for it, or the counts do not add up.
    """
    manifest, exclusions = drafted
    written = _ids(folder, manifest.shards)
    before = _ids(parent.directory, parent.manifest.shards)
    expected = before.filter(pc.invert(pc.is_in(before, pa.array(sorted(gone), pa.string()))))
    folded = exclusions.filter(pc.equal(exclusions["fate"], Fate.FOLDED.value))
    counts = manifest.counts
    faults = {
        "rows that stay are in no file": missing_from(written, expected),
        "rows are in a file that have left, or were never there": missing_from(expected, written),
        "rows are in the files twice": len(written) - len(pc.unique(written)),
        "rows of the manifest are in no file": counts.emitted - len(written),
        "copies were folded into a row that is not there": missing_from(
            written, folded["counterpart"]
        ),
        "decisions are not accounted for": counts.seen - counts.emitted - exclusions.num_rows,
    }
    return judge_counts(faults, counts)


def _ids(folder: Path, shards: Iterable[Shard]) -> pa.ChunkedArray:
    columns = [pq.read_table(folder / shard.path, columns=["id"])["id"] for shard in shards]
    chunks = [chunk for column in columns for chunk in column.chunks]
    return pa.chunked_array(chunks, pa.string())
