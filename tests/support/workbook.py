"""Read what a workbook says, without the library that wrote it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets_of(data: bytes) -> dict[str, list[list[str]]]:
    """Every sheet by its title, as rows of cells."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        book = ET.fromstring(archive.read("xl/workbook.xml"))
        shared = _shared(archive)
        titles = [sheet.attrib["name"] for sheet in book.iter(f"{_MAIN}sheet")]
        return {
            title: list(_rows(archive.read(f"xl/worksheets/sheet{number}.xml"), shared))
            for number, title in enumerate(titles, start=1)
        }


def texts_of(data: bytes) -> list[str]:
    """Every cell of every sheet."""
    return [cell for rows in sheets_of(data).values() for row in rows for cell in row]


def _shared(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    root = ET.fromstring(archive.read("xl/sharedStrings.xml"))
    return ["".join(t.text or "" for t in item.iter(f"{_MAIN}t")) for item in root]


def _rows(sheet: bytes, shared: list[str]) -> Iterator[list[str]]:
    for row in ET.fromstring(sheet).iter(f"{_MAIN}row"):
        cells: dict[str, str] = {}
        for cell in row.iter(f"{_MAIN}c"):
            value = cell.find(f"{_MAIN}v")
            text = "".join(t.text or "" for t in cell.iter(f"{_MAIN}t"))
            if value is not None and value.text is not None:
                is_shared = cell.attrib.get("t") == "s"
                text = shared[int(value.text)] if is_shared else value.text
            cells[cell.attrib["r"].rstrip("0123456789")] = text
        yield list(cells.values())
