"""Pieces of a blob that line-based plugins are given, and the way back to its bytes.

The plugins' expressions backtrack, so a line is handed over whole only up to a bound; a longer
one is cut into overlapping windows on a fixed grid. A match of up to the overlap always lies
whole in one window.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

WINDOW_BYTES: Final = 4096
OVERLAP_BYTES: Final = 1024
_STEP: Final = WINDOW_BYTES - OVERLAP_BYTES


@dataclass(frozen=True, slots=True)
class Window:
    """A decoded piece of one line, without trailing white space."""

    text: str
    start: int
    """First byte in the blob."""
    is_ascii: bool

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """Return the bytes of the blob that characters ``begin`` to ``end`` came from."""
        if self.is_ascii:
            return self.start + begin, self.start + end
        head = len(self.text[:begin].encode())
        return self.start + head, self.start + head + len(self.text[begin:end].encode())


def open_window(data: bytes, start: int, end: int) -> Window:
    """Return the window over the bytes ``start`` to ``end``; cut characters are left out."""
    while start < end and data[start] & 0xC0 == 0x80:  # noqa: PLR2004 - UTF-8 continuation byte
        start += 1
    piece = data[start:end]
    return Window(piece.decode("utf-8", "ignore").rstrip(), start, piece.isascii())


def window_spans(data: bytes, ends: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield, sorted and once each, the window spans that hold the byte before a match end.

    `ends` are exclusive and ascending.
    """
    start, stop, done = 0, -1, -1
    for end in ends:
        last = max(end - 1, 0)
        if last > stop:
            start = data.rfind(b"\n", 0, last) + 1
            stop = data.find(b"\n", last)
            stop = len(data) if stop < 0 else stop
            done = start - 1
        if stop - start <= WINDOW_BYTES:
            if done < start:
                yield start, stop
            done = start
            continue
        for begin in _grid(start, last):
            if begin > done:
                yield begin, min(begin + WINDOW_BYTES, stop)
                done = begin


def _grid(start: int, offset: int) -> Iterator[int]:
    """Yield the starts of the grid windows of a line that hold an offset."""
    latest = (offset - start) // _STEP
    if latest and offset - start - (latest - 1) * _STEP < WINDOW_BYTES:
        yield start + (latest - 1) * _STEP
    yield start + latest * _STEP
