"""MinHash signatures of texts: the 512 bytes by which near-copies are found.

A word is a run of letters, digits, underscores or bytes outside ASCII. A shingle is five words
in a row. Comments at the top of a file are left out (see `headers`), so that a copy whose license
header was taken away or replaced has the signature of the original.

The signature is a one-permutation MinHash: every shingle falls into one of 128 bins by its hash,
the smallest of each bin stays, and an empty bin borrows from another by optimal densification
(Shrivastava 2017, https://arxiv.org/abs/1703.04664), which keeps the share of equal values an
unbiased estimate of the Jaccard similarity. One sort of the hashes does it all, where 128
permutations cost 128 passes.

Bands follow the usual locality-sensitive scheme: two texts of Jaccard similarity J share at least
one of b bands of r rows with probability 1 - (1 - J^r)^b, which for 16x8 is 0.95 at 0.8 and 1.00
at 0.9.

Many texts are signed at once, because most files are small and each step of arithmetic on arrays
costs as much for ten words as for a thousand. The signature of a text does not depend on the
others.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ingest.detect.content.headers import body_start
from ingest.detect.content.words import Joined, hash_words, mix

SHINGLE_WORDS: Final = 5
PERMUTATIONS: Final = 128
"""Bins, and values of a signature."""
SEED: Final = 20240229
"""Fixed for ever: signatures of different seeds cannot be compared."""
BANDS: Final = 16
ROWS: Final = PERMUTATIONS // BANDS
MIN_SHINGLES: Final = 10
"""Texts of fewer distinct shingles get no signature: short boilerplate resembles everything."""
MAX_TEXTS: Final = 1024
"""Texts that are signed in one go: their number takes the top ten bits of a key."""

_Keys = npt.NDArray[np.uint64]
_Values = npt.NDArray[np.uint32]
_NUMBER_SHIFT: Final = 54
_BIN_SHIFT: Final = 47
_VALUE_SHIFT: Final = 15
_BIN_MASK: Final = np.uint64(PERMUTATIONS - 1)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Similarity facts of one text."""

    num_shingles: int
    """Distinct shingles, as 54-bit hashes."""
    minhash: bytes | None
    """`PERMUTATIONS` little-endian uint32; None below `MIN_SHINGLES`."""
    bands: list[int]
    """`BANDS` signed 64-bit hashes, empty without a signature. The band's number is hashed too."""


def sign(data: bytes) -> Signature:
    """Return the signature of a text in UTF-8, without the comments at its top."""
    return sign_all(Joined.of([data]).without_heads([body_start(data)]))[0]


def sign_all(texts: Joined) -> list[Signature]:
    """Return the signature of each of at most `MAX_TEXTS` texts."""
    keys = np.sort(_shingle_keys(texts))
    if len(keys):
        keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
    numbers = np.arange(len(texts) + 1, dtype=np.uint64) << np.uint64(_NUMBER_SHIFT)
    bounds = [*np.searchsorted(keys, numbers[:-1]).tolist(), len(keys)]
    counts = [end - start for start, end in itertools.pairwise(bounds)]
    signed = [n for n, count in enumerate(counts) if count >= MIN_SHINGLES]
    values = _smallest_by_bin(keys, len(texts))[signed]
    bands = _hash_bands(values).tolist()
    rows = dict(zip(signed, zip(values.astype("<u4"), bands, strict=True), strict=True))
    return [
        Signature(num_shingles=count, minhash=rows[n][0].tobytes(), bands=rows[n][1])
        if n in rows
        else Signature(num_shingles=count, minhash=None, bands=[])
        for n, count in enumerate(counts)
    ]


def _shingle_keys(texts: Joined) -> _Keys:
    """Return a key per shingle: ten bits for the text, then the 54 high bits of its hash."""
    hashes, bounds = hash_words(texts)
    count = len(hashes) - SHINGLE_WORDS + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint64)
    rolled = hashes[:count].copy()
    for offset in range(1, SHINGLE_WORDS):
        rolled *= _MULTIPLIER
        rolled ^= hashes[offset : offset + count]
    keys = mix(rolled) >> np.uint64(64 - _NUMBER_SHIFT)
    # A shingle that begins in the last words of a text would reach into the next one.
    starts = np.diff(bounds)
    numbers = np.repeat(np.arange(len(texts), dtype=np.uint64), starts)[:count]
    is_whole = np.ones(count, dtype=bool)
    tails = (bounds[1:, None] - np.arange(1, SHINGLE_WORDS)).ravel()
    is_whole[tails[(tails >= 0) & (tails < count)]] = False
    # Words before the tail of a text shorter than a shingle belong to texts before it, and
    # those are cut at their own tails.
    return ((numbers << np.uint64(_NUMBER_SHIFT)) | keys)[is_whole]


def _smallest_by_bin(keys: _Keys, count: int) -> _Values:
    """Return the signature of each text from its sorted distinct keys; bins of none are zero."""
    cells = (keys >> np.uint64(_BIN_SHIFT)).astype(np.int64)
    if not len(cells):
        return np.zeros((count, PERMUTATIONS), dtype=np.uint32)
    is_first = np.concatenate(([True], cells[1:] != cells[:-1]))
    filled = cells[is_first]
    values = np.zeros(count * PERMUTATIONS, dtype=np.uint32)
    # The bin is part of the hash and not of the value: values of different bins may be equal.
    values[filled] = (keys[is_first] >> np.uint64(_VALUE_SHIFT)).astype(np.uint32)
    is_empty = np.ones(count * PERMUTATIONS, dtype=bool)
    is_empty[filled] = False
    return _densify(values.reshape(count, -1), is_empty.reshape(count, -1))


def _densify(values: _Values, is_empty: npt.NDArray[np.bool_]) -> _Values:
    """Fill each empty bin from the bin that comes first in the empty one's own order."""
    gaps = is_empty.sum(axis=1)
    cells = np.flatnonzero(is_empty & (gaps < PERMUTATIONS)[:, None])
    flat, is_open = values.reshape(-1), is_empty.reshape(-1)
    for lenders_by_bin in _LENDERS:
        if not len(cells):
            break
        bins = cells % PERMUTATIONS
        lenders = cells - bins + lenders_by_bin[bins]
        waits = is_open[lenders]
        flat[cells[~waits]] = flat[lenders[~waits]]
        cells = cells[waits]
    return values


def _lenders() -> npt.NDArray[np.int64]:
    """Return whom each bin asks first, second and so on: every bin once, in an order of its own."""
    cells = np.arange(PERMUTATIONS * PERMUTATIONS, dtype=np.uint64) + np.uint64(SEED)
    scattered = mix(cells * _MULTIPLIER).reshape(PERMUTATIONS, PERMUTATIONS)
    return scattered.argsort(axis=0, kind="stable")


_LENDERS: Final = _lenders()


def _hash_bands(values: _Values) -> npt.NDArray[np.int64]:
    """Return the buckets of many signatures, one row each."""
    rows = values.reshape(len(values), BANDS, ROWS).astype(np.uint64)
    buckets = np.broadcast_to(_BAND_SEEDS, (len(values), BANDS)).copy()
    for index in range(ROWS):
        buckets ^= rows[:, :, index]
        buckets = mix(buckets * _MULTIPLIER)
    return buckets.view(np.int64)


_BAND_SEEDS: Final = np.frombuffer(
    hashlib.sha256(b"bands of a signature").digest() * (BANDS // 4), dtype="<u8"
) ^ mix(np.arange(1, BANDS + 1, dtype=np.uint64) * _MULTIPLIER)
