"""Which rows of the facts files count: set operations over their keys, in DuckDB.

Only keys are joined here; the rows themselves stay in Arrow, so that no type takes a detour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa

_KEYS: Final = pa.schema(
    [
        pa.field("blob_id", pa.string(), nullable=False),
        pa.field("suffix", pa.string(), nullable=False),
    ]
)

_PICK: Final = """
    select file, row
    from keys {only}
    qualify row_number() over (
        partition by blob_id, suffix
        order by case status when 'completed' then 0 when 'timed_out' then 1 else 2 end desc,
                 file, row
    ) = 1
    order by blob_id, suffix
"""
_ONLY: Final = "semi join wanted using (blob_id)"
_MISSING: Final = """
    select position from units anti join keys using (blob_id, suffix) order by position
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picks:
    """Positions of the rows that count, in the order of their units."""

    files: np.ndarray
    rows: np.ndarray

    def rows_by_file(self) -> Iterator[tuple[int, pa.Array]]:
        """Yield each file that is needed, with the rows to take from it, both ascending."""
        order = np.lexsort((self.rows, self.files))
        files, rows = self.files[order], self.rows[order]
        for file in np.unique(files):
            start, end = np.searchsorted(files, (file, file + 1))
            yield int(file), pa.array(rows[start:end])

    def order(self) -> pa.Array:
        """Return the permutation from the order of `rows_by_file` to the order of the units."""
        order = np.lexsort((self.rows, self.files))
        position = np.empty(len(order), dtype=np.int64)
        position[order] = np.arange(len(order))
        return pa.array(position)


def pick_rows(keys: Sequence[pa.Table], blob_ids: pa.Array | None) -> Picks:
    """Pick one row per unit from (blob_id, suffix, status) of each file: the worst status.

    Among rows of one status the first counts, by the order of the files. Unknown states are
    worst of all.
    """
    schema = _KEYS.append(pa.field("status", pa.string(), nullable=False))
    numbered = [_with_position(table, file) for file, table in enumerate(keys)]
    for name in ("file", "row"):
        schema = schema.append(pa.field(name, pa.int64()))
    with duckdb.connect() as connection:
        connection.register("keys", pa.concat_tables([schema.empty_table(), *numbered]))
        if blob_ids is not None:
            connection.register("wanted", pa.table({"blob_id": blob_ids.cast(pa.string())}))
        query = _PICK.format(only="" if blob_ids is None else _ONLY)
        found: pa.Table = connection.sql(query).to_arrow_table()
    return Picks(files=found.column("file").to_numpy(), rows=found.column("row").to_numpy())


def missing_rows(units: pa.Table, keys: Sequence[pa.Table]) -> pa.Array:
    """Return the positions of units that occur in none of the (blob_id, suffix) tables."""
    position = pa.array(np.arange(units.num_rows))
    asked = units.select(["blob_id", "suffix"]).append_column("position", position)
    with duckdb.connect() as connection:
        connection.register("units", asked)
        connection.register("keys", pa.concat_tables([_KEYS.empty_table(), *keys]))
        found: pa.Table = connection.sql(_MISSING).to_arrow_table()
    return found.column("position").combine_chunks()


def _with_position(table: pa.Table, file: int) -> pa.Table:
    files = pa.array(np.full(table.num_rows, file, dtype=np.int64))
    rows = pa.array(np.arange(table.num_rows, dtype=np.int64))
    return table.append_column("file", files).append_column("row", rows)
