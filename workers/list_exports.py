"""Lists as files that leave the installation: exactly what a filter leaves, and an audit entry."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, Final, Generic, TypeVar, cast

from policies.report.sheets import Cell, Column, open_book, write_csv, write_sheets
from store.asking import Query
from workers.audit import record_export
from workers.context import Context
from workers.reading.grammar import Field, url_of
from workers.reading.page import Page
from workers.reading.sight import Sight

T = TypeVar("T")

Columns = Mapping[str, tuple[int, Callable[[T], Cell]]]
"""By title: the width in characters, and what stands there of a row."""
MOST_ROWS: Final = 100_000
"""Rows of one export; who needs more narrows the filter."""
_PAGE: Final = 5_000
"""Rows that are asked for at once."""
_CHUNK: Final = 2**20
_IN_MEMORY: Final = 4 * 2**20
"""Bytes; a larger file is kept on disk until it is sent."""


class ListFormat(StrEnum):
    """How a list is written."""

    CSV = "csv"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        """Its type in HTTP."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES: Final = {
    ListFormat.CSV: "text/csv; charset=utf-8",
    ListFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedList(Generic[T]):
    """A list that can be taken as a file."""

    noun: str
    """Of its files and its audit entries."""
    fields: Mapping[str, Field]
    """Its filters: those of its page."""
    columns: Columns[T]
    page: Callable[[Context, Query, Sight], Page[T]]
    """A page of what somebody may see of it."""

    @property
    def heads(self) -> Sequence[Column]:
        """Its columns without what stands in them."""
        return [Column(title, width) for title, (width, _) in self.columns.items()]

    def cells(self, row: T) -> Sequence[Cell]:
        """Return a row, a cell for each column."""
        return [told(row) for _, told in self.columns.values()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A list as a file."""

    file: IO[bytes]
    """At its start; whoever sends it closes it."""
    bytes: int
    rows: int
    is_cut: bool
    """The filter leaves more than `MOST_ROWS`; the last line says so."""


def export_list(  # noqa: PLR0913 - who takes what, and how
    context: Context,
    exported: ExportedList[T],
    query: Query,
    form: ListFormat,
    *,
    actor: str,
    sight: Sight,
) -> Exported:
    """Write what the filters of a query leave, from its first page.

    Before it is handed out, that it was taken is an entry of the audit chain.

    Raises:
        InputError: nothing was decided yet.
    """
    rows = _Rows(lambda q: exported.page(context, q, sight), exported.cells, query)
    file: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - who sends it closes it
    _write(cast("BinaryIO", file), exported, form, rows)
    size, digest = _measured(file)
    detail = {
        "kind": "list",
        "format": form.value,
        # Filters may hold what is no identifier; by their digest one can be told from another.
        "filters": sorted({f.field for f in query.filters} | ({"q"} if query.text else set())),
        "filter_sha256": hashlib.sha256(url_of(rows.query).encode()).hexdigest(),
        "rows": rows.count,
        "is_cut": rows.is_cut,
        "bytes": size,
        "sha256": digest,
    }
    record_export(context, actor, exported.noun, detail)
    return Exported(file=file, bytes=size, rows=rows.count, is_cut=rows.is_cut)


def _write(
    file: BinaryIO, exported: ExportedList[T], form: ListFormat, rows: Iterable[Sequence[Cell]]
) -> None:
    if form is ListFormat.CSV:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        write_csv(text, exported.heads, rows)
        # Closed it would close the file with it.
        text.detach()
        return
    with open_book(file, exported.noun) as book:
        write_sheets(book, exported.noun.capitalize(), exported.heads, rows)


def _measured(file: IO[bytes]) -> tuple[int, str]:
    """Return size and SHA-256 of a file, and leave it at its start."""
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    return size, digest.hexdigest()


class _Rows(Generic[T]):
    """The rows of an export, and after them how many they were."""

    def __init__(
        self,
        page: Callable[[Query], Page[T]],
        cells: Callable[[T], Sequence[Cell]],
        query: Query,
    ) -> None:
        self._page, self._cells = page, cells
        self.query = replace(query, limit=_PAGE, cursor="")
        self.count, self.is_cut = 0, False

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        query = self.query
        while True:
            page = self._page(query)
            for item in page.items:
                if self.count == MOST_ROWS:
                    self.is_cut = True
                    yield (f"Cut after {MOST_ROWS:,} rows: narrow the filter to take the rest.",)
                    return
                self.count += 1
                yield self._cells(item)
            if page.next_cursor is None:
                return
            query = replace(query, cursor=page.next_cursor)
