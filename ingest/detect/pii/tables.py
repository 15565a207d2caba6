"""Tables that are drawn with bars, as in Markdown, reStructuredText, Org and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ingest.detect.pii.columns import BARE_NAMES, Cell, read_rows, reader_for, split_row
from ingest.detect.pii.cue_logins import is_persons_login
from ingest.detect.pii.cue_reading import Reading
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.fields import FieldKind, kind_of
from ingest.detect.pii.names import NameJudge, read_name
from ingest.domain.finding import Category

RULER: Final = r"^[ \t#*/|+!;-]{0,6}:?(?:---|===)[-=:]{0,80}[ \t]{0,2}[|+][-=:|+ \t]{1,400}$"
"""The line between head and rows, for Hyperscan."""
_RULER: Final = re.compile(rb"[^\n|+A-Za-z0-9]{0,12}[-=:|+ \t]+\r?$")
_MAX_ROWS: Final = 2000
_MAX_LINE_BYTES: Final = 2000
_MARKUP: Final = "*_` "
_MAIL: Final = re.compile(r"(?:[\w-]+ )?e?-?mail(?: address)?", re.IGNORECASE)
_OF_PEOPLE: Final = frozenset(
    {
        FieldKind.FULL_NAME,
        FieldKind.FIRST_NAME,
        FieldKind.LAST_NAME,
        FieldKind.PHONE,
    }
)
_THINGS: Final = frozenset({"client", "member"})
"""What the head of a table about software calls its libraries and attributes."""


def drawn_table(reading: Reading) -> Iterator[Hit]:
    """Read the rows below a ruler by the head above it, as far as they have bars."""
    data = reading.data
    ruler = data.rfind(b"\n", 0, reading.end) + 1
    head = data.rfind(b"\n", 0, max(0, ruler - 1)) + 1
    if ruler == 0 or b"|" not in data[head:ruler] or ruler - head > _MAX_LINE_BYTES:
        return
    cells = split_row(data[head : ruler - 1], head, b"|")
    names = [data[start:end].decode("utf-8", "replace").strip(_MARKUP) for start, end in cells]
    if not any(reader_for(name, reading.judge) for name in names):
        return
    rows = _rows(reading)
    if _are_people(data, names, rows, reading.judge):
        yield from read_rows(data, names, iter(rows), reading.judge)
        return
    # elsewhere handles, clients and members are streams, libraries and attributes
    names = ["" if kind_of(name) is FieldKind.LOGIN else name for name in names]
    takes_logins = _THINGS.isdisjoint(name.lower().rstrip("s") for name in names)
    for hit in read_rows(data, names, iter(rows), reading.judge):
        value = data[hit.start : hit.end].decode("utf-8", "replace")
        if hit.category is not Category.USERNAME or (
            takes_logins and is_persons_login(value, reading.judge.gazetteer)
        ):
            yield hit


def _are_people(
    data: bytes, names: Sequence[str], rows: Sequence[list[Cell]], judge: NameJudge
) -> bool:
    """Tell whether a column holds names, mail addresses or phones of people.

    A column that is only called ``Name`` does where a list knows half of one of its names.
    """
    if any(kind_of(name) in _OF_PEOPLE or _MAIL.fullmatch(name) for name in names):
        return True
    places = [place for place, name in enumerate(names) if name.lower() in BARE_NAMES]
    for row in rows:
        for start, end in (row[place] for place in places if place < len(row)):
            run = read_name(data[start:end].decode("utf-8", "replace").strip(_MARKUP), 0)
            if run and judge.is_likely_person(run.words):
                return True
    return False


def _rows(reading: Reading) -> list[list[Cell]]:
    """Return the cells of each row, and mark in the reading how far they go.

    A ruler with a plus parts rows of one table. Any other has the head of the next above it, and
    ends this one: else every ruler would read all tables below it again.
    """
    data = reading.data
    rows: list[list[Cell]] = []
    start = data.find(b"\n", reading.end) + 1
    for _ in range(_MAX_ROWS):
        stop = data.find(b"\n", start)
        line = data[start : stop if stop >= 0 else len(data)].rstrip(b"\r")
        if start == 0 or len(line) > _MAX_LINE_BYTES:
            break
        is_ruler = _RULER.match(line) is not None and line.strip() != b""
        if is_ruler and b"|" in line and b"-" in line and b"+" not in line:
            return rows[:-1]
        if b"|" in line and not is_ruler:
            rows.append(split_row(line, start, b"|"))
        elif not is_ruler:
            break
        start = reading.read_to = stop + 1
    return rows
