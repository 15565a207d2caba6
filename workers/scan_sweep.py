"""Look for every value that one file betrayed in all other files of the tree, in its own pass."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.detect.detector import BlobDetector, plain
from ingest.detect.funnel import merge_spans
from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family, ScanStatus
from ingest.domain.secret import HmacKey
from ingest.domain.tree import ScanUnit
from workers.known import Sweeper, known_values
from workers.sandbox import OpenBlobs
from workers.scan_paths import finding_of
from workers.scan_pool import Scan

Unit = tuple[str, str]


def sweep_known(
    secrets: pa.Table, units: Sequence[ScanUnit], open_blobs: OpenBlobs, work: tuple[Scan, HmacKey]
) -> pa.Table:
    """Return the facts of the secrets family with the places that its own findings make known.

    `work` is the way to scan units with detectors, and the key of the identities. A file that the
    sweep does not get through keeps what it had, and is no longer one that was scanned.
    """
    scan, key = work
    found = secrets.filter(pc.greater(pc.list_value_length(secrets["findings"]), 0)).to_pylist()
    findings = [finding_of(f) for row in found for f in row["findings"]]
    known = known_values(findings, key)
    if not len(known):
        return secrets
    sweeper: BlobDetector = Sweeper(known=known, key=key)
    swept = scan(units, open_blobs, [sweeper])[Family.SECRETS]
    covered = {(row["blob_id"], row["suffix"]): row["findings"] for row in found}
    return _with_findings(secrets, dict(_fresh(swept, covered)), _unfinished(swept))


def _fresh(
    swept: pa.Table, covered: Mapping[Unit, Sequence[Mapping[str, Any]]]
) -> Iterator[tuple[Unit, list[Mapping[str, Any]]]]:
    """Yield what a sweep found where nothing was found before, by unit."""
    some = swept.filter(pc.greater(pc.list_value_length(swept["findings"]), 0))
    for row in some.to_pylist():
        unit = (row["blob_id"], row["suffix"])
        taken = merge_spans(sorted((f["start"], f["end"]) for f in covered.get(unit, ())))
        fresh = [f for f in row["findings"] if not _is_taken(taken, f["start"], f["end"])]
        if fresh:
            yield unit, fresh


def _is_taken(taken: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Tell whether a span overlaps one of some that are sorted and apart."""
    before = bisect_left(taken, end, key=lambda span: span[0])
    return before > 0 and start < taken[before - 1][1]


def _unfinished(swept: pa.Table) -> dict[Unit, tuple[str, str]]:
    """Return (status, reason) of the units that the sweep did not get through."""
    rest = swept.filter(pc.not_equal(swept["status"], ScanStatus.COMPLETED.value))
    columns = (rest[name].to_pylist() for name in ("blob_id", "suffix", "status", "reason"))
    return {
        (i, s): (status, f"known values: {why}") for i, s, status, why in zip(*columns, strict=True)
    }


def _with_findings(
    facts: pa.Table,
    more: Mapping[Unit, Sequence[Mapping[str, Any]]],
    unfinished: Mapping[Unit, tuple[str, str]],
) -> pa.Table:
    units = zip(facts["blob_id"].to_pylist(), facts["suffix"].to_pylist(), strict=True)
    mask = pa.array([unit in more or unit in unfinished for unit in units], pa.bool_())
    rows = facts.filter(mask).to_pylist()
    for row in rows:
        unit = (row["blob_id"], row["suffix"])
        if row["status"] == ScanStatus.COMPLETED.value:
            row["status"], row["reason"] = unfinished.get(unit, (row["status"], row["reason"]))
        if unit not in more:
            continue
        added = [*(row["findings"] or []), *more[unit]]
        row["findings"] = plain(sorted(added, key=lambda f: (f["start"], f["end"])))
    changed = pa.Table.from_pylist(rows, schema=facts_schema(Family.SECRETS))
    return pa.concat_tables([facts.filter(pc.invert(mask)), changed])
