"""The words of a text and the parts of its identifiers, hashed in one pass of array operations.

A piece is a longest run of letters of one word, or of digits: ``HTTPFalcon_url2`` has the pieces
``HTTP``, ``Falcon``, ``url`` and ``2``. Looking hashes up in a table costs the same whatever the
table's length. A literal matcher does not: Hyperscan with 100,000 surnames reports 65,000 hits a
megabyte of ordinary code, nearly all inside longer words, and falls to 19 MB/s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

WINDOW: Final = 64 * 1024
"""Bytes per pass: larger arrays are mapped anew at each allocation, which costs twice the work."""
OVERLAP: Final = 512
"""Bytes that two windows share, so that nothing is lost between them. Longer terms are refused."""

_LOWER, _UPPER, _DIGIT, _FOREIGN = 1, 3, 4, 8
_KIND: Final = np.uint8(0xFD)
"""Takes the case out of a class: upper and lower are one kind."""
_FIRST: Final = np.uint64(0x9E3779B97F4A7C15)
_SECOND: Final = np.uint64(0xC2B2AE3D27D4EB4F)
"""Odd 64-bit constants, as in Knuth's multiplicative hashing and in xxHash."""
_FOLD: Final = np.uint64(0x2020202020202020)
_WORD: Final = 8
_MASKS: Final = np.array(
    [*((1 << (8 * n)) - 1 for n in range(_WORD)), (1 << 64) - 1], dtype=np.uint64
)


_ESCAPE: Final = re.compile(rb"\\[ntr](?=[a-z])")


def _class_of(byte: int) -> int:
    char = chr(byte)
    if not char.isascii():
        return _FOREIGN
    if char.isdigit():
        return _DIGIT
    return (_UPPER if char.isupper() else _LOWER) if char.isalpha() else 0


_CLASSES: Final = bytes(_class_of(byte) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a text in order."""

    starts: NDArray[np.int64]
    """Offset of each piece."""
    words: NDArray[np.uint64]
    """Hash of each: its first 8 bytes without ASCII case, and its length."""
    pairs: NDArray[np.uint64]
    """Hash of each piece and the one behind it, whatever stands between; one fewer."""


def hash_pieces(data: bytes) -> Pieces:
    """Return the pieces of a text. Equal words have equal hashes, others nearly never."""
    classes = np.frombuffer(b"\0" + data.translate(_CLASSES) + b"\0\0", dtype=np.uint8)
    kinds = classes & _KIND
    # before each byte, and behind the last: does another kind of character begin,
    is_edge = kinds[1:-1] != kinds[:-2]
    # or a capital after or before a lower-case letter?
    is_lower = classes == np.uint8(_LOWER)
    turns = is_lower[2:] | is_lower[:-2]
    turns &= classes[1:-1] == np.uint8(_UPPER)
    is_edge |= turns
    edges = is_edge.nonzero()[0]
    is_piece = classes[1:].take(edges[:-1]).astype(bool)
    starts = edges[:-1].compress(is_piece)
    sizes = edges[1:].compress(is_piece)
    sizes -= starts
    heads: NDArray[np.uint64] = np.ndarray(
        (len(data) + 1,), dtype="<u8", buffer=data + bytes(_WORD), strides=(1,)
    )
    words = heads.take(starts)
    words |= _FOLD
    words &= _MASKS.take(sizes, mode="clip")
    words += sizes.view(np.uint64)
    words *= _FIRST
    pairs = words[1:] * _SECOND
    pairs ^= words[:-1]
    pairs *= _FIRST
    return Pieces(starts, words, pairs)


class HashTable:
    """Which of many hashes belong to a fixed set; one in some thousands of others passes as well.

    Two tables over different bits: what passes the first, a tenth of all words where the set is
    large, is asked of the second.
    """

    _LOAD: Final = 16
    _MIN_BITS: Final = 16
    _MAX_BITS: Final = 22
    _OTHER_BITS: Final = np.uint64(20)

    def __init__(self, hashes: NDArray[np.uint64]) -> None:
        """Take the hashes of the set."""
        bits = (self._LOAD * max(hashes.size, 1) - 1).bit_length()
        bits = min(max(bits, self._MIN_BITS), self._MAX_BITS)
        self._shift = np.uint64(64 - bits)
        self._first = np.zeros(1 << bits, dtype=bool)
        self._second = np.zeros(1 << bits, dtype=bool)
        self._first[self._high(hashes)] = True
        self._second[self._high(hashes << self._OTHER_BITS)] = True
        self._is_empty = not hashes.size

    def places(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the ascending places of hashes that may belong to the set."""
        if self._is_empty:
            return np.empty(0, dtype=np.int64)
        places: NDArray[np.int64] = self._first.take(self._high(hashes)).nonzero()[0]
        if not places.size:
            return places
        others = hashes.take(places) << self._OTHER_BITS
        return places.compress(self._second.take(self._high(others)))

    def _high(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        return (hashes >> self._shift).view(np.int64)


def windows(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (offset, bytes) of overlapping windows over a text, as long as the text's own.

    A window with escapes of white space before a small letter comes twice, the second time with
    a blank for the letter of each such escape.
    """
    for start in range(0, max(len(data) - OVERLAP, 1), WINDOW - OVERLAP):
        window = data[start : start + WINDOW] if len(data) > WINDOW else data
        yield start, window
        if _ESCAPE.search(window):
            # "\\nfalcon" is also read without the letter of its escape; C:\\newton needs it
            yield start, _ESCAPE.sub(rb"\\ ", window)
