"""Which rows of the facts files count: set operations over their keys, in Arrow.

Only keys are joined here; rows are taken by position. A database would do the same, but to open
one costs more than the join where a corpus is small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
_MOST_CHUNKS: Final = 64
"""Of a table: each is a call for whatever looks at a column, and to join them copies all rows."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderKeys:
    """The keys of all files of a folder, in one table."""

    files: Sequence[str]
    """Names, sorted."""
    rows: pa.Table
    """(blob_id, suffix, status, file, row); `file` is a position in `files`."""

    def of(self, files: Sequence[str], read: Callable[[str], pa.Table]) -> FolderKeys:
        """Return the keys of the files that there are now; only new ones are read.

        Args:
            files: names, sorted.
            read: returns (blob_id, suffix, status) of a file.
        """
        place = {name: number for number, name in enumerate(files)}
        if not place.keys() >= set(self.files):  # a file that is gone leaves no rows
            return FolderKeys.none().of(files, read)
        new = sorted(place.keys() - set(self.files))
        moved = np.array([place[name] for name in self.files], dtype=np.int64)
        at = self.rows.schema.get_field_index("file")
        kept = self.rows.set_column(at, "file", pa.array(moved[self.rows["file"].to_numpy()]))
        more = number_rows([read(name) for name in new], [place[name] for name in new])
        rows = pa.concat_tables([kept.cast(_NUMBERED), more])
        is_in_crumbs = rows["blob_id"].num_chunks > _MOST_CHUNKS
        return FolderKeys(files=files, rows=rows.combine_chunks() if is_in_crumbs else rows)

    @staticmethod
    def none() -> FolderKeys:
        """Return the keys of no files."""
        return FolderKeys(files=(), rows=_NUMBERED.empty_table())


def number_rows(keys: Sequence[pa.Table], files: Sequence[int] | None = None) -> pa.Table:
    """Return (blob_id, suffix, status, file, row) of all rows of some files.

    Args:
        keys: (blob_id, suffix, status) of each file.
        files: the number of each; None: from 0 on.
    """
    # All files at once: there can be thousands, of a few rows each.
    counts = np.array([table.num_rows for table in keys], dtype=np.int64)
    numbers = np.arange(len(keys)) if files is None else np.array(files, dtype=np.int64)
    starts = np.cumsum(counts) - counts
    rows = np.arange(counts.sum(), dtype=np.int64) - np.repeat(starts, counts)
    columns = ["blob_id", "suffix", "status"]
    empty = _NUMBERED.empty_table().select(columns)
    found = pa.concat_tables([empty, *(table.select(columns) for table in keys)])
    found = found.append_column("file", pa.array(np.repeat(numbers, counts), pa.int64()))
    return found.append_column("row", pa.array(rows)).cast(_NUMBERED)


def pick_rows(rows: pa.Table, blob_ids: pa.Array | None) -> Picks:
    """Pick one row per unit from what `number_rows` returns: the one of the worst status.

    Among rows of one status the first counts, by the order of the files. Unknown states are
    worst of all.
    """
    if blob_ids is not None:
        rows = rows.filter(pc.is_in(rows["blob_id"], value_set=blob_ids))
    rows = rows.combine_chunks()
    # Completed before timed out before whatever else, so that the last of a unit is the worst.
    rank = pc.fill_null(pc.index_in(rows["status"], value_set=_WORST_FIRST), len(_WORST_FIRST))
    rows = rows.append_column("goodness", pc.negate(rank.cast(pa.int8())))
    by = (*_KEYS.names, "goodness", "file", "row")
    order = pc.sort_indices(rows, [(name, "ascending") for name in by])
    picked = order.filter(_is_first(rows.select(_KEYS.names).take(order)))
    found = rows.select(["file", "row"]).take(picked)
    return Picks(files=found["file"].to_numpy(), rows=found["row"].to_numpy())


def missing_rows(units: pa.Table, known: pa.Table) -> pa.Array:
    """Return the positions of the units that a table with (blob_id, suffix) does not have."""
    position = pa.array(np.arange(units.num_rows))
    known = known.select(_KEYS.names)
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
