"""A withdrawal over millions of occurrences: ``python -m benchmarks.withdrawal``.

The facts are those of ``benchmarks.policy``. What the default policy releases of them is one
release, kept as the lake keeps it. Then a repository is withdrawn: its contents are looked for, the
rows of the release are judged again with it and their copies, and the tombstones of those that go
are written. All of it reads Parquet files. The facts and the release are made by a process of their
own, so that the peak that is told is that of the withdrawal.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.policy import write_dossier
from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from policies.database import open_dossier
from policies.decision import Tier
from policies.document import load_default_policy
from policies.dossier import RIGHTS
from policies.review import (
    NO_REVIEWS,
    WITHDRAWN_CONTENTS,
    Reviews,
    Selector,
    Withdrawal,
    WithdrawalReason,
    in_force,
)
from policies.review.marks import mark_rows
from policies.standing import EMITTED, PRESENT, Standing
from release.recall import RecallReason, Tombstone, tombstones_table

_NOW: Final = datetime(2030, 1, 1, tzinfo=UTC)
_BATCH: Final = 1 << 18
_NO_CONTENT: Final = facts_schema(Family.CONTENT).empty_table()
_RIGHTS_SQL: Final = """
    SELECT repo_id, any_value(repo_name) AS name, any_value(owner) AS owner,
        any_value(rights_basis) AS rights_basis, any_value(repo_license_expression) AS license,
        any_value(repo_license_category) AS license_category,
        any_value(consent_valid) AS consent_valid
    FROM stored GROUP BY repo_id ORDER BY repo_id
"""
_EMITTED_SQL: Final = """
    SELECT sha256(repo_id || path::VARCHAR) AS row_id, repo_id, path, blob_id,
        redact_releasable AS redacted
    FROM judged JOIN combinations USING (verdict_id)
    WHERE judged.verdict_outcome = 'releasable'
        AND blob_id NOT IN (SELECT blob_id FROM restrictions)
    ORDER BY repo_id, path
"""
_PLACES_SQL: Final = """
    SELECT 'wdr_0000000000000001' AS withdrawal_id, d.repo_id, d.path, d.blob_id,
        coalesce(d.is_license_text, false) AS is_license_text
    FROM dossier d JOIN marked USING (repo_id, path)
    WHERE d.skip_reason IS NULL AND d.repo_id IN (SELECT repo_id FROM marked)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One step."""

    name: str
    wall: float
    processor: float
    """Seconds."""


class _Watch:
    def __init__(self) -> None:
        self.timings: list[Timing] = []
        self._start()

    def _start(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def lap(self, name: str) -> None:
        """Note what the time since the last lap went into."""
        wall, processor = time.perf_counter() - self._wall, time.process_time() - self._processor
        self.timings.append(Timing(name=name, wall=wall, processor=processor))
        self._start()


def write_release(dossier: Path, path: Path) -> pa.Table:
    """Write the rows that the default policy releases; return the rights of the repositories."""
    with open_dossier(dossier, "stored") as connection:
        rights = connection.sql(_RIGHTS_SQL).to_arrow_table().cast(RIGHTS)
        policy = load_default_policy()
        Standing(connection, policy, content=_NO_CONTENT, reviews=NO_REVIEWS, rights=rights)
        rows = connection.sql(_EMITTED_SQL).to_arrow_reader(_BATCH)
        with pq.ParquetWriter(path, EMITTED) as writer:
            for batch in rows:
                writer.write_table(pa.Table.from_batches([batch]).cast(EMITTED))
    return rights


def withdraw(dossier: Path, released: Path, rights: pa.Table, repo_id: str) -> tuple[str, _Watch]:
    """Withdraw a repository; return what it came to, with the time of each step."""
    watch = _Watch()
    said = Withdrawal(
        id="wdr_0000000000000001",
        selector=Selector.REPOSITORY,
        repo_id=repo_id,
        reason=WithdrawalReason.RIGHTS_CLAIM,
        comment="a claim",
        withdrawn_by="ada",
        withdrawn_at=_NOW,
    )
    with open_dossier(dossier) as connection:
        mark_rows(connection, [said], WITHDRAWN_CONTENTS.empty_table())
        contents = connection.sql(_PLACES_SQL).to_arrow_table().cast(WITHDRAWN_CONTENTS)
    watch.lap("contents found")
    reviews: Reviews = in_force([], _NOW, [said], contents)
    with open_dossier(dossier, "stored") as connection:
        policy = load_default_policy()
        standing = Standing(connection, policy, content=_NO_CONTENT, reviews=reviews, rights=rights)
        watch.lap("judged")
        emitted = pq.read_table(released).cast(EMITTED)
        rows = standing.disallowed(emitted, Tier.RELEASABLE, PRESENT.empty_table())
    watch.lap("blast radius")
    tombstones = tombstones_table(
        (
            Tombstone(
                release_id="rel_" + "0" * 20,
                id=row_id,
                reason=RecallReason.RIGHTS_CLAIM,
                request_id=said.id,
                effective_at=_NOW,
            )
            for row_id in rows["row_id"].to_pylist()
        ),
        Tier.RELEASABLE,
    )
    sink = pa.BufferOutputStream()
    pq.write_table(tombstones, sink, compression="zstd")
    watch.lap("tombstones")
    copies = rows.num_rows - rows["counterpart_score"].null_count
    told = f"{contents.num_rows:,} files named; {rows.num_rows:,} of {emitted.num_rows:,} rows go"
    return f"{told}, {copies:,} of them as copies", watch


def make(place: Path, rows: int) -> tuple[Path, Path, Path]:
    """Write dossier, release and rights to a folder, where they are not; return their paths."""
    dossier, released, rights = (
        place / f"{name}.parquet" for name in ("dossier", "released", "rights")
    )
    if not dossier.exists():
        write_dossier(dossier, rows)
    if not (released.exists() and rights.exists()):
        pq.write_table(write_release(dossier, released), rights)
    return dossier, released, rights


def main() -> None:
    """Write the facts and the release, withdraw a repository and print what it took."""
    parser = argparse.ArgumentParser(description="A withdrawal over synthetic facts.")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--keep", type=Path, help="Folder to keep the files in, or to find them.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = arguments.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        start = time.perf_counter()
        # Not forked: a child that has the memory of its parent has its peak too.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            dossier, released, kept = pool.apply(make, (place, arguments.rows))
        print(f"facts and release made in {time.perf_counter() - start:.1f} s")
        rights = pq.read_table(kept).cast(RIGHTS)
        consenting = rights.filter(rights["consent_valid"])
        told, watch = withdraw(dossier, released, rights, consenting["repo_id"][0].as_py())
    for timing in watch.timings:
        print(f"{timing.name:<15} {timing.wall:5.1f} s ({timing.processor:.1f} s of processor)")
    wall = sum(timing.wall for timing in watch.timings)
    processor = sum(timing.processor for timing in watch.timings)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{arguments.rows:,} occurrences: {told}")
    print(f"{wall:.1f} s in all ({processor:.1f} s of processor), peak {peak:.2f} GB")


if __name__ == "__main__":
    main()
