"""Tables that leave as a workbook (Office Open XML) or as CSV (RFC 4180), safe to open.

Every text of a workbook is written as a string: no cell becomes a formula or a link, whatever is
in it. In CSV an apostrophe before what spreadsheets take for a formula makes it text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import BinaryIO, Final, NamedTuple, TextIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from policies.report.escape import csv_cell, display_path, display_text

_EPOCH: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - the format has no zones, and this is its first day
_MAX_CHARS: Final = 32_767
"""Characters of one cell (Excel specifications and limits)."""
MAX_ROWS: Final = 1_048_575
"""Rows of one sheet below its header; what is more goes on in the next one."""
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class Shown(str):
    """Text that is as it may be shown already, such as paths of lists."""

    __slots__ = ()


Cell = str | bytes | int
"""Bytes are paths, and shown as such."""


class Column(NamedTuple):
    """A column of a table."""

    title: str
    width: int
    """Characters."""


def open_book(out: BinaryIO, title: str, made: datetime | None = None) -> Workbook:
    """Return a workbook that is written when it is closed; rows go to disk, not into memory."""
    book = Workbook(out, _OPTIONS)
    book.set_properties({"title": title, "created": made.replace(tzinfo=None) if made else _EPOCH})
    return book


def write_sheets(
    book: Workbook, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]
) -> None:
    """Write one sheet, and further ones where the rows are too many for it."""
    header = book.add_format({"bold": True, "bottom": 1})
    left = iter(rows)
    number = 1
    while True:
        title = name if number == 1 else f"{name} {number}"
        written = _write_sheet(book, title, columns, left, header)
        if written < MAX_ROWS:
            return
        number += 1


def write_csv(out: TextIO, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a header and rows."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.title for column in columns])
    for cells in rows:
        writer.writerow([csv_cell(text_of(cell)) for cell in cells])


def text_of(cell: Cell) -> str:
    """Return a cell as visible text."""
    if isinstance(cell, (Shown, int)):
        return str(cell)
    return display_path(cell) if isinstance(cell, bytes) else display_text(cell)


def _write_sheet(
    book: Workbook,
    title: str,
    columns: Sequence[Column],
    rows: Iterator[Sequence[Cell]],
    header: Format,
) -> int:
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    for position, column in enumerate(columns):
        sheet.set_column(position, position, column.width)
        sheet.write_string(0, position, column.title, header)
    written = 0
    for cells in rows:
        written += 1
        for position, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(written, position, cell)
            elif cell:
                sheet.write_string(written, position, text_of(cell)[:_MAX_CHARS])
        if written == MAX_ROWS:
            break
    sheet.autofilter(0, 0, max(written, 1), len(columns) - 1)
    return written
