"""License texts and notices, matched exactly and by likeness.

`licenseclassifier` (a port of google/licensecheck) matches templates word by word: what it finds
is certain, but one changed word hides a text from it. `likeness` finds texts that were changed,
and tells which words were. Where both see the same passage the exact match names it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from licenseclassifier import identify_license

from ingest.detect.funnel import CASELESS, ONCE, Funnel, Pattern
from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.engine import forget_states, hasten
from ingest.detect.licensing.evidence import RESTRICTION, UNKNOWN, Evidence, Kind
from ingest.detect.licensing.likeness import (
    Exact,
    Likeness,
    LikenessMatcher,
    shared_bytes,
)
from ingest.detect.licensing.words import without_markup

MAX_BYTES: Final = 128 * 1024
"""The longest license texts in use (with their appendices) are well below."""
_MIN_BYTES: Final = 40
_MIN_LIKE_BYTES: Final = 160
_YEAR: Final = re.compile(rb"\b(?:19|20)\d\d\b")
_GRANT: Final = re.compile(rb"granted|permission|redistribut|licensed", re.IGNORECASE)
_CECILL: Final = re.compile(rb"CeCILL-([BC])\b", re.IGNORECASE)
_BERKELEY: Final = re.compile(
    rb"(?:rescinded|deleted\s+in\s+its\s+entirety|no\s+longer\s+required)[^\0]{0,600}?"
    rb"University\s+of\s+California",
    re.IGNORECASE,
)
"""The letter of 1999 by which Berkeley took back the clause on advertising."""
_LETTER_REACH: Final = 2500
_GATE: Final = (
    rb"warrant|liab|permission|permit|redistribut|hereby|grant|terms|licen[cs]ed|subject to"
    rb"|governed|public\s+domain|copy, modify|distributed\s+under|licen[cs]e agreement"
    rb"|may\s+be\s+used"
    rb"|do\s+what|freely|sublicen|modif|haftung|nutzung|creativecommons|you\s+can\s+use"
)
"""Words of which every known text holds one (a test proves it); most prose about licenses none."""
_MAX_CACHED: Final = 2048
_PARTIAL_SHARE: Final = 0.5
_PARTIAL_BYTES: Final = 350
_CUT_DENSITY: Final = 0.97
_CUT_SHARE: Final = 0.4
"""What of a permissive text is left without most of its disclaimer, and with nothing added."""
_GIVEN: Final = re.compile(
    rb"permission\s+is\s+hereby\s+granted|redistribution\s+and\s+use", re.IGNORECASE
)
_WARRANTY: Final = re.compile(rb"as\s+is|warrant", re.IGNORECASE)
_LIKE_SCORE, _PARTIAL_SCORE = 0.9, 0.5

# The engine's own ids for what has no SPDX id of that name.
_OWN_IDS: Final = {
    "CommonsClause": RESTRICTION,
    "Anti996": "LicenseRef-scancode-996-icu-1.0",
}
# Grants of patents beside a license add a permission and no terms; what names the GPL without
# a version is left to the names.
_IGNORED: Final = frozenset(
    {"GooglePatentClause", "GooglePatentsFile", "any-OSI", "GPL-2.0-or-3.0"}
)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Matched texts of a region, spans relative to it."""

    found: tuple[Evidence, ...] = ()
    own: tuple[Span, ...] = ()
    """Stretches of words that stand so in a known text, whatever they say."""
    added: tuple[Span, ...] = ()
    """Words inside texts that are permissive which the known text does not hold."""


class TextMatcher:
    """Both engines with a memory for headers that a repository repeats."""

    def __init__(self, algebra: LicenseAlgebra, cache_dir: Path | None) -> None:
        """Load the engines' templates."""
        self._algebra = algebra
        self._likeness = LikenessMatcher(cache_dir, algebra.is_known)
        self._seen: OrderedDict[bytes, Texts] = OrderedDict()
        self._gate = Funnel([Pattern(id=0, expression=_GATE, flags=CASELESS | ONCE)])
        hasten()

    def titles(self) -> list[tuple[str, str]]:
        """Return SPDX expression and title of every known text that has a title."""
        return [(self._spdx(name), title) for name, title in self._likeness.titles() if title]

    def find_texts(self, data: bytes) -> Texts:
        """Return the matched texts of a region, spans relative to it."""
        if len(data) < _MIN_BYTES or not self._gate.matches(data):
            return Texts()
        # Headers that differ in years only are one; the span of a year does not move.
        data = _YEAR.sub(b"2000", data)
        known = self._seen.get(data)
        if known is None:
            known = self._match(without_markup(data[:MAX_BYTES]))
            self._seen[data] = known
            if len(self._seen) > _MAX_CACHED:
                self._seen.popitem(last=False)
        else:
            self._seen.move_to_end(data)
        return known

    def _match(self, data: bytes) -> Texts:
        reading = self._likeness.read(data)
        if not self._likeness.has_candidate(reading):
            return Texts()
        exact = _exact(data.decode("utf-8", "ignore"))
        if len(data) < _MIN_LIKE_BYTES:
            return Texts(found=tuple(self._sign(known) for known in exact))
        found, own, added = [], list[Span](), list[Span]()
        for passage in self._likeness.find(reading, exact):
            parts = [known for known in exact if _is_part(known, passage)]
            if parts and not (passage.is_exact or passage.is_whole):
                continue
            sign = self._likely(passage, data)
            if sign is None:
                continue
            exact = [known for known in exact if known not in parts]
            found.append(sign)
            if sign.spdx != UNKNOWN:
                own += _kept(passage)
            if self._algebra.read(sign.spdx).category == "permissive":
                added += passage.added
        found += [self._sign(known) for known in exact]
        if any(sign.spdx != UNKNOWN for sign in found):
            # A disclaimer beside a license is one that many texts share.
            found = [s for s in found if s.spdx != UNKNOWN or grants(data[s.start : s.end])]
        return Texts(found=tuple(sorted(set(found))), own=tuple(own), added=tuple(added))

    def _likely(self, passage: Likeness, data: bytes) -> Evidence | None:
        """Return the sign of a passage; None where it says too little."""
        spdx, score = self._spdx(passage.license_id), 1.0 if passage.is_exact else _LIKE_SCORE
        if not (passage.is_exact or passage.is_whole):
            is_cut = passage.density >= _CUT_DENSITY and _is_cut(data[passage.start : passage.end])
            least = _CUT_SHARE if is_cut else _PARTIAL_SHARE
            if passage.share < least or passage.end - passage.start < _PARTIAL_BYTES:
                return None
            # A part of a permissive text may be one that somebody turned into another license.
            is_free = self._algebra.read(spdx).category == "permissive"
            spdx, score = (UNKNOWN if is_free and not is_cut else spdx), _PARTIAL_SCORE
        if spdx == "Python-2.0.1" and b"2.0.1" not in data:
            spdx = "Python-2.0"
        if spdx in {"BSD-3-Clause", "BSD-4-Clause"} and _BERKELEY.search(
            data, passage.end, passage.end + _LETTER_REACH
        ):
            spdx = "BSD-4-Clause-UC"
        if spdx.startswith("CECILL") and not passage.is_exact:
            spdx = _cecill(data, spdx)
        return Evidence(
            start=passage.start, end=passage.end, kind=Kind.TEXT, spdx=spdx, score=score
        )

    def _sign(self, known: Exact) -> Evidence:
        start, end, name = known
        return Evidence(start=start, end=end, kind=Kind.TEXT, spdx=self._spdx(name), score=1.0)

    def _spdx(self, engine_id: str) -> str:
        return self._algebra.read(_OWN_IDS.get(engine_id, engine_id)).expression


def _exact(text: str) -> list[Exact]:
    """Return what the template engine finds, in bytes."""
    forget_states()
    found = []
    for result in identify_license(text, 0.0):
        start = _byte_offset(text, result.start)
        end = start + len(text[result.start : result.end].encode())
        if start < end and result.id not in _IGNORED:
            found.append((start, end, result.id))
    return found


def _cecill(data: bytes, spdx: str) -> str:
    """Return which CeCILL a text calls itself: of B and C no template is in French."""
    called = _CECILL.search(data)
    return f"CECILL-{called[1].decode().upper()}" if called else spdx


def _is_cut(data: bytes) -> bool:
    """Tell whether a text has its grant and the start of its disclaimer, which many cut short."""
    return bool(_GIVEN.search(data) and _WARRANTY.search(data))


def grants(data: bytes) -> bool:
    """Tell whether words of a license give anything; a disclaimer gives nothing."""
    return bool(_GRANT.search(data))


def _is_part(known: Exact, passage: Likeness) -> bool:
    """Tell whether a template's match lies mostly among the words that a passage explains."""
    shared = shared_bytes(known[:2], [(passage.start, passage.end)])
    other = shared_bytes(known[:2], passage.added)
    return 2 * (shared - other) > known[1] - known[0]


def _kept(passage: Likeness) -> list[Span]:
    """Return the stretches between the added words of a passage."""
    edges = [passage.start, *(edge for span in passage.added for edge in span), passage.end]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [(start, end) for start, end in pairs if start < end]


def _byte_offset(text: str, offset: int) -> int:
    return offset if text.isascii() else len(text[:offset].encode())


def coverage(size: int, evidence: Iterable[Evidence]) -> float:
    """Return the share of a text of `size` bytes that matched texts cover."""
    covered, last = 0, 0
    for sign in sorted(evidence):
        covered += max(0, sign.end - max(sign.start, last))
        last = max(last, sign.end)
    return covered / size if size else 0.0


def is_within(start: int, end: int, spans: tuple[Span, ...]) -> bool:
    """Tell whether a span lies in one of ascending, disjoint spans."""
    place = bisect_right(spans, (start, 1 << 62)) - 1
    return place >= 0 and end <= spans[place][1]
