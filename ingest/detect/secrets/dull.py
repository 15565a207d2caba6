"""Lines in which nothing was found, so that the same line need not be read again.

Versions of a file, translations and copied code repeat their lines, and what the line engines say
of a line depends on the line, the byte before it and the name hint alone. Only lines without any
finding are remembered, and of these only digests: whatever stood there is gone with its text.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ingest.detect.secrets.matches import Match

_LONGEST: Final = 512
"""Bytes of a line that is remembered; a longer one is read in windows, and seldom repeats."""
_MOST: Final = 50_000
"""Lines of one generation; the one before it is kept too: some 10 MB in all."""
_SALT_BYTES: Final = 16

Hits = Mapping[int, Sequence[int]]
Line = tuple[int, int, int]
"""Start, end and digest of a line that is read now."""


class DullLines:
    """What is known of lines, by this process alone.

    A digest is Python's own of 64 bits (SipHash, PEP 456), salted: nobody who writes a line can
    make it look like another, and by chance one in 10 to the 14 would.
    """

    def __init__(self) -> None:
        """Know nothing."""
        self._salt = os.urandom(_SALT_BYTES)
        self._young: set[int] = set()
        self._old: set[int] = set()

    def fresh(
        self, data: bytes, suffix: str, hits: Hits, local: frozenset[int]
    ) -> tuple[Hits, list[Line]]:
        """Return hits without those in lines known to hold nothing, and the lines to `learn` of.

        `local` are the ids of patterns whose hits concern engines that read single lines; hits of
        others are left as they are.
        """
        found = [hits[id_] for id_ in local & hits.keys()]
        salt = self._salt + suffix.encode("utf-8", "surrogatepass")
        lines: list[Line] = []
        dull: list[int] = []
        stop, is_dull = -1, False
        for end in sorted(found[0] if len(found) == 1 else {e for ends in found for e in ends}):
            if end - 1 > stop:
                start = data.rfind(b"\n", 0, end - 1) + 1
                stop = data.find(b"\n", end - 1)
                if stop < 0:
                    stop = len(data)
                is_dull = False
                if stop - start <= _LONGEST:
                    # The byte before the line tells the first line from all others.
                    digest = hash(salt + data[max(0, start - 1) : stop])
                    is_dull = digest in self._young or digest in self._old
                    if not is_dull:
                        lines.append((start, stop, digest))
            if is_dull:
                dull.append(end)
        return _without(hits, frozenset(dull), local) if dull else hits, lines

    def learn(self, lines: Iterable[Line], matches: Sequence[Match]) -> None:
        """Remember those of the lines in which no match begins."""
        starts = sorted(match.start for match in matches)
        for first, last, digest in lines:
            at = bisect_left(starts, first)
            if at == len(starts) or starts[at] > last:
                self._young.add(digest)
        if len(self._young) > _MOST:
            self._young, self._old = set(), self._young


def _without(hits: Hits, dull: frozenset[int], local: frozenset[int]) -> Hits:
    kept = {
        id_: [end for end in ends if end not in dull] if id_ in local else ends
        for id_, ends in hits.items()
    }
    return {id_: ends for id_, ends in kept.items() if ends}
