r"""A view as the lines of a text with some runs replaced by what they decode to.

Keeping the surroundings keeps what engines judge by: ``password = "\u0068…"`` becomes a line with
the same keyword. Only lines in which something changes are in the view.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from ingest.detect.views.model import GAP, GAP_SCALE, SpanMap

REACH_BYTES: Final = 160
"""How much of a long line is kept on each side of what changes; a word there is kept whole."""
_BEFORE_BYTES: Final = 64
"""And how much around such a word: the name that a value has, the head of a key."""
_LONGEST_WORD: Final = 2048
_WORD_CHARACTERS: Final = (
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/=.:@%-\\"
)
_WORD: Final = re.compile(rb"[A-Za-z0-9_+/=.:@%\\-]{0,2048}")


class Rewrite(NamedTuple):
    """A run of a text and what stands in its place in the view."""

    start: int
    end: int
    text: bytes
    """UTF-8; may be empty."""


Window = tuple[int, int]


def windows_around(data: bytes, spans: Iterable[tuple[int, int]]) -> list[Window]:
    """Return the lines that hold the spans (sorted by start), long ones cut to their reach.

    Lines that follow one another come as one window.
    """
    merged: list[Window] = []
    for first, last in spans:
        if merged and last <= merged[-1][1]:
            continue
        start, end = _reach(data, first, last)
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _reach(data: bytes, first: int, last: int) -> Window:
    start = max(0, first - REACH_BYTES)
    if (line := data.rfind(b"\n", start, first)) >= 0:
        start = line + 1
    elif start:
        piece = data[max(0, start - _LONGEST_WORD) : start]
        start -= len(piece) - len(piece.rstrip(_WORD_CHARACTERS)) + _BEFORE_BYTES
        start = max(start, data.rfind(b"\n", max(0, start), first) + 1, 0)
    end = data.find(b"\n", last, last + REACH_BYTES)
    if end < 0:
        word = _WORD.match(data, min(len(data), last + REACH_BYTES))
        stop = (word.end() if word else last) + _BEFORE_BYTES
        end = data.find(b"\n", last, stop)
        end = min(len(data), stop) if end < 0 else end
    while start < first and data[start] & 0xC0 == 0x80:  # noqa: PLR2004 - UTF-8 continuation
        start += 1
    while end < len(data) and data[end] & 0xC0 == 0x80:  # noqa: PLR2004 - UTF-8 continuation
        end += 1
    return start, end


def rewrite(
    data: bytes, windows: Sequence[Window], rewrites: Sequence[Rewrite]
) -> tuple[bytes, SpanMap]:
    """Return the windows with the runs replaced, and the way back.

    Both are sorted and disjoint; each run lies in one window. Windows without a run are left out.
    """
    starts = [start for start, _ in windows]
    pieces: list[bytes] = []
    way = SpanMap()
    position, stop, current = 0, 0, -1
    for start, end, text in rewrites:
        if start >= stop or current < 0:
            index = bisect_right(starts, start) - 1
            if current >= 0:
                _copy(data, position, stop, pieces, way)
                pieces.append(GAP)
                way.add(len(GAP), stop, windows[index][0], GAP_SCALE)
            current = index
            position, stop = windows[index]
        if start > position:
            _copy(data, position, start, pieces, way)
        if text:
            pieces.append(text)
            way.add(len(text), start, end, 0)
        position = end
    _copy(data, position, stop, pieces, way)
    return b"".join(pieces), way


def _copy(data: bytes, start: int, end: int, pieces: list[bytes], way: SpanMap) -> None:
    if end > start:
        pieces.append(data[start:end])
        way.add(end - start, start, end, 1)
