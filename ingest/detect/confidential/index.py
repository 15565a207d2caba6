"""Which terms may begin at which piece: sorted hashes with their owners, kept on disk privately.

Indexing 100,000 terms takes seconds, and each process that scans needs the index. The file holds
hashes and numbers, no term; but a hash confirms a guess, so only the owner may read it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from ingest.detect.confidential.pieces import HashTable, Pieces, hash_pieces
from ingest.detect.confidential.spelling import spellings_of
from ingest.domain.company import Term
from ingest.domain.private import private_folder, read_private, write_private

_PARTS: Final = 4
"""Hashes and owners of words, then of pairs."""


class Owners:
    """The numbers of the terms that each of many hashes stands for."""

    def __init__(self, keys: NDArray[np.uint64], owners: NDArray[np.int32]) -> None:
        """Take ascending hashes, which may repeat, and the term of each."""
        self.keys = keys
        self.owners = owners
        self._table = HashTable(keys)

    def candidates(
        self, hashes: NDArray[np.uint64], starts: NDArray[np.int64]
    ) -> Iterator[tuple[int, int]]:
        """Yield (offset, term) for every hash that stands for a term."""
        places = self._table.places(hashes)
        if not places.size:
            return
        found = hashes.take(places)
        first = np.searchsorted(self.keys, found)
        is_known = (self.keys.take(first, mode="clip") == found).nonzero()[0]
        behind = np.searchsorted(self.keys, found.take(is_known), side="right")
        for at, low, high in zip(
            starts.take(places.take(is_known)).tolist(),
            first.take(is_known).tolist(),
            behind.tolist(),
            strict=True,
        ):
            for owner in self.owners[low:high].tolist():
                yield at, owner


@dataclass(frozen=True, slots=True)
class TermIndex:
    """All terms by the hash of their one piece, or of their first two."""

    words: Owners
    pairs: Owners

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing can be found."""
        return not (self.words.keys.size or self.pairs.keys.size)

    def candidates(self, pieces: Pieces) -> Iterator[tuple[int, int]]:
        """Yield (offset, term) of everything that begins like a term."""
        yield from self.words.candidates(pieces.words, pieces.starts)
        if self.pairs.keys.size:
            yield from self.pairs.candidates(pieces.pairs, pieces.starts)

    @classmethod
    def build(cls, terms: Sequence[Term]) -> Self:
        """Index every ASCII spelling of every term."""
        owners: list[int] = []
        lines: list[str] = []
        for number, term in enumerate(terms):
            texts = {t for s in spellings_of(term) if s.is_ascii for t in s.lines()}
            lines += texts
            owners += [number] * len(texts)
        return cls(*_sorted_keys(lines, np.array(owners, dtype=np.int32)))

    @classmethod
    def load(cls, terms: Sequence[Term], path: Path | None) -> Self:
        """Return the index that stands at a path; build it, and keep it there, if none does."""
        try:
            if path is not None:
                return cls(*_read(path))
        except (OSError, ValueError):
            pass  # absent, torn or another's: the terms are at hand
        index = cls.build(terms)
        if path is not None:
            index.write(path)
        return index

    def write(self, path: Path) -> None:
        """Write whole or not at all: several processes may do so at once."""
        parts = (self.words.keys, self.words.owners, self.pairs.keys, self.pairs.owners)
        buffer = io.BytesIO()
        for part in parts:
            np.save(buffer, part, allow_pickle=False)
        private_folder(path.parent)
        write_private(path, [buffer.getvalue()])


def _read(path: Path) -> tuple[Owners, Owners]:
    buffer = io.BytesIO(read_private(path))
    parts = [np.load(buffer, allow_pickle=False) for _ in range(_PARTS)]
    return Owners(parts[0], parts[1]), Owners(parts[2], parts[3])


def _sorted_keys(lines: Sequence[str], owners: NDArray[np.int32]) -> tuple[Owners, Owners]:
    pieces = hash_pieces("\n".join(lines).encode())
    begins = np.cumsum([0, *(len(line) + 1 for line in lines)])
    firsts = np.searchsorted(pieces.starts, begins)
    counts = np.diff(firsts)
    parts = []
    for hashes, is_wanted in ((pieces.words, counts == 1), (pieces.pairs, counts > 1)):
        keys = hashes.take(firsts[:-1].compress(is_wanted))
        # equal keys in the order of their terms: the same list gives the same index
        order = np.argsort(keys, kind="stable")
        parts.append(Owners(keys.take(order), owners.compress(is_wanted).take(order)))
    return parts[0], parts[1]
