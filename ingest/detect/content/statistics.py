"""Counts over a text, named and meant as in The Stack v2.

Lines end at a line feed; a carriage return before it belongs to the line end. Lengths are in
characters (code points), fractions are over all characters, line ends included.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = b"0123456789"
_LINE_FEED, _RETURN = 10, 13
_CONTINUATION_MASK, _CONTINUATION = 0xC0, 0x80
_ASCII = bytes(range(128))


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Size and shape of one text."""

    length_bytes: int
    num_lines: int
    avg_line_length: float
    """Characters; 0 for an empty text."""
    max_line_length: int
    alphanum_fraction: float
    alpha_fraction: float


def measure(data: bytes) -> Statistics:
    """Return the counts of a text in UTF-8."""
    lengths = _line_lengths(data)
    characters, letters, digits = _count_characters(data)
    return Statistics(
        length_bytes=len(data),
        num_lines=len(lengths),
        avg_line_length=float(lengths.mean()) if len(lengths) else 0.0,
        max_line_length=int(lengths.max()) if len(lengths) else 0,
        alphanum_fraction=(letters + digits) / characters if characters else 0.0,
        alpha_fraction=letters / characters if characters else 0.0,
    )


def _line_lengths(data: bytes) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the length of each line in characters, without line ends."""
    octets = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(octets == _LINE_FEED)
    if len(octets) and octets[-1] != _LINE_FEED:
        ends = np.append(ends, len(octets))
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    lengths = ends - starts
    if not data.isascii():
        continuation = (octets & _CONTINUATION_MASK) == _CONTINUATION
        before = np.concatenate(([0], np.cumsum(continuation)))
        lengths = lengths - (before[ends] - before[starts])
    returns = (ends > starts) & (octets[np.maximum(ends - 1, 0)] == _RETURN)
    # The text's last line has no line end, so a return there is part of the line.
    returns &= ends < len(octets)
    return np.asarray(lengths - returns, dtype=np.int64)


def _count_characters(data: bytes) -> tuple[int, int, int]:
    """Return (characters, letters, other alphanumerics)."""
    size = len(data)
    letters = size - len(data.translate(None, _LETTERS))
    digits = size - len(data.translate(None, _DIGITS))
    if data.isascii():
        return size, letters, digits
    beyond = data.translate(None, _ASCII)
    foreign = Counter(beyond.decode("utf-8"))
    return (
        size - len(beyond) + foreign.total(),
        letters + sum(n for c, n in foreign.items() if c.isalpha()),
        digits + sum(n for c, n in foreign.items() if c.isalnum() and not c.isalpha()),
    )
