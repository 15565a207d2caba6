"""License texts and notices, matched by `licenseclassifier` (a port of google/licensecheck).

Its templates are matched word by word, so comment marks and line breaks do not matter. Spans
come in characters and are turned into bytes.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Final

from licenseclassifier import identify_license
from licenseclassifier._engine.scan import builtin_scanner

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.evidence import RESTRICTION, Evidence, Kind

MAX_BYTES: Final = 128 * 1024
"""The longest license texts in use (with their appendices) are well below."""
_MIN_BYTES: Final = 40
_YEAR: Final = re.compile(rb"\b(?:19|20)\d\d\b")
_MAX_CACHED: Final = 2048
_MAX_STATES: Final = 20_000
"""States that the engine's lazy automaton may keep; all licenses once make it 300 MB larger."""

# The engine's own ids for what has no SPDX id of that name.
_OWN_IDS: Final = {
    "CommonsClause": RESTRICTION,
    "GPL-2.0-or-3.0": "GPL-2.0-only OR GPL-3.0-only",
}
# Grants of patents beside a license: they add a permission and no terms.
_IGNORED: Final = frozenset({"GooglePatentClause", "GooglePatentsFile"})


class TextMatcher:
    """The template engine with a memory for headers that a repository repeats."""

    def __init__(self, algebra: LicenseAlgebra) -> None:
        """Load the engine's templates."""
        self._algebra = algebra
        self._seen: OrderedDict[bytes, tuple[Evidence, ...]] = OrderedDict()
        identify_license("", 0.0)

    def find_texts(self, data: bytes) -> tuple[Evidence, ...]:
        """Return the matched texts of a region, spans relative to it."""
        if len(data) < _MIN_BYTES:
            return ()
        # Headers that differ in years only are one; the span of a year does not move.
        data = _YEAR.sub(b"2000", data)
        known = self._seen.get(data)
        if known is None:
            known = self._match(data[:MAX_BYTES])
            self._seen[data] = known
            if len(self._seen) > _MAX_CACHED:
                self._seen.popitem(last=False)
        else:
            self._seen.move_to_end(data)
        return known

    def _match(self, data: bytes) -> tuple[Evidence, ...]:
        text = data.decode("utf-8", "ignore")
        _forget_states()
        found = []
        for result in identify_license(text, 0.0):
            if result.id in _IGNORED:
                continue
            start = _byte_offset(text, result.start)
            end = start + len(text[result.start : result.end].encode())
            if start >= end:
                continue
            terms = self._algebra.read(_OWN_IDS.get(result.id, result.id))
            found.append(
                Evidence(start=start, end=end, kind=Kind.TEXT, spdx=terms.expression, score=1.0)
            )
        return tuple(found)


def _forget_states() -> None:
    """Drop the engine's remembered states when they are many; they are made again on demand.

    The package is pinned to one version, and offers no other way to bound its memory.
    """
    states = builtin_scanner().re._info  # noqa: SLF001 - see above
    if len(states) > _MAX_STATES:
        states.clear()


def _byte_offset(text: str, offset: int) -> int:
    return offset if text.isascii() else len(text[:offset].encode())


def coverage(size: int, evidence: tuple[Evidence, ...]) -> float:
    """Return the share of a text of `size` bytes that matched texts cover."""
    covered, last = 0, 0
    for sign in sorted(evidence):
        covered += max(0, sign.end - max(sign.start, last))
        last = max(last, sign.end)
    return covered / size if size else 0.0
