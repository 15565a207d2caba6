"""Which rows of the facts files count: set operations over their keys, in Arrow.

Only keys are joined here; rows are taken by position. A database would do the same, but to open
one costs more than the join where a corpus is small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.domain.finding import ScanStatus

_KEYS: Final = pa.schema(
    [
        pa.field("blob_id", pa.string(), nullable=False),
        pa.field("suffix", pa.string(), nullable=False),
    ]
)

_FEW: Final = 4
_WORST_FIRST: Final = pa.array([ScanStatus.COMPLETED.value, ScanStatus.TIMED_OUT.value])


_NUMBERED: Final = pa.schema(
    [
        *_KEYS,
        pa.field("status", pa.string(), nullable=False),
        pa.field("file", pa.int64()),
        pa.field("row", pa.int64()),
    ]
)


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
    rows = _with_positions(keys)
    if blob_ids is not None:
        rows = rows.filter(pc.is_in(rows["blob_id"].combine_chunks(), value_set=blob_ids))
    rows = rows.combine_chunks()
    # Completed before timed out before whatever else, so that the last of a unit is the worst.
    rank = pc.fill_null(pc.index_in(rows["status"], value_set=_WORST_FIRST), len(_WORST_FIRST))
    rows = rows.append_column("goodness", pc.negate(rank.cast(pa.int8())))
    order = pc.sort_indices(rows, [(k, "ascending") for k in (*_KEYS.names, "goodness")])
    picked = order.filter(_is_first(rows.select(_KEYS.names).take(order)))
    found = rows.select(["file", "row"]).take(picked)
    return Picks(files=found["file"].to_numpy(), rows=found["row"].to_numpy())


def missing_rows(units: pa.Table, keys: Sequence[pa.Table]) -> pa.Array:
    """Return the positions of units that occur in none of the (blob_id, suffix) tables."""
    position = pa.array(np.arange(units.num_rows))
    known = pa.concat_tables([_KEYS.empty_table(), *(t.select(_KEYS.names) for t in keys)])
    if known.num_rows > _FEW * units.num_rows:
        # A join with all that is known costs ten times as much as to leave most of it out.
        asked_blobs = units["blob_id"].combine_chunks()
        known = known.filter(pc.is_in(known["blob_id"], value_set=asked_blobs))
    if not known.num_rows:
        return position
    asked = units.select(_KEYS.names).append_column("position", position)
    left = asked.join(known, _KEYS.names, join_type="left anti")
    return left["position"].combine_chunks().sort()


def _is_first(sorted_keys: pa.Table) -> pa.Array:
    """Tell of each row whether it differs from the one before it."""
    count = sorted_keys.num_rows
    is_first = pa.array(np.ones(min(count, 1), dtype=bool))
    if count < 2:  # noqa: PLR2004 - a row before it
        return is_first
    differ = [
        pc.not_equal(column.slice(1), column.slice(0, count - 1))
        for column in (sorted_keys[name].combine_chunks() for name in _KEYS.names)
    ]
    return pa.concat_arrays([is_first, pc.or_(*differ)])


def _with_positions(keys: Sequence[pa.Table]) -> pa.Table:
    # All files at once: there can be thousands, of a few rows each.
    counts = np.array([table.num_rows for table in keys], dtype=np.int64)
    files = np.repeat(np.arange(len(keys), dtype=np.int64), counts)
    starts = np.cumsum(counts) - counts
    rows = np.arange(counts.sum(), dtype=np.int64) - np.repeat(starts, counts)
    columns = ["blob_id", "suffix", "status"]
    empty = _NUMBERED.empty_table().select(columns)
    found = pa.concat_tables([empty, *(table.select(columns) for table in keys)])
    found = found.append_column("file", pa.array(files)).append_column("row", pa.array(rows))
    return found.cast(_NUMBERED)
