"""What the rows of a release are listed from: an index over its shards, made when it is out."""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from store.catalog import ReleaseRecord
from workers.context import Context
from workers.indexing import indexes_of
from workers.released import manifest_of

ROWS: Final = "rows"
"""Named anew whenever its columns change, as what is there is not made again."""
_SHIPPED: Final = (
    *("id", "repo_name", "repo_id", "path", "language", "license_expression", "license_type"),
    *("length_bytes", "num_lines", "exact_dup_count"),
)
_SQL: Final = """
    SELECT
        (row_number() OVER (ORDER BY repo_name, repo_id, path, id) - 1)::BIGINT AS n,
        id, repo_name AS repository, repo_id, path, coalesce(language, '') AS language,
        coalesce(license_expression, '') AS license, license_type, length_bytes AS bytes,
        num_lines AS lines, exact_dup_count AS copies, redactions,
        CASE WHEN redactions > 0 THEN 'yes' ELSE 'no' END AS redacted, shard
    FROM shipped ORDER BY n
"""


def index_rows(context: Context, release: ReleaseRecord) -> tuple[str, str]:
    """Return kind and key of the index over a release's rows; it is made where it lacks.

    All that it holds stands in the shards: who may pull them may read it.

    Raises:
        ArtefactCorrupt: the folder of the release is gone.
    """
    indexes = indexes_of(context)
    if not indexes.exists(ROWS, release.id):
        folder = context.settings.shards_dir(release.tier.value) / release.path
        shards = manifest_of(context, release).shards
        parts = [_shipped(pq.ParquetFile(folder / s.path), s.path) for s in shards]
        table = pa.concat_tables(parts) if parts else _EMPTY
        indexes.write(ROWS, release.id, {"shipped": table}, _SQL)
    return ROWS, release.id


def _shipped(file: pq.ParquetFile, shard: str) -> pa.Table:
    with file:
        rows = file.read(columns=[*_SHIPPED, "redactions"])
    counts = pc.list_value_length(rows["redactions"]).cast(pa.int64())
    table = rows.select(list(_SHIPPED)).append_column("redactions", counts)
    return table.append_column("shard", pa.array([shard] * rows.num_rows, pa.string()))


_TEXTS: Final = _SHIPPED[:7]
_EMPTY: Final = pa.schema(
    [(name, pa.string() if name in _TEXTS else pa.int64()) for name in _SHIPPED]
    + [("redactions", pa.int64()), ("shard", pa.string())]
).empty_table()
