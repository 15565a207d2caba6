"""Many texts in one buffer, and a hash of every word in them, without an object per word."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
import numpy.typing as npt

LINE_FEED: Final = 10
LETTER: Final = 1
DIGIT: Final = 2
_OTHER_WORD: Final = 3
_ASCII_END: Final = 0x80
_CHUNK: Final = 8
_LONG: Final = 64
"""Longer words are hashed one by one: a line of base64 would be thousands of chunks."""
_PADDING: Final = b"\n" * _CHUNK
_KEEP: Final = np.array([(1 << (8 * n)) - 1 for n in range(_CHUNK)] + [2**64 - 1], dtype=np.uint64)
"""Mask of the first bytes of a little-endian chunk, by their number."""
_PRIMES: Final = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_MIX: Final = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def _class_of(byte: int) -> int:
    if byte >= _ASCII_END or byte == ord("_"):
        return _OTHER_WORD
    if chr(byte).isalpha():
        return LETTER
    return DIGIT if chr(byte).isdigit() else 0


_CLASSES: Final = bytes(map(_class_of, range(256)))

_Hashes = npt.NDArray[np.uint64]
_Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Texts one behind the other, a line feed before the first and after each."""

    data: bytes
    starts: _Offsets
    """First byte of each text in `data`."""
    ends: _Offsets
    """One past its last byte: the line feed that follows it."""
    classes: npt.NDArray[np.uint8]
    """Of each byte: `LETTER` or `DIGIT` of ASCII, 3 for what else is part of words, or 0."""

    @classmethod
    def of(cls, texts: Sequence[bytes]) -> Self:
        """Join texts."""
        sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        ends = np.cumsum(sizes + 1)
        data = b"\n" + b"\n".join(texts) + _PADDING
        classes = np.frombuffer(data.translate(_CLASSES), dtype=np.uint8)
        return cls(data=data, starts=ends - sizes, ends=ends, classes=classes)

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.starts)

    def without_heads(self, sizes: Sequence[int]) -> Self:
        """Return the texts with no word in the first bytes of each, so many as `sizes` tells."""
        if not any(sizes):
            return self
        classes = self.classes.copy()
        for start, size in zip(self.starts.tolist(), sizes, strict=True):
            classes[start : start + size] = 0
        return replace(self, classes=classes)


def hash_words(texts: Joined) -> tuple[_Hashes, _Offsets]:
    """Return a hash of each word, and which words are a text's: `bounds[n]` to `bounds[n + 1]`."""
    flags = texts.classes != 0
    edges = np.flatnonzero(flags[1:] != flags[:-1])
    edges += 1
    starts, ends = edges[0::2], edges[1::2]
    bounds = np.searchsorted(starts, np.append(texts.starts, len(texts.data)))
    return _hash(texts.data, starts, ends - starts), bounds


def _hash(data: bytes, starts: _Offsets, sizes: _Offsets) -> _Hashes:
    """Hash words in chunks of eight bytes; the further chunks of the few that have them."""
    chunks = np.ndarray((len(data) - _CHUNK + 1,), dtype="<u8", buffer=data, strides=(1,))
    hashes = chunks[starts]
    hashes &= _KEEP[np.minimum(sizes, _CHUNK)]
    hashes ^= sizes.astype(np.uint64) * _PRIMES[1]
    hashes *= _PRIMES[0]
    hashes ^= hashes >> np.uint64(32)
    more = np.flatnonzero((sizes > _CHUNK) & (sizes <= _LONG))
    done = _CHUNK
    while len(more):
        rest = np.minimum(sizes[more] - done, _CHUNK)
        part = hashes[more] ^ (chunks[starts[more] + done] & _KEEP[rest])
        part *= _PRIMES[0]
        hashes[more] = part ^ (part >> np.uint64(32))
        done += _CHUNK
        more = more[sizes[more] > done]
    for word in np.flatnonzero(sizes > _LONG).tolist():
        start = int(starts[word])
        digest = hashlib.blake2b(data[start : start + int(sizes[word])], digest_size=8).digest()
        hashes[word] = int.from_bytes(digest, "little")
    return hashes


def mix(values: _Hashes) -> _Hashes:
    """Spread every bit over the whole word, in place (finaliser of splitmix64)."""
    values ^= values >> np.uint64(30)
    values *= _MIX[0]
    values ^= values >> np.uint64(27)
    values *= _MIX[1]
    values ^= values >> np.uint64(31)
    return values
