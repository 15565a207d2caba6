"""Lists every blob that any ref of a repository reaches, not only those of its HEAD."""

from __future__ import annotations

import pyarrow as pa

from ingest.domain.artefacts import HISTORY
from ingest.domain.tree import suffix_of
from ingest.errors import Quarantined
from ingest.snapshot.classify import skip_by_size
from ingest.snapshot.source import HistorySource


def list_history(
    repository_id: str,
    source: HistorySource,
    *,
    max_blob_bytes: int = 8 * 2**20,
    max_blobs: int = 20_000_000,
) -> pa.Table:
    """Return a table of schema `HISTORY`, one row per blob, sorted by id.

    Nothing is read but names and sizes: a row is skipped as empty or too large at most, and
    whether it is text is seen by whoever reads it. A repository without refs gives an empty table.

    Raises:
        Quarantined: there are more than `max_blobs`.
        MirrorCorrupt: an object on the way is missing.
    """
    paths: dict[str, bytes] = {}
    for blob_id, path in source.list_reachable_blobs(repository_id):
        paths.setdefault(blob_id, path)
        if len(paths) > max_blobs:
            raise Quarantined(f"The history has more than {max_blobs} blobs.")
    ids = sorted(paths)
    sizes = [size for _, size in source.read_sizes(repository_id, ids)]
    reasons = [skip_by_size(size, max_blob_bytes) for size in sizes]
    columns = [
        [repository_id] * len(ids),
        ids,
        sizes,
        [paths[blob_id] for blob_id in ids],
        [suffix_of(paths[blob_id]) for blob_id in ids],
        [reason.value if reason else None for reason in reasons],
    ]
    arrays = [
        pa.array(column, type=kind.type) for column, kind in zip(columns, HISTORY, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=HISTORY)
