"""MinHash signature of a text: the 512 bytes by which near-copies are found.

A word is a run of letters, digits, underscores or bytes outside ASCII. A shingle is five words
in a row. Bands follow the usual locality-sensitive scheme: two texts of Jaccard similarity J
share at least one of b bands of r rows with probability 1 - (1 - J^r)^b, which for 16x8 is
0.95 at 0.8 and 1.00 at 0.9.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from rensa import RMinHash

SHINGLE_WORDS: Final = 5
PERMUTATIONS: Final = 128
SEED: Final = 20240229
"""Fixed for ever: signatures of different seeds cannot be compared."""
BANDS: Final = 16
ROWS: Final = PERMUTATIONS // BANDS
MIN_SHINGLES: Final = 10
"""Texts of fewer distinct shingles get no signature: short boilerplate resembles everything."""

_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_WORDS = bytes(b if b in _WORD or b >= 0x80 else 0x20 for b in range(256))  # noqa: PLR2004 - ASCII
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Similarity facts of one text."""

    num_shingles: int
    """Distinct shingles, as 64-bit hashes."""
    minhash: bytes | None
    """`PERMUTATIONS` little-endian uint32; None below `MIN_SHINGLES`."""
    bands: list[int]
    """`BANDS` signed 64-bit hashes, empty without a signature. The band's number is hashed too."""


def sign(data: bytes) -> Signature:
    """Return the signature of a text in UTF-8."""
    shingles = np.unique(_shingle_hashes(data))
    if len(shingles) < MIN_SHINGLES:
        return Signature(num_shingles=len(shingles), minhash=None, bands=[])
    rows = RMinHash.digest_matrix_from_flat_token_hashes(
        shingles, [0, len(shingles)], PERMUTATIONS, SEED
    ).to_rows()
    minhash = np.asarray(rows[0], dtype="<u4").tobytes()
    return Signature(num_shingles=len(shingles), minhash=minhash, bands=band_hashes(minhash))


def band_hashes(minhash: bytes) -> list[int]:
    """Return the bucket of each band, in the order of bands."""
    width = len(minhash) // BANDS
    return [
        int.from_bytes(
            hashlib.blake2b(
                bytes([band]) + minhash[band * width : (band + 1) * width], digest_size=8
            ).digest(),
            "little",
            signed=True,
        )
        for band in range(BANDS)
    ]


def estimate_similarity(left: bytes, right: bytes) -> float:
    """Return the estimated Jaccard similarity of two signatures, 0 to 1."""
    same = np.frombuffer(left, dtype="<u4") == np.frombuffer(right, dtype="<u4")
    return float(np.count_nonzero(same)) / PERMUTATIONS


def _shingle_hashes(data: bytes) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    words = data.translate(_WORDS).split()
    count = len(words) - SHINGLE_WORDS + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint64)
    hashes = np.array(RMinHash.hash_token_sets([words])[0], dtype=np.uint64)
    rolled = hashes[:count].copy()
    for offset in range(1, SHINGLE_WORDS):
        rolled *= _MULTIPLIER
        rolled ^= hashes[offset : offset + count]
    return _finalised(rolled)


def _finalised(
    values: np.ndarray[tuple[int], np.dtype[np.uint64]],
) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Spread every bit over the whole word (finaliser of splitmix64), as MinHash expects."""
    values ^= values >> np.uint64(30)
    values *= _MIX[0]
    values ^= values >> np.uint64(27)
    values *= _MIX[1]
    values ^= values >> np.uint64(31)
    return values
