"""Detect: scan the blobs of one batch; then join facts over a repository's tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

import pyarrow as pa

from ingest.detect import provenance as provenance_family
from ingest.detect.provenance import TreeSources
from ingest.detect.tree import with_path_findings
from ingest.domain.finding import Family
from ingest.domain.log import LoggedCommit
from ingest.domain.text import NotText, normalise
from ingest.mirror.log import read_log
from ingest.mirror.reader import MirrorReader
from store.catalog import ClaimedJob, JobSpec
from workers.batches import read_batch
from workers.context import Context
from workers.corpus import load_facts, tree_key
from workers.license_reader import license_algebra, license_reader
from workers.sandbox import Progress, ScanLimits, scan_batch

_PATH_FAMILIES = (Family.SECRETS, Family.PII, Family.CONFIDENTIAL)


def detect(context: Context, job: ClaimedJob, progress: Progress) -> Sequence[JobSpec]:
    """Scan one batch in a child process and write one facts artefact per family."""
    units, families = read_batch(context.lake.read("batches", job.subject))

    @contextmanager
    def open_blobs(blob_ids: Sequence[str]) -> Iterator[Iterator[tuple[str, bytes]]]:
        with MirrorReader(context.settings.mirrors_dir, recent=context.recent) as reader:
            yield reader.read_blobs(job.scope, blob_ids)

    tables = scan_batch(
        units,
        open_blobs=open_blobs,
        detectors=context.detectors(families),
        limits=ScanLimits(seconds=context.settings.blob_deadline_seconds),
        progress=progress,
        listener=context.scanned,
    )
    for family, table in tables.items():
        digest = context.ruleset_digests[family]
        context.lake.write_facts(family, digest, job.subject, table)
    return ()


def provenance(context: Context, job: ClaimedJob, progress: Progress) -> Sequence[JobSpec]:
    """Write the tree facts of one repository's newest snapshot."""
    key = context.catalog.corpus(job.scope).get(job.scope)
    repository = context.catalog.find_by_id(job.scope)
    if key is None or repository is None:
        return ()
    target = tree_key(context, repository, key)
    if context.lake.exists("trees", target):
        return ()
    snapshot = context.lake.read("snapshots", key)
    progress(0, snapshot.num_rows)
    facts = load_facts(context, snapshot)
    trees = provenance_family.classify_tree(
        snapshot,
        facts[Family.CONTENT],
        facts[Family.LICENSING],
        company=context.company,
        repository_license=repository.license,
        sources=_sources(context, job.scope, snapshot),
    )
    trees = with_path_findings(trees, context.detectors(_PATH_FAMILIES))
    context.lake.write("trees", target, trees)
    progress(snapshot.num_rows, snapshot.num_rows)
    return ()


def _sources(context: Context, repository_id: str, snapshot: pa.Table) -> TreeSources:
    """Read what else a tree says of its files: texts that speak of others, and its history."""
    mirrors = context.settings.mirrors_dir
    texts: dict[str, bytes] = {}
    with MirrorReader(mirrors) as reader:
        wanted = provenance_family.wanted_texts(snapshot)
        for blob_id, data in reader.read_blobs(repository_id, wanted):
            # What is no text stays away, and so is not known.
            with suppress(NotText):
                texts[blob_id] = normalise(data)[0]
    commits: Iterable[LoggedCommit] = ()
    if snapshot.num_rows:
        commits = read_log(mirrors, repository_id, snapshot["commit_id"][0].as_py())
    return TreeSources(
        texts=texts,
        read_license=license_reader(license_algebra()),
        history=provenance_family.read_history(commits, context.company.domains),
        known_content=context.known_content,
    )
