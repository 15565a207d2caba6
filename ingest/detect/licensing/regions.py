"""From license words to the comment blocks and lines that are read for licenses.

A region is a whole comment block where the word stands in one, a paragraph in prose, and else
the line. Everything is bounded, so that no text costs more than its license words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from enum import Enum
from typing import Final

MAX_BLOCK_BYTES: Final = 64 * 1024
"""How far a block reaches to either side of a word."""
PROSE_BYTES: Final = 3 * 1024
"""How far prose is read to either side of a word; a file that is a license is read whole."""
MAX_LINE_BYTES: Final = 1000
_MAX_COMMENT_LINE: Final = 8 * 1024
"""Some license texts have a line for a paragraph."""
WINDOW_BYTES: Final = 500
"""What is read to either side of a word inside a longer line (minified bundles)."""
MAX_REGION_BYTES: Final = 256 * 1024
"""Bytes of regions read in one text."""

_LEADER = re.compile(
    rb"[ \t]*(?://|#|\*|/\*|--|;|%|!|<!--|\.\.|\"\"\"|'''|'(?=[ \t\r]|$)|\(\*|\{-|@c\b|@comment\b"
    rb"|\.\\\"|"
    rb"rem\b|dnl\b|c[ \t*]|\\\"|>)",
    re.IGNORECASE,
)
_OPENERS: Final = (
    (b"/*", b"*/"),
    (b"<!--", b"-->"),
    (b'"""', b'"""'),
    (b"'''", b"'''"),
    (b"(*", b"*)"),
    (b"{-", b"-}"),
    (b"--[[", b"]]"),
    (b"=begin", b"=end"),
    (b"=pod", b"=cut"),
)
_PROSE = """
txt text md markdown rst adoc org tex license licence notice copyright authors license.txt
license.md licence.txt licence.md copying copying.txt copying.lesser notice.txt unlicense
metadata pkg-info html htm xhtml
"""
_PROSE_SUFFIXES: Final = frozenset(_PROSE.split())


_Quotes = dict[bytes, list[int]]
"""Positions of quotes that open and close alike: between an odd one and the next is a string."""


class Shape(Enum):
    """What kind of text a region is."""

    COMMENT = "comment"
    PROSE = "prose"
    TEXT = "text"
    """A file that is, or may be, a license as a whole."""
    TITLED = "titled"
    """A file that begins like a license, by whatever name."""
    WINDOW = "window"
    """Part of a very long line."""
    LINE = "line"
    """A line of code or data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A span that is read for licenses."""

    start: int
    end: int
    shape: Shape


def find_regions(data: bytes, ends: list[int], suffix: str) -> list[Region]:
    """Return disjoint regions around license words (ascending ends), sorted.

    The regions cover every word, except where together they pass `MAX_REGION_BYTES`; the caller
    sees that from the last region's end.
    """
    regions: list[Region] = []
    total = 0
    is_prose = not suffix or suffix in _PROSE_SUFFIXES
    brackets = _Brackets(data)
    for end in ends:
        position = end - 1
        if regions and position < regions[-1].end:
            continue
        region = _region_at(data, position, brackets, is_prose=is_prose)
        if regions and region.start < regions[-1].end:
            region = Region(start=regions[-1].end, end=region.end, shape=region.shape)
        total += region.end - region.start
        if total > MAX_REGION_BYTES:
            break
        regions.append(region)
    return regions


def _region_at(data: bytes, position: int, brackets: _Brackets, *, is_prose: bool) -> Region:
    start, end = _line_at(data, position)
    is_comment = _is_comment(data, start, end)
    if end - start > MAX_LINE_BYTES and not is_comment:
        return _window(data, position, start, end)
    comment = brackets.around(position)
    if is_comment:
        low, high = _grown_comment(data, start, end)
        if comment:
            low, high = min(low, comment[0]), max(high, comment[1])
        return Region(start=low, end=high, shape=Shape.COMMENT)
    if comment:
        return Region(start=comment[0], end=comment[1], shape=Shape.COMMENT)
    if is_prose:
        low, high = _grown_prose(data, start, end)
        return Region(start=low, end=high, shape=Shape.PROSE)
    return Region(start=start, end=end, shape=Shape.LINE)


def _window(data: bytes, position: int, start: int, end: int) -> Region:
    """Return what surrounds a word in a very long line, cut at characters."""
    low, high = max(start, position - WINDOW_BYTES), min(end, position + WINDOW_BYTES)
    while low > start and data[low] & 0xC0 == 0x80:  # noqa: PLR2004 - UTF-8 continuation
        low -= 1
    while high < end and data[high] & 0xC0 == 0x80:  # noqa: PLR2004 - UTF-8 continuation
        high += 1
    return Region(start=low, end=high, shape=Shape.WINDOW)


def _line_at(data: bytes, position: int) -> tuple[int, int]:
    end = data.find(b"\n", position)
    return data.rfind(b"\n", 0, position) + 1, len(data) if end < 0 else end


def _grown_prose(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the lines around a line, of which none may reach too far."""
    floor, ceiling = max(0, start - PROSE_BYTES), min(len(data), end + PROSE_BYTES)
    if floor < start:
        start = data.find(b"\n", floor - 1, start) + 1 if floor else 0
    end = max(end, data.rfind(b"\n", end, ceiling))
    if end + 1 < ceiling and data[ceiling : ceiling + 1] in {b"\n", b""}:
        end = ceiling
    return start, end


def _grown_comment(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the run of comment lines around one of them."""
    floor, ceiling = max(0, start - MAX_BLOCK_BYTES), min(len(data), end + MAX_BLOCK_BYTES)
    while start > floor:
        line = data.rfind(b"\n", 0, start - 1) + 1
        # One endless line must not make a region that is too long to be read at all.
        if line < floor or not _is_comment(data, line, start - 1):
            break
        start = line
    while end + 1 < ceiling:
        stop = data.find(b"\n", end + 1)
        stop = len(data) if stop < 0 else stop
        if stop > ceiling or not _is_comment(data, end + 1, stop):
            break
        end = stop
    return start, end


def ends_comment(data: bytes, end: int) -> bool:
    """Tell whether a line ends at a place, and no comment follows in the next one."""
    stop = data.find(b"\n", end + 1)
    next_line = end + 1, len(data) if stop < 0 else stop
    return data[end : end + 1] == b"\n" and not _is_comment(data, *next_line)


def is_balanced(data: bytes) -> bool:
    """Tell whether every long comment or string that is opened is closed too."""
    return all(
        data.count(opener) % 2 == 0
        if opener == closer
        else data.rfind(closer) >= data.rfind(opener)
        for opener, closer in _OPENERS
    )


def is_comment(line: bytes) -> bool:
    """Tell whether a line begins as a comment does."""
    return _LEADER.match(line) is not None


def _is_comment(data: bytes, start: int, end: int) -> bool:
    return end - start <= _MAX_COMMENT_LINE and bool(_LEADER.match(data, start, end))


class _Brackets:
    """Long comments and strings of a text, to be asked for ascending positions."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._last = dict.fromkeys((opener for opener, _closer in _OPENERS), -1)
        self._read_to = 0
        self._quotes: _Quotes = {}

    def around(self, position: int) -> tuple[int, int] | None:
        """Return the comment or string that holds a position, if its ends are near enough."""
        data, floor = self._data, max(0, position - MAX_BLOCK_BYTES)
        read_to, self._read_to = self._read_to, position
        found = None
        for opener, closer in _OPENERS:
            # What was read for the last position is not read again.
            low = max(floor, read_to - len(opener) + 1)
            start = data.rfind(opener, low, position)
            if start < 0:
                start = self._last[opener]
            else:
                self._last[opener] = start
            if found or start < floor:
                continue
            if opener == closer:
                is_open = bisect_left(self._places(opener), position) % 2 == 1
            else:
                is_open = data.find(closer, start, position) < 0
            end = data.find(closer, position, position + MAX_BLOCK_BYTES) if is_open else -1
            if end >= 0:
                found = start, end + len(closer)
        return found

    def _places(self, quote: bytes) -> list[int]:
        if quote not in self._quotes:
            self._quotes[quote] = [m.start() for m in re.finditer(quote, self._data)]
        return self._quotes[quote]
