"""From license words to the comment blocks and lines that are read for licenses.

A region is a whole comment block where the word stands in one, a paragraph in prose, and else
the line. Everything is bounded, so that no text costs more than its license words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

MAX_BLOCK_BYTES: Final = 16 * 1024
"""How far a block reaches to either side of a word."""
MAX_LINE_BYTES: Final = 1000
WINDOW_BYTES: Final = 500
"""What is read to either side of a word inside a longer line (minified bundles)."""
MAX_REGION_BYTES: Final = 256 * 1024
"""Bytes of regions read in one text."""

_LEADER = re.compile(
    rb"[ \t]*(?://|#|\*|/\*|--|;|%|!|<!--|\.\.|\"\"\"|'''|'|\(\*|\{-|@c\b|@comment\b|\.\\\"|"
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
_PROSE_SUFFIXES: Final = frozenset(
    ["txt", "text", "md", "markdown", "rst", "adoc", "org", "tex", "license", "licence", "notice", "copyright", "authors", "license.txt", "license.md", "licence.txt", "licence.md", "copying", "copying.txt", "copying.lesser", "notice.txt", "unlicense", "metadata", "pkg-info"]
)


class Shape(Enum):
    """What kind of text a region is."""

    COMMENT = "comment"
    PROSE = "prose"
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
    for end in ends:
        position = end - 1
        if regions and position < regions[-1].end:
            continue
        region = _region_at(data, position, is_prose=not suffix or suffix in _PROSE_SUFFIXES)
        if regions and region.start < regions[-1].end:
            region = Region(start=regions[-1].end, end=region.end, shape=region.shape)
        total += region.end - region.start
        if total > MAX_REGION_BYTES:
            break
        regions.append(region)
    return regions


def _region_at(data: bytes, position: int, *, is_prose: bool) -> Region:
    start, end = _line_at(data, position)
    if end - start > MAX_LINE_BYTES:
        return _window(data, position, start, end)
    if _LEADER.match(data, start, end):
        return _grown(data, start, end, is_prose=False)
    if enclosing := _enclosing(data, position):
        return Region(start=enclosing[0], end=enclosing[1], shape=Shape.COMMENT)
    if is_prose:
        return _grown(data, start, end, is_prose=True)
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


def _grown(data: bytes, start: int, end: int, *, is_prose: bool) -> Region:
    """Return the run of comment lines, or of prose, around a line."""
    floor, ceiling = max(0, start - MAX_BLOCK_BYTES), min(len(data), end + MAX_BLOCK_BYTES)
    while start > floor:
        line = data.rfind(b"\n", 0, start - 1) + 1
        if not _belongs(data, line, start - 1, is_prose=is_prose):
            break
        start = line
    while end < ceiling:
        stop = data.find(b"\n", end + 1)
        stop = len(data) if stop < 0 else stop
        if end + 1 >= len(data) or not _belongs(data, end + 1, stop, is_prose=is_prose):
            break
        end = stop
    return Region(start=start, end=end, shape=Shape.PROSE if is_prose else Shape.COMMENT)


def _belongs(data: bytes, start: int, end: int, *, is_prose: bool) -> bool:
    if is_prose:
        # Texts of licenses have blank lines; what lies further off is cut by the block's bound.
        return True
    if end - start > MAX_LINE_BYTES:
        return False
    return bool(_LEADER.match(data, start, end)) or (
        # Inside /* … */ a line needs no leader.
        _enclosing(data, start) is not None
    )


def _enclosing(data: bytes, position: int) -> tuple[int, int] | None:
    """Return the comment with an opener and a closer that holds a position, if near enough."""
    floor = max(0, position - MAX_BLOCK_BYTES)
    for opener, closer in _OPENERS:
        start = data.rfind(opener, floor, position)
        if start < 0 or (opener != closer and data.find(closer, start, position) >= 0):
            continue
        if opener == closer and data.count(opener, 0, position) % 2 == 0:
            continue
        end = data.find(closer, position, position + MAX_BLOCK_BYTES)
        if end >= 0:
            return start, end + len(closer)
    return None
