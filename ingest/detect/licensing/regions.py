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
_PROSE_BYTES: Final = 3 * 1024
"""How far prose is read to either side of a word; a file that is a license is read whole."""
MAX_LINE_BYTES: Final = 1000
_MAX_COMMENT_LINE: Final = 8 * 1024
"""Some license texts have a line for a paragraph."""
WINDOW_BYTES: Final = 500
"""What is read to either side of a word inside a longer line (minified bundles)."""
MAX_REGION_BYTES: Final = 256 * 1024
"""Bytes of regions read in one text."""

_LEADER = re.compile(
    rb"[ \t]*(?://|#|\*|/\*|--|;|%|!|<!--|\.\.|\"\"\"|'''|'(?=[ \t])|\(\*|\{-|@c\b|@comment\b"
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
    quotes = {q: [m.start() for m in re.finditer(q, data)] for q in (b'"""', b"'''")}
    for end in ends:
        position = end - 1
        if regions and position < regions[-1].end:
            continue
        region = _region_at(data, position, quotes, is_prose=is_prose)
        if regions and region.start < regions[-1].end:
            region = Region(start=regions[-1].end, end=region.end, shape=region.shape)
        total += region.end - region.start
        if total > MAX_REGION_BYTES:
            break
        regions.append(region)
    return regions


def _region_at(data: bytes, position: int, quotes: _Quotes, *, is_prose: bool) -> Region:
    start, end = _line_at(data, position)
    is_comment = _is_comment(data, start, end)
    if end - start > MAX_LINE_BYTES and not is_comment:
        return _window(data, position, start, end)
    comment = _enclosing(data, position, quotes)
    if is_comment:
        low, high = _grown(data, start, end, is_prose=False)
        if comment:
            low, high = min(low, comment[0]), max(high, comment[1])
        return Region(start=low, end=high, shape=Shape.COMMENT)
    if comment:
        return Region(start=comment[0], end=comment[1], shape=Shape.COMMENT)
    if is_prose:
        low, high = _grown(data, start, end, is_prose=True)
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


def _grown(data: bytes, start: int, end: int, *, is_prose: bool) -> tuple[int, int]:
    """Return the run of comment lines around a line; of any lines in prose."""
    reach = _PROSE_BYTES if is_prose else MAX_BLOCK_BYTES
    floor, ceiling = max(0, start - reach), min(len(data), end + reach)
    while start > floor:
        line = data.rfind(b"\n", 0, start - 1) + 1
        # One endless line must not make a region that is too long to be read at all.
        if line < floor or not (is_prose or _is_comment(data, line, start - 1)):
            break
        start = line
    while end + 1 < ceiling:
        stop = data.find(b"\n", end + 1)
        stop = len(data) if stop < 0 else stop
        if stop > ceiling or not (is_prose or _is_comment(data, end + 1, stop)):
            break
        end = stop
    return start, end


def _is_comment(data: bytes, start: int, end: int) -> bool:
    return end - start <= _MAX_COMMENT_LINE and bool(_LEADER.match(data, start, end))


def _enclosing(data: bytes, position: int, quotes: _Quotes) -> tuple[int, int] | None:
    """Return the comment or long string that holds a position, if its ends are near enough."""
    floor = max(0, position - MAX_BLOCK_BYTES)
    for opener, closer in _OPENERS:
        start = data.rfind(opener, floor, position)
        if start < 0:
            continue
        if opener == closer:
            is_open = bisect_left(quotes[opener], position) % 2 == 1
        else:
            is_open = data.find(closer, start, position) < 0
        end = data.find(closer, position, position + MAX_BLOCK_BYTES) if is_open else -1
        if end >= 0:
            return start, end + len(closer)
    return None
