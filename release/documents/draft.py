"""What the documents of a release are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from release.domain.manifest import Manifest, Release
from release.domain.rows import rows_schema

ROW_COLUMNS: Final = (
    "id",
    "content_id",
    "repo_id",
    "repo_name",
    "path",
    "language",
    "license_expression",
    "license_type",
    "copyright_holders",
    "eligibility_reasons",
    "redactions",
    "length_bytes",
)
"""What the documents read of a row. No column is among them that only one tier has: what no reader
of the rows is shown, no document can show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDraft:
    """A release whose shards are written and whose documents are not."""

    manifest: Manifest
    """As it will be signed, without documents."""
    exclusions: pa.Table
    """`release.domain.EXCLUSIONS`."""
    parent: Release | None = None
    """The release before this one, of the same tier. None: there is none, or it is not at hand."""
    rules: Mapping[str, str] = field(default_factory=dict)
    """Detector family to the digest of its rules alone (`neutral_digests`). Empty for a release
    that takes rows back: its parent's totals say it."""


def read_rows(folder: Path, manifest: Manifest, columns: tuple[str, ...] = ROW_COLUMNS) -> pa.Table:
    """Return some columns of all rows of a release, from its files."""
    names = list(columns)
    tables = [pq.read_table(folder / shard.path, columns=names) for shard in manifest.shards]
    schema = pa.schema([rows_schema(manifest.tier).field(name) for name in names])
    plain = [table.select(names).replace_schema_metadata(None) for table in tables]
    return pa.concat_tables([schema.empty_table(), *plain])


def unnested(lists: pa.ChunkedArray) -> pa.Table:
    """Return ``row`` (its number) and ``item`` of every item of a column of lists."""
    rows, items, first = [], [], 0
    for chunk in lists.chunks:
        rows.append(pc.add(pc.cast(pc.list_parent_indices(chunk), pa.int64()), first))
        items.append(chunk.flatten())
        first += len(chunk)
    return pa.table(
        {
            "row": pa.chunked_array(rows, pa.int64()),
            "item": pa.chunked_array(items, lists.type.value_type),
        }
    )
