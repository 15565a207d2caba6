"""One pass of many patterns over a blob, to decide which bytes a slow detector must look at.

Hyperscan reports for every pattern *where a match ends*, at every possible end: ``a+`` over
``aaa`` gives three ends. So patterns here are kept as short as what makes a detector interested
(a literal, a prefix and a few characters of a class), and the detector proper finds the exact
span inside a window around the end.

A prefilter may not lose what the detector would find. Write its pattern *looser* than the
detector's own: drop look-arounds and back-references (Hyperscan refuses them, or approximates
them under `PREFILTER`), never add a condition.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import hyperscan

from ingest.domain.installed import version
from ingest.domain.private import private_folder, read_private, write_private
from ingest.errors import ConfigurationError

CASELESS: Final = int(hyperscan.HS_FLAG_CASELESS)
DOTALL: Final = int(hyperscan.HS_FLAG_DOTALL)
MULTILINE: Final = int(hyperscan.HS_FLAG_MULTILINE)
ONCE: Final = int(hyperscan.HS_FLAG_SINGLEMATCH)
"""Report a pattern at most once for each blob: enough to ask *whether*, not *where*."""
UTF8: Final = int(hyperscan.HS_FLAG_UTF8)
"""Read pattern and data as UTF-8; the data must be valid."""
PREFILTER: Final = int(hyperscan.HS_FLAG_PREFILTER)
"""Accept constructs Hyperscan cannot match exactly; it then reports a superset."""
START: Final = int(hyperscan.HS_FLAG_SOM_LEFTMOST)
"""Report where the match starts too; slower, and refused for some patterns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One expression of a funnel: PCRE syntax over bytes, or the literal bytes themselves."""

    id: int
    """Any number of at least 0; several patterns may share one."""
    expression: bytes
    flags: int = 0


class Funnel:
    """Compiled patterns. Safe to use after a fork, not by two threads at once.

    A second thread gets an engine error rather than an incomplete answer.
    """

    def __init__(
        self,
        patterns: Sequence[Pattern],
        *,
        literal: bool = False,
        cache_dir: Path | None = None,
    ) -> None:
        """Compile, or load what an earlier process compiled into `cache_dir`.

        With `literal` every expression stands for its own bytes; only `CASELESS` and `ONCE` are
        allowed then. No pattern at all is allowed and matches nothing.

        Raises:
            ConfigurationError: an expression is refused; `START` of a pattern without literals,
                or an expression that matches the empty text, are common causes.
        """
        self._database = _load(patterns, literal=literal, cache_dir=cache_dir) if patterns else None

    def matches(self, data: bytes) -> list[tuple[int, int, int]]:
        """Return (end, id, start) of every match, sorted; start is 0 without `START`."""
        found: list[tuple[int, int, int]] = []
        append = found.append
        if self._database is not None and data:
            self._database.scan(
                data, lambda id_, start, end, _flags, _context: append((end, id_, start))
            )
        found.sort()
        return found

    def hits(self, data: bytes) -> dict[int, list[int]]:
        """Return the ends of matches by pattern id, each list sorted and without repeats."""
        ends: defaultdict[int, list[int]] = defaultdict(list)
        if self._database is not None and data:
            self._database.scan(
                data, lambda id_, _start, end, _flags, _context: ends[id_].append(end)
            )
        if not ends:
            return {}
        return {id_: list(dict.fromkeys(sorted(found))) for id_, found in ends.items()}

    def hits_in(self, data: bytes, spans: Sequence[tuple[int, int]]) -> dict[int, list[int]]:
        """Return what `hits` does of some spans alone, sorted and apart, each as a line.

        That is one pass however many they are. A match that spans several lines of the text is
        found only within one span.
        """
        if not spans:
            return {}
        starts, size = [], 0
        for start, end in spans:
            starts.append(size)
            size += end - start + 1
        found = self.hits(b"\n".join([data[start:end] for start, end in spans]))
        for ends in found.values():
            for n, end in enumerate(ends):
                # An end is exclusive: where a span begins it is that of the line end before.
                at = bisect_left(starts, end) - 1
                ends[n] = end - starts[at] + spans[at][0]
        return found


class LineIndex:
    """Line numbers by byte offset; ascending offsets cost one pass over the blob in all."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._offset = 0
        self._line = 1

    def line_of(self, offset: int) -> int:
        """Return the 1-based line of a byte; a line end belongs to the line it ends."""
        if offset < self._offset:
            self._offset, self._line = 0, 1
        self._line += self._data.count(b"\n", self._offset, offset)
        self._offset = offset
        return self._line


def lines_at(data: bytes, ends: Iterable[int]) -> list[tuple[int, int]]:
    r"""Return the line spans that hold the byte before each of the match ends.

    `ends` are exclusive and ascending; a line ends at ``\n``, which belongs to no span.
    """
    lines: list[tuple[int, int]] = []
    covered = -1
    for end in ends:
        last = max(end - 1, 0)
        if last <= covered:
            continue
        start = data.rfind(b"\n", 0, last) + 1
        stop = data.find(b"\n", last)
        stop = len(data) if stop < 0 else stop
        lines.append((start, stop))
        covered = stop
    return lines


def merge_spans(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return sorted spans with those that overlap or touch joined; input sorted by start."""
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _load(
    patterns: Sequence[Pattern], *, literal: bool, cache_dir: Path | None
) -> hyperscan.Database:
    if cache_dir is None:
        return _compile(patterns, literal=literal)
    path = cache_dir / f"funnel-{_digest(patterns, literal=literal)}.hsdb"
    try:
        return _restore(read_private(path))
    except (OSError, hyperscan.error):
        # Absent, torn, another's, or compiled for another CPU: the patterns are at hand.
        database = _compile(patterns, literal=literal)
        private_folder(cache_dir)
        write_private(path, [hyperscan.dumpb(database)])
        return database


def _restore(dump: bytes) -> hyperscan.Database:
    database = hyperscan.loadb(dump, hyperscan.HS_MODE_BLOCK)
    # A loaded database comes without scratch space and would refuse to scan.
    database.scratch = hyperscan.Scratch(database)
    return database


def _compile(patterns: Sequence[Pattern], *, literal: bool) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(
            expressions=[pattern.expression for pattern in patterns],
            ids=[pattern.id for pattern in patterns],
            elements=len(patterns),
            flags=[pattern.flags for pattern in patterns],
            literal=literal,
        )
    except hyperscan.error:
        # The engine's message may quote an expression, and expressions may be company terms.
        raise ConfigurationError("a funnel pattern is refused by Hyperscan") from None
    return database


def _digest(patterns: Sequence[Pattern], *, literal: bool) -> str:
    digest = hashlib.sha256(f"{version('hyperscan')}\0{literal}".encode())
    for pattern in patterns:
        digest.update(b"\0%d\0%d\0%d\0" % (pattern.id, pattern.flags, len(pattern.expression)))
        digest.update(pattern.expression)
    return digest.hexdigest()[:32]
