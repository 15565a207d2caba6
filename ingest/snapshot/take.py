"""Takes the snapshot of a HEAD tree: every entry, with its encoding or the reason it is skipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from ingest.domain.artefacts import SNAPSHOT
from ingest.domain.tree import SkipReason, suffix_of
from ingest.snapshot.classify import (
    Verdict,
    classify_content,
    skip_by_mode,
    skip_by_size,
    usable_verdicts,
)
from ingest.snapshot.source import Head, SnapshotSource
from ingest.snapshot.walk import WalkLimits, walk_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotLimits:
    """What a snapshot takes in."""

    max_blob_bytes: int = 8 * 2**20
    """Larger blobs are skipped as too large."""
    walk: WalkLimits = field(default_factory=WalkLimits)


_Row = tuple[bytes, int, str]


def take_snapshot(
    repository_id: str,
    source: SnapshotSource,
    head: Head | None,
    *,
    known: Mapping[str, tuple[str, str | None]] | None = None,
    limits: SnapshotLimits | None = None,
) -> pa.Table:
    """Return a table of schema `SNAPSHOT`, one row per entry, sorted by path.

    `known` maps blob ids to (encoding, skip reason) of an earlier snapshot; such blobs are not
    read again, unless what is known of them does not follow from their bytes. Blobs are read one
    at a time. `head` is None for a repository without commits, which gives an empty table.

    Raises:
        Quarantined: the tree exceeds a cap or is malformed.
        MirrorCorrupt: an object is missing or damaged.
    """
    limits = limits or SnapshotLimits()
    if head is None:
        return SNAPSHOT.empty_table()
    rows = sorted(walk_tree(repository_id, head.tree_id, source, limits.walk))
    files = dict.fromkeys(oid for _, mode, oid in rows if skip_by_mode(mode) is None)
    links = dict.fromkeys(oid for _, mode, oid in rows if skip_by_mode(mode) is SkipReason.SYMLINK)
    sizes = dict(source.read_sizes(repository_id, sorted({**files, **links})))
    verdicts = usable_verdicts(known or {})
    unread = [
        oid
        for oid in files
        if oid not in verdicts and skip_by_size(sizes[oid], limits.max_blob_bytes) is None
    ]
    for blob_id, data in source.read_blobs(repository_id, unread):
        verdicts[blob_id] = classify_content(data)
    judged = [_judge(row, sizes, verdicts, limits.max_blob_bytes) for row in rows]
    return _table(repository_id, head, rows, judged)


_Judged = tuple[int, Verdict]


def _judge(
    row: _Row, sizes: Mapping[str, int], verdicts: Mapping[str, Verdict], max_blob_bytes: int
) -> _Judged:
    _, mode, object_id = row
    size = sizes.get(object_id, 0)
    by_mode = skip_by_mode(mode)
    if by_mode is not None:
        return (0 if by_mode is SkipReason.SUBMODULE else size), ("", by_mode)
    by_size = skip_by_size(size, max_blob_bytes)
    return size, (("", by_size) if by_size is not None else verdicts[object_id])


def _table(
    repository_id: str, head: Head, rows: Sequence[_Row], judged: Sequence[_Judged]
) -> pa.Table:
    count = len(rows)
    columns = [
        [repository_id] * count,
        [head.commit_id] * count,
        [head.branch] * count,
        [head.committer_date] * count,
        [path for path, _, _ in rows],
        [mode for _, mode, _ in rows],
        [object_id for _, _, object_id in rows],
        [size for size, _ in judged],
        [suffix_of(path) for path, _, _ in rows],
        [encoding for _, (encoding, _) in judged],
        [reason.value if reason else None for _, (_, reason) in judged],
    ]
    arrays = [
        pa.array(column, type=kind.type) for column, kind in zip(columns, SNAPSHOT, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=SNAPSHOT)
