"""Counts over texts, named and meant as in The Stack v2.

Lines end at a line feed; a carriage return before it belongs to the line end. Lengths are in
characters (code points), fractions are over all characters, line ends included.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.detect.content.words import DIGIT, LETTER, LINE_FEED, Joined

_RETURN = 13
_CONTINUATION_MASK, _CONTINUATION = 0xC0, 0x80
_ASCII = bytes(range(128))

_Ints = npt.NDArray[np.int64]


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
    return measure_all([data], Joined.of([data]))[0]


def measure_all(texts: list[bytes], joined: Joined) -> list[Statistics]:
    """Return the counts of each text; `joined` holds the same texts."""
    is_letter, is_digit = joined.classes == LETTER, joined.classes == DIGIT
    places = zip(joined.starts.tolist(), joined.ends.tolist(), strict=True)
    counts = [
        _count_characters(
            data,
            int(np.count_nonzero(is_letter[start:end])),
            int(np.count_nonzero(is_digit[start:end])),
        )
        for data, (start, end) in zip(texts, places, strict=True)
    ]
    lines = zip(*_line_shapes(joined), strict=True)
    return [_shape(len(data), *parts) for data, *parts in zip(texts, counts, lines, strict=True)]


def _shape(size: int, counts: tuple[int, int, int], lines: tuple[int, int, int]) -> Statistics:
    characters, letters, digits = counts
    num_lines, sum_of_lengths, max_length = lines
    return Statistics(
        length_bytes=size,
        num_lines=num_lines,
        avg_line_length=sum_of_lengths / num_lines if num_lines else 0.0,
        max_line_length=max_length,
        alphanum_fraction=(letters + digits) / characters if characters else 0.0,
        alpha_fraction=letters / characters if characters else 0.0,
    )


def _line_shapes(texts: Joined) -> tuple[list[int], list[int], list[int]]:
    """Return for each text: lines, characters in them without line ends, and in the longest."""
    octets = np.frombuffer(texts.data, dtype=np.uint8)
    # Line feeds from the one before the first text to the one behind the last: each ends a line
    # that begins behind the one before it.
    feeds = np.flatnonzero(octets[: int(texts.ends[-1]) + 1] == LINE_FEED)
    starts, ends = feeds[:-1] + 1, feeds[1:]
    lengths = ends - starts - _continuations(texts.data, octets, starts, ends)
    # What follows a text's last line feed is no line where it is empty, and where it is not it
    # has no line end, so that a return there is part of the line.
    last = np.searchsorted(ends, texts.ends)
    returns = (ends > starts) & (octets[ends - 1] == _RETURN)
    returns[last] = False
    lengths -= returns
    firsts = np.searchsorted(ends, texts.starts)
    counts = last + 1 - firsts - (starts[last] == ends[last])
    sums = np.add.reduceat(lengths, firsts)
    longest = np.maximum.reduceat(lengths, firsts)
    return counts.tolist(), sums.tolist(), longest.tolist()


def _continuations(data: bytes, octets: npt.NDArray[np.uint8], starts: _Ints, ends: _Ints) -> _Ints:
    """Return how many bytes of each line only continue a character."""
    if data.isascii():
        return np.zeros(len(starts), dtype=np.int64)
    places = np.flatnonzero((octets & _CONTINUATION_MASK) == _CONTINUATION)
    return np.searchsorted(places, ends) - np.searchsorted(places, starts)


def _count_characters(data: bytes, letters: int, digits: int) -> tuple[int, int, int]:
    """Return (characters, letters, other alphanumerics), given those of ASCII."""
    size = len(data)
    if data.isascii():
        return size, letters, digits
    beyond = data.translate(None, _ASCII)
    foreign = Counter(beyond.decode("utf-8"))
    return (
        size - len(beyond) + foreign.total(),
        letters + sum(n for c, n in foreign.items() if c.isalpha()),
        digits + sum(n for c, n in foreign.items() if c.isalnum() and not c.isalpha()),
    )
