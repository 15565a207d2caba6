"""License texts and notices, matched by `licenseclassifier` (a port of google/licensecheck).

Its templates are matched word by word, so comment marks and line breaks do not matter. Spans
come in characters and are turned into bytes.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from licenseclassifier import identify_license

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.evidence import RESTRICTION, Evidence, Kind

MAX_BYTES: Final = 128 * 1024
"""The longest license texts in use (with their appendices) are well below."""
_MIN_BYTES: Final = 40
_MAX_CACHED: Final = 2048

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


def _byte_offset(text: str, offset: int) -> int:
    return offset if text.isascii() else len(text[:offset].encode())


def coverage(size: int, evidence: tuple[Evidence, ...]) -> float:
    """Return the share of a text of `size` bytes that matched texts cover."""
    covered, last = 0, 0
    for sign in sorted(evidence):
        covered += max(0, sign.end - max(sign.start, last))
        last = max(last, sign.end)
    return covered / size if size else 0.0
