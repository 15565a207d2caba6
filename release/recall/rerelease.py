"""A release again, without some of its rows; what is not touched keeps its bytes.

The new release is a function of the old one's folder, the ids that leave and why. A shard without
such a row is the same file under a second name, and its entry in the manifest is the old one. A
shard with such rows is written again without them, row group by row group; one that is left empty
disappears. Rows keep the run that made them. What was written again passes the exit scan, by the
detectors of today, and every other row has to be there, before anything is published.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.domain.finding import Category
from ingest.errors import ArtefactCorrupt, ReleaseRefused
from policies.decision import Tier
from release.build import FORMATS, BuiltRelease, no_beginning, no_check
from release.build.documents import add_documents
from release.build.exitscan import exit_scan
from release.build.gate import Check, in_order
from release.build.inputs import EXIT_CATEGORIES
from release.build.manifest import BUILD_VERSION
from release.build.parquet import table_digest
from release.build.plan import count_fates, sort_exclusions
from release.build.publish import flush_tree, open_staging, publish
from release.build.shards import describe_shard, shard_schema
from release.build.texts import Inspector
from release.domain.forms import time_text
from release.domain.manifest import (
    ENVELOPE_FILE,
    MANIFEST_FILE,
    GateCheck,
    Manifest,
    Shard,
    canonical_json,
)
from release.domain.recall import ids_digest
from release.domain.rows import EXCLUSIONS, Fate
from release.ports import ExitScanner, Progress, Signer, ignore_progress
from release.pull.verify import check_digest, check_listing, read_manifest
from release.recall.kept import check_kept
from release.recall.totals import sum_rows

DROPPED: Final = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("repo_id", pa.string(), nullable=False),
        pa.field("path", pa.binary(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
    ]
)
"""One row per row that leaves.

- `id`: row id in the release.
- `path`: of the occurrence, as it stands in the repository.
- `rule`: reason codes, comma-joined; stays in the exclusions, which are internal.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReReleaseSpec:
    """How a release without some rows is asked for.

    Raises:
        ValueError: the time is not in UTC.
    """

    created_at: datetime
    """Time for the manifest; no row knows it."""
    exit_categories: frozenset[Category] | None = None
    """What the exit scan refuses; none given: `EXIT_CATEGORIES` of the tier."""
    accepted_identities: frozenset[str] = frozenset()
    """`Finding.hmac` of values that people have cleared; the exit scan lets them pass."""
    restricted_by: str = ""
    """Digest of the policy by which the rows were judged; empty: it is not told."""
    is_all_scanned: bool = False
    """The exit scan looks at the shards that were taken over, too."""

    def __post_init__(self) -> None:
        """Check the time."""
        if self.created_at.utcoffset() != timedelta(0):
            msg = "a release has a UTC time"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReReleaseTools:
    """What a re-release works with."""

    scanner: ExitScanner
    signer: Signer
    public_key: Path
    """Of the key that signed the parent."""
    gate: Callable[[Path, Manifest], tuple[GateCheck, ...]] | None = None
    """Further checks of the finished folder; what they refuse is not published."""
    progress: Progress = ignore_progress
    """Told of rows that are scanned again."""
    last_check: Callable[[], None] = no_check
    """Called right before the release is put in its place."""
    begin: Callable[[str], None] = no_beginning
    """Told of the release id after that: somebody knows of a folder before it appears."""


def re_release(
    parent: BuiltRelease, dropped: pa.Table, spec: ReReleaseSpec, tools: ReReleaseTools
) -> BuiltRelease:
    """Publish `parent` without the `DROPPED` rows, beside it; return it with its exclusions.

    Doing it again leaves the published release as it is.

    Raises:
        ArtefactCorrupt: the exclusions are not the parent's, or a row that leaves is not in it.
        ReleaseRefused: the parent is not what was signed, a check objects, or another release
            stands under this id.
        ValueError: no row leaves.
    """
    manifest = parent.manifest
    ids = _checked_ids(parent, dropped, tools)
    digest = ids_digest(ids)
    exclusions = withdraw_rows(parent.exclusions, dropped)
    run_id = _input_digest(parent, digest, table_digest(exclusions))
    release_id = f"rel_{run_id[:20]}"
    root = parent.directory.parent
    with open_staging(root) as staging:
        shards, rewritten = _write_shards(parent, ids, staging)
        scanned = shards if spec.is_all_scanned else rewritten
        inspector = _inspector(manifest.tier, spec, tools)
        exit_scan(staging, scanned, inspector, progress=tools.progress)
        sums = sum_rows(staging, shards, manifest.tier)
        draft = replace(
            manifest,
            release_id=release_id,
            parent_release_id=manifest.release_id,
            created_at=time_text(spec.created_at),
            input_digest=run_id,
            snapshots=sums.snapshots,
            shards=shards,
            languages=sums.languages,
            licenses=sums.licenses,
            counts=count_fates(
                exclusions, emitted=sum(s.rows for s in shards), seen=manifest.counts.seen
            ),
            exclusions_digest=table_digest(exclusions),
            documents=(),
            gate=(_scan_passed(shards, scanned, inspector),),
            tombstone_digest=digest,
            restricted_by=spec.restricted_by,
        )
        kept = check_kept(parent, ids, staging, (draft, exclusions))
        further = () if tools.gate is None else tools.gate(staging, draft)
        draft = replace(draft, gate=in_order([*draft.gate, kept, *further]))
        payload = add_documents(staging, draft, exclusions, inspector).to_json()
        (staging / MANIFEST_FILE).write_bytes(payload)
        (staging / ENVELOPE_FILE).write_bytes(tools.signer.sign(payload))
        # To wait for the disk takes a while: nothing of it lies between the last look and the end.
        flush_tree(staging)
        tools.last_check()
        tools.begin(release_id)
        directory = publish(staging, root, release_id)
    published = Manifest.from_json((directory / MANIFEST_FILE).read_bytes())
    return BuiltRelease(directory=directory, manifest=published, exclusions=exclusions)


def _checked_ids(parent: BuiltRelease, dropped: pa.Table, tools: ReReleaseTools) -> frozenset[str]:
    """Return the ids that leave, after a look at what we are about to build on and sign again."""
    ids = frozenset(dropped["id"].to_pylist())
    if not ids or len(ids) != dropped.num_rows:
        msg = "a release is made again without at least one row, each named once"
        raise ValueError(msg)
    if read_manifest(parent.directory, tools.public_key) != parent.manifest:
        raise ReleaseRefused("The release to take rows from is not the one that is in its place.")
    check_listing(parent.directory, parent.manifest)
    if table_digest(parent.exclusions) != parent.manifest.exclusions_digest:
        raise ArtefactCorrupt("The exclusions are not those of the release to take rows from.")
    return ids


def _input_digest(parent: BuiltRelease, digest: str, exclusions: str) -> str:
    parts = {
        "build": BUILD_VERSION,
        "pyarrow": pa.__version__,
        "parent": hashlib.sha256(parent.manifest.to_json()).hexdigest(),
        "tombstones": digest,
        # Why rows leave stays inside, and is part of what the manifest signs.
        "exclusions": exclusions,
    }
    return hashlib.sha256(canonical_json(parts)).hexdigest()


def withdraw_rows(exclusions: pa.Table, dropped: pa.Table) -> pa.Table:
    """Return exclusions with the dropped rows, and with the copies that stood behind them."""
    rules = dict(zip(dropped["id"].to_pylist(), dropped["rule"].to_pylist(), strict=True))
    is_orphan = pc.and_(
        pc.equal(exclusions["fate"], Fate.FOLDED.value),
        pc.is_in(exclusions["counterpart"], pa.array(sorted(rules), pa.string())),
    )
    orphans = exclusions.filter(is_orphan).to_pylist()
    left = {"fate": Fate.WITHDRAWN.value, "stage": "withdraw"}
    withdrawn = [row | left | {"rule": rules[row["counterpart"]]} for row in orphans]
    withdrawn += [left | row for row in dropped.select(["repo_id", "path", "rule"]).to_pylist()]
    kept = exclusions.filter(pc.invert(is_orphan))
    return sort_exclusions([kept, pa.Table.from_pylist(withdrawn, schema=EXCLUSIONS)])


def _write_shards(
    parent: BuiltRelease, ids: frozenset[str], staging: Path
) -> tuple[tuple[Shard, ...], tuple[Shard, ...]]:
    """Take shards over or write them again; return all of them, and those written again.

    Raises:
        ArtefactCorrupt: an id is of no row of the parent.
    """
    (staging / "data").mkdir()
    shards: list[Shard] = []
    rewritten: list[Shard] = []
    found = 0
    for shard in parent.manifest.shards:
        source = parent.directory / shard.path
        # What another process may have changed on disk must not be signed a second time.
        check_digest(source, shard)
        with pq.ParquetFile(source) as file:
            leaving = len(ids.intersection(file.read(columns=["id"])["id"].to_pylist()))
            found += leaving
            if not leaving:
                _take_over(source, staging / shard.path)
                shards.append(shard)
            elif leaving < shard.rows:
                written = _rewrite(file, shard, ids, (staging, parent.manifest.tier))
                shards.append(written)
                rewritten.append(written)
    if found != len(ids):
        raise ArtefactCorrupt(
            f"{len(ids) - found} of {len(ids)} rows to drop are not in the release."
        )
    return tuple(shards), tuple(rewritten)


def _take_over(source: Path, target: Path) -> None:
    """Give a file a second name, or copy it where the file system cannot."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _rewrite(
    file: pq.ParquetFile, shard: Shard, leaving: frozenset[str], place: tuple[Path, Tier]
) -> Shard:
    """Write a shard without some rows; its groups stay the groups they were."""
    root, tier = place
    schema = shard_schema(tier)
    out = FORMATS[shard.format].open(root / shard.path, schema)
    ids: list[str] = []
    repo_ids: list[str] = []
    for number in range(file.num_row_groups):
        group = file.read_row_group(number)
        kept = group.filter(pa.array([i not in leaving for i in group["id"].to_pylist()]))
        if kept.num_rows:
            columns = [kept[name] for name in schema.names]
            out.write(pa.Table.from_arrays(columns, schema=schema).combine_chunks())
            ids += kept["id"].to_pylist()
            repo_ids += kept["repo_id"].to_pylist()
    out.close()
    origin = (shard.run_id, shard.policy_digest)
    return describe_shard(root, shard.path, ids=ids, repo_ids=repo_ids, origin=origin)


def _inspector(tier: Tier, spec: ReReleaseSpec, tools: ReReleaseTools) -> Inspector:
    refused = EXIT_CATEGORIES[tier] if spec.exit_categories is None else spec.exit_categories
    return Inspector(scanner=tools.scanner, refused=refused, accepted=spec.accepted_identities)


def _scan_passed(
    shards: tuple[Shard, ...], scanned: tuple[Shard, ...], inspector: Inspector
) -> GateCheck:
    numbers = {
        "rows": sum(shard.rows for shard in scanned),
        "shards": len(scanned),
        "categories": len(inspector.refused),
        "shards_taken_over": len(shards) - len(scanned),
    }
    return GateCheck(name=Check.EXIT_SCAN, numbers=numbers)
