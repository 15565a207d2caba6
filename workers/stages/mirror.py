"""Mirror, snapshot, refresh: from a registered URL to a list of every entry of its HEAD tree."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from ingest.domain.finding import Family
from ingest.domain.repository import VisitStatus
from ingest.errors import MirrorCorrupt, Quarantined, SourceUnreachable, TerminalError
from ingest.mirror.fetch import mark_suspect, sync_mirror
from ingest.mirror.head import HeadCommit, read_head
from ingest.mirror.reader import MirrorReader
from ingest.snapshot.history import list_history
from ingest.snapshot.take import SnapshotLimits, take_snapshot
from store.catalog import ClaimedJob, JobSpec, RepositoryState
from workers.batches import cut_batches
from workers.context import Context
from workers.corpus import digest_of, history_key, missing_units, units_of
from workers.fetching import git_settings
from workers.hosts import entering, note_outcome
from workers.polling import note_visit
from workers.sandbox import Progress

_GOOD = (VisitStatus.FULL, VisitStatus.PARTIAL)


def mirror(context: Context, job: ClaimedJob, progress: Progress) -> Sequence[JobSpec]:
    """Visit one repository; a good visit with a commit is followed by its snapshot.

    Raises:
        MustWait: its host is paused, slowed down or crowded, or another visit is running.
        SourceUnreachable: the host asks us to slow down.
    """
    repository = context.catalog.find_by_id(job.scope)
    if repository is None:
        raise TerminalError(f"{job.scope} is not registered any more.")
    progress(0, 1)
    earlier = context.catalog.latest_visit(repository.id)
    with entering(context, repository.url, job.id) as held:
        visit = sync_mirror(
            repository,
            mirrors_dir=context.settings.mirrors_dir,
            settings=git_settings(context.settings, repository.url, held=held),
        )
    visit_id = context.catalog.add_visit(visit)
    note_visit(context, visit, earlier)
    until = note_outcome(context, repository.url, visit.problem, visit.cause)
    if until is not None:
        raise SourceUnreachable(visit.cause, code=visit.problem)
    progress(1, 1)
    if visit.status not in _GOOD:
        return ()
    return [JobSpec.of(run_id=job.run_id, stage="snapshot", scope=job.scope, subject=visit_id)]


def snapshot(context: Context, job: ClaimedJob, progress: Progress) -> Sequence[JobSpec]:
    """Write the snapshot of a visit, and one batch for each group of blobs that lack facts.

    Raises:
        MirrorCorrupt: an object is damaged; the next visit checks the mirror and clones it anew.
        Quarantined: the tree exceeds a cap; the repository leaves the corpus until a person looks.
    """
    visit = context.catalog.find_visit(job.subject)
    if visit is None:
        raise TerminalError(f"There is no visit {job.subject}.")
    mirrors = context.settings.mirrors_dir
    try:
        with MirrorReader(mirrors, recent=context.recent) as reader:
            head = read_head(mirrors, job.scope)
            if (head.commit_id if head else "") != visit.visit.head_commit:
                return ()  # a later visit moved the mirror on, and has a snapshot of its own
            table = _taken(context, job.scope, head, reader)
            missing = missing_units(context, table)
            if _wants_history(context, job.run_id):
                missing = _with_history(
                    context, job.scope, visit.visit.refs_digest, reader, missing
                )
    except MirrorCorrupt:
        mark_suspect(mirrors, job.scope)
        raise
    except Quarantined as error:
        context.catalog.set_state(job.scope, RepositoryState.QUARANTINED, str(error))
        raise
    key = snapshot_key(context, job.scope, head)
    context.lake.write("snapshots", key, table)
    context.catalog.set_snapshot(visit.id, key)
    progress(table.num_rows, table.num_rows)
    return [
        _as_job(context, job, batch) for batch in cut_batches(missing, context.settings.batch_bytes)
    ]


def refresh(context: Context, job: ClaimedJob, progress: Progress) -> Sequence[JobSpec]:
    """Cut into batches what lacks facts of today's rules; nothing is fetched, snapshots stand.

    Blobs that were listed from all refs count too, while these are the newest refs.
    """
    latest = context.catalog.latest_snapshot(job.scope)
    if latest is None or latest.snapshot_key is None:
        return ()
    table = context.lake.read("snapshots", latest.snapshot_key)
    missing = missing_units(context, table)
    refs = latest.visit.refs_digest
    if context.lake.exists("history", history_key(context, job.scope, refs)):
        with MirrorReader(context.settings.mirrors_dir, recent=context.recent) as reader:
            missing = _with_history(context, job.scope, refs, reader, missing)
    progress(table.num_rows, table.num_rows)
    return [
        _as_job(context, job, batch) for batch in cut_batches(missing, context.settings.batch_bytes)
    ]


def snapshot_key(context: Context, repository_id: str, head: HeadCommit | None) -> str:
    """Return the key of a snapshot: everything that its rows depend on."""
    where = (head.commit_id, head.branch) if head else ("", "")
    return digest_of("snapshots", repository_id, *where, context.settings.max_blob_bytes)


def _taken(
    context: Context, repository_id: str, head: HeadCommit | None, reader: MirrorReader
) -> pa.Table:
    """Return the snapshot: from the lake where it is, else taken with what an earlier one knew."""
    key = snapshot_key(context, repository_id, head)
    if context.lake.exists("snapshots", key):
        return context.lake.read("snapshots", key)
    return take_snapshot(
        repository_id,
        reader,
        head,
        known=_known(context, repository_id),
        limits=SnapshotLimits(max_blob_bytes=context.settings.max_blob_bytes),
    )


def _known(context: Context, repository_id: str) -> dict[str, tuple[str, str | None]]:
    earlier = context.catalog.latest_snapshot(repository_id)
    if earlier is None or earlier.snapshot_key is None:
        return {}
    columns = ["blob_id", "encoding", "skip_reason"]
    rows = context.lake.read("snapshots", earlier.snapshot_key, columns).to_pylist()
    return {row["blob_id"]: (row["encoding"], row["skip_reason"]) for row in rows}


def _wants_history(context: Context, run_id: str) -> bool:
    run = context.catalog.find_run(run_id)
    return bool(run is not None and run.params.get("history"))


def _with_history(
    context: Context,
    repository_id: str,
    refs_digest: str,
    reader: MirrorReader,
    missing: dict[Family, pa.Table],
) -> dict[Family, pa.Table]:
    """List every reachable blob, and add those to the secrets family's missing units."""
    key = history_key(context, repository_id, refs_digest)
    if not context.lake.exists("history", key):
        listed = list_history(repository_id, reader, max_blob_bytes=context.settings.max_blob_bytes)
        context.lake.write("history", key, listed)
    units = units_of(context.lake.read("history", key))
    digest = context.ruleset_digests[Family.SECRETS]
    more = context.lake.missing_units(units, Family.SECRETS, digest)
    if more.num_rows:
        more = _in_pack_order(reader, repository_id, more)
    known = missing[Family.SECRETS]
    return missing | {Family.SECRETS: pa.concat_tables([known, more.cast(known.schema)])}


def _in_pack_order(reader: MirrorReader, repository_id: str, units: pa.Table) -> pa.Table:
    """Return units in the order in which their blobs are stored; the order changes no fact.

    Versions of one file are stored as differences to one another. In any other order git works
    the same differences out again for every version.
    """
    stored = pa.array(reader.pack_order(repository_id), pa.string())
    position = pc.index_in(units["blob_id"].combine_chunks(), value_set=stored)
    return units.take(pc.sort_indices(position))


def _as_job(context: Context, job: ClaimedJob, batch: pa.Table) -> JobSpec:
    key = digest_of("batches", batch.to_pylist())
    context.lake.write("batches", key, batch)
    return JobSpec.of(run_id=job.run_id, stage="detect", scope=job.scope, subject=key)
