"""Which file each row of a release is of, and which of them may not be used any more."""

from __future__ import annotations

import errno
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family, ScanStatus
from ingest.errors import ArtefactCorrupt, ResourceExhausted, ShardgateError, TerminalError
from policies.database import open_database, open_dossier
from policies.decision import Tier
from policies.model import Policy
from policies.review import Reviews
from policies.standing import EMITTED, PRESENT, Standing
from release.domain.manifest import MANIFEST_FILE, Manifest
from store.catalog import ReleaseBook, ReleaseRecord, ReleaseState
from workers.context import Context, utc_now
from workers.corpus import CorpusKeys

RELEASED: Final = pa.schema([*EMITTED, pa.field("shard", pa.string(), nullable=False)])
"""Rows of a release in its order, with the shard that each stands in; stays internal."""
SIGNATURE: Final = ("blob_id", "minhash", "bands")
DAMAGED: Final = (TerminalError, OSError, pa.ArrowException, duckdb.Error)
"""What a damaged release, or a damaged artefact about one, may raise."""
_SHORTAGES: Final = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
_STATUSES: Final = tuple(f"{family.value}_status" for family in Family)
_FROM_DOSSIER: Final = ("repo_id", "path", *_STATUSES, *PRESENT.names[6:])

# The rows of a release are those of its decisions that it does not exclude, in their order.
_EMITTED_SQL: Final = """
    SELECT d.repo_id, d.path, d.blob_id, d.redact_categories AS redacted
    FROM decisions d ANTI JOIN exclusions e ON (e.repo_id = d.repo_id AND e.path = d.path)
    ORDER BY d.repo_id, d.path
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What today's rules, reviews, withdrawals and rights say of a release."""

    release: ReleaseRecord
    rows: pa.Table | None
    """`policies.standing.DISALLOWED`; none where nobody can judge it."""
    cause: str = ""
    """Why nobody can, in words for a person."""


def published(context: Context, tier: Tier | None = None) -> list[ReleaseRecord]:
    """Return the releases of which rows may be used, oldest first."""
    book = ReleaseBook(context.catalog, clock=utc_now)
    found = [r for r in book.list_releases(tier) if r.state is ReleaseState.PUBLISHED]
    return sorted(found, key=lambda r: (r.created_at, r.id))


def manifest_of(context: Context, release: ReleaseRecord) -> Manifest:
    """Return the manifest of a release.

    Raises:
        ArtefactCorrupt: its folder is gone.
        ReleaseRefused: it is malformed.
    """
    path = context.settings.shards_dir(release.tier.value) / release.path / MANIFEST_FILE
    try:
        return Manifest.from_json(path.read_bytes())
    except FileNotFoundError:
        raise ArtefactCorrupt(f"The folder of {release.id} is gone.") from None


def released_rows(context: Context, release: ReleaseRecord) -> pa.Table:
    """Return the `RELEASED` rows of a release; worked out once, and kept.

    Raises:
        ArtefactCorrupt: shards, exclusions and decisions do not fit together, or one is gone.
    """
    lake = context.lake
    if lake.exists("released", release.id):
        return lake.read("released", release.id, schema=RELEASED)
    decisions = str(release.params.get("decisions", ""))
    if not decisions:
        raise ArtefactCorrupt(f"{release.id} does not name its decisions.")
    columns = ["repo_id", "path", "blob_id", "redact_categories"]
    with open_database() as connection:
        connection.register("decisions", lake.read("decisions", decisions, columns=columns))
        excluded = lake.read("exclusions", release.id, columns=["repo_id", "path"])
        connection.register("exclusions", excluded)
        files = connection.sql(_EMITTED_SQL).to_arrow_table()
    shipped = _shipped(context, release)
    if shipped.num_rows != files.num_rows or not shipped["repo_id"].equals(files["repo_id"]):
        raise ArtefactCorrupt(f"The rows of {release.id} are not those that were decided on.")
    columns_of = {"row_id": shipped["id"], "shard": shipped["shard"]}
    table = pa.Table.from_arrays(
        [
            (columns_of[f.name] if f.name in columns_of else files[f.name]).cast(f.type)
            for f in RELEASED
        ],
        schema=RELEASED,
    )
    lake.write("released", release.id, table)
    return table


def present_decisions(context: Context, keys: CorpusKeys) -> pa.Table:
    """Return the `PRESENT` decisions over the corpus; none while it is not decided on."""
    lake = context.lake
    is_there = lake.exists("decisions", keys.decisions) and lake.exists("dossiers", keys.dossier)
    if not is_there:
        return PRESENT.empty_table()
    decisions = lake.read("decisions", keys.decisions, columns=PRESENT.names[:6])
    dossier = lake.read("dossiers", keys.dossier, columns=list(_FROM_DOSSIER))
    table = decisions
    for name in PRESENT.names[6:]:
        table = table.append_column(PRESENT.field(name), dossier[name])
    # What was not scanned in whole is not known to have changed.
    scanned = [pc.equal(dossier[name], ScanStatus.COMPLETED.value) for name in _STATUSES]
    is_known = scanned[0]
    for more in scanned[1:]:
        is_known = pc.and_(is_known, more)
    return table.filter(is_known).cast(PRESENT)


def judge_releases(
    context: Context,
    releases: Iterable[ReleaseRecord],
    said: tuple[Policy, Reviews, pa.Table],
    present: pa.Table,
) -> Iterator[Held]:
    """Judge the rows of releases again; those of one dossier share the work.

    A release that is damaged, or of which something is gone, comes without rows and stops no other.

    Args:
        context: adapters.
        releases: which.
        said: policy, reviews with withdrawals, and rights that are to hold.
        present: see `present_decisions`.
    """
    policy, reviews, rights = said
    content = signatures(context)
    groups: defaultdict[str, list[ReleaseRecord]] = defaultdict(list)
    for release in releases:
        groups[str(release.params.get("dossier", ""))].append(release)
    for dossier, members in sorted(groups.items()):
        if not dossier or not context.lake.exists("dossiers", dossier):
            cause = "what it was decided by is not kept"
            yield from (Held(release=release, rows=None, cause=cause) for release in members)
            continue
        left = deque(members)
        try:
            with open_dossier(context.lake.path("dossiers", dossier), "stored") as connection:
                standing = Standing(
                    connection, policy, content=content, reviews=reviews, rights=rights
                )
                while left:
                    yield _judge(context, left[0], standing, present)
                    left.popleft()
        except DAMAGED as error:
            yield from (Held(release=r, rows=None, cause=cause_of(error)) for r in left)


def cause_of(error: Exception) -> str:
    """Return words for what is wrong with a release; those of others may quote what they read.

    Raises:
        ResourceExhausted: it tells of this machine and of no release.
    """
    is_short = isinstance(error, OSError) and error.errno in _SHORTAGES
    if is_short or isinstance(error, (duckdb.OutOfMemoryException, pa.ArrowMemoryError)):
        raise ResourceExhausted("Disk, memory or open files ran short.") from None
    return error.message if isinstance(error, ShardgateError) else type(error).__name__


def _judge(context: Context, release: ReleaseRecord, standing: Standing, present: pa.Table) -> Held:
    try:
        emitted = released_rows(context, release).select(EMITTED.names)
        return Held(release=release, rows=standing.disallowed(emitted, release.tier, present))
    except DAMAGED as error:
        return Held(release=release, rows=None, cause=cause_of(error))


def signatures(context: Context) -> pa.Table:
    """Return what near copies are told by, of every blob that was ever scanned.

    Contents that left the corpus and were withdrawn hold their near copies too, so whatever judges
    takes these: deciding, recalling and foreseeing say the same.
    """
    digest = context.ruleset_digests[Family.CONTENT]
    if not context.lake.count_batches(Family.CONTENT, digest):
        return facts_schema(Family.CONTENT).empty_table().select(SIGNATURE)
    return context.lake.read_facts(Family.CONTENT, digest, columns=SIGNATURE)


def _shipped(context: Context, release: ReleaseRecord) -> pa.Table:
    """Return (id, repo_id, shard) of every row, in the order of the shards."""
    folder = context.settings.shards_dir(release.tier.value) / release.path
    schema = pa.schema([(name, pa.string()) for name in ("id", "repo_id", "shard")])
    parts: Sequence[pa.Table] = [
        pq.read_table(folder / shard.path, columns=["id", "repo_id"])
        .append_column("shard", pa.array(np.repeat(shard.path, shard.rows), pa.string()))
        .cast(schema)
        for shard in manifest_of(context, release).shards
    ]
    return pa.concat_tables([schema.empty_table(), *parts]).combine_chunks()
