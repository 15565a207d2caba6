"""Shards as Parquet: explicit schema, zstd, page index, the same bytes for the same rows."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

_SEARCHED: Final = (
    "id",
    "repo_id",
    "path",
    "language",
    "license_type",
    "length_bytes",
    "content_id",
)
"""Columns with statistics and a page index; statistics of `content` would only repeat content."""
_UNREPEATED: Final = frozenset({"id", "content", "content_id", "blob_id"})
"""Columns that a dictionary cannot shorten."""
_ZSTD_LEVEL: Final = 3


class ParquetShardWriter:
    """The Parquet format. Bytes depend on the rows, their groups and the version of pyarrow."""

    name = "parquet"

    def open(self, path: Path, schema: pa.Schema) -> OpenParquet:
        """Start a new file."""
        return OpenParquet(path, schema)


class OpenParquet:
    """A Parquet file that is being written; one row group per call of `write`."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        """Create the file."""
        self._path = path
        flat = [f.name for f in schema if not pa.types.is_nested(f.type)]
        self._writer = pq.ParquetWriter(
            path,
            schema,
            version="2.6",
            compression="zstd",
            compression_level=_ZSTD_LEVEL,
            use_dictionary=[name for name in flat if name not in _UNREPEATED],
            write_statistics=[name for name in flat if name in _SEARCHED],
            write_page_index=True,
            store_schema=True,
        )

    def write(self, rows: pa.Table) -> None:
        """Append rows as one group."""
        self._writer.write_table(rows, row_group_size=max(rows.num_rows, 1))

    def close(self) -> None:
        """Finish the file and wait until it is on disk."""
        self._writer.close()
        with self._path.open("rb") as file:
            os.fsync(file.fileno())


def table_digest(table: pa.Table) -> str:
    """Return SHA-256 hex over the values of a table.

    The table is written as uncompressed Parquet first: unlike Arrow's own buffers that form does
    not depend on how the table was chunked or sliced.
    """
    sink = pa.BufferOutputStream()
    pq.write_table(
        table.combine_chunks().replace_schema_metadata(None),
        sink,
        compression="none",
        use_dictionary=False,
        write_statistics=False,
        store_schema=False,
        row_group_size=max(table.num_rows, 1),
    )
    return hashlib.sha256(sink.getvalue()).hexdigest()
