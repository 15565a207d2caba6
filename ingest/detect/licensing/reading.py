"""Read one region for everything that licensing wants of it, each distinct region once.

Headers repeat all over a repository, so what was read is remembered by the region's bytes. The
memory is bounded and changes no fact.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.evidence import UNKNOWN, Evidence, Kind
from ingest.detect.licensing.holders import Holder, HolderReader
from ingest.detect.licensing.names import fold
from ingest.detect.licensing.notices import NO_NOTICES, Notices, points_elsewhere, read_notices
from ingest.detect.licensing.regions import Region, Shape
from ingest.detect.licensing.restrictions import HARD_SCORE, find_purposes, find_restrictions
from ingest.detect.licensing.texts import TextMatcher, Texts, coverage, grants
from ingest.detect.licensing.titles import TitleMatcher

_MIN_COVERED: Final = 0.3
"""Share of a file that known texts cover, from which all of it is about its license."""
NEAR: Final = 600
"""Bytes, some eight lines: so far from a notice a restriction still belongs to it."""
_LEGAL_WORDS: Final = ("licen", "copyright", "permission", "prohibit", "terms of", "redistribution")
_STATING: Final = ("licen", "under", "copyright", "public domain", "confidential", "proprietary")
_COPYLEFT: Final = frozenset({"weak_copyleft", "copyleft"})
_MAX_CACHED: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What stands in one region, spans relative to it."""

    texts: tuple[Evidence, ...]
    notices: Notices
    restrictions: tuple[Evidence, ...]
    points_elsewhere: bool
    """Refers to the file that holds the license."""
    holders: tuple[Holder, ...]


class RegionReader:
    """Runs templates, names, restrictions and holders over a region."""

    def __init__(
        self, algebra: LicenseAlgebra, holders: HolderReader, cache_dir: Path | None
    ) -> None:
        """Load the templates."""
        self._algebra = algebra
        self._texts = TextMatcher(algebra, cache_dir)
        self._titles = TitleMatcher(algebra, self._texts.titles())
        self._holders = holders
        self._known: OrderedDict[tuple[Shape, bytes], Reading] = OrderedDict()

    def read(self, data: bytes, region: Region) -> Reading:
        """Return the reading of a region of `data`."""
        piece = data[region.start : region.end]
        key = (region.shape, piece)
        reading = self._known.get(key)
        if reading is None:
            reading = self._read(piece, region.shape)
            self._known[key] = reading
            if len(self._known) > _MAX_CACHED:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return reading

    def _read(self, piece: bytes, shape: Shape) -> Reading:
        folded = fold(piece)
        # A template never fits into one line of code; names in it may still be a license.
        known = Texts() if shape is Shape.LINE else self._texts.find_texts(piece)
        texts = known.found
        notices = read_notices(folded, known, self._algebra, self._titles)
        if shape is Shape.LINE and not any(word in folded for word in _STATING):
            # A name alone in a line of code is a value that the code works with.
            notices = NO_NOTICES
        if any(sign.kind is Kind.NOTICE for sign in notices.named):
            # A disclaimer beside a named license is that license's, or adds nothing to it.
            texts = tuple(s for s in texts if s.spdx != UNKNOWN or grants(piece[s.start : s.end]))
        holders = tuple(self._holders.find_holders(piece))
        if shape is Shape.TITLED:
            # A script or a manual may begin with its license and go on to something else.
            share = coverage(len(piece), texts)
            shape = Shape.PROSE if 0 < share < _MIN_COVERED else Shape.TEXT
        signs = [(s.start, s.end) for s in (*texts, *notices.named, *notices.unread)]
        signs += [(holder.start, holder.end) for holder in holders]
        # A license file is all about its terms; elsewhere only words beside a notice are.
        if shape is Shape.TEXT:
            signs.append((0, len(piece)))
        found = [] if shape is Shape.LINE else self._restrictions(folded, known, shape)
        if any(self._algebra.read(s.spdx).category in _COPYLEFT for s in (*texts, *notices.named)):
            # What a copyleft license forbids is its own affair, whoever tells it again.
            found = [s for s in found if s.score >= HARD_SCORE]
        return Reading(
            texts=texts,
            notices=notices,
            restrictions=tuple(s for s in found if len(piece) <= NEAR or _is_near(s, signs)),
            points_elsewhere=points_elsewhere(folded),
            holders=holders,
        )

    def _restrictions(self, folded: str, texts: Texts, shape: Shape) -> list[Evidence]:
        """Return restrictions among legal words that are no part of a known text.

        A text that is not permissive has its own category; a permissive one must not hold any.
        """
        is_legal = any(word in folded for word in _LEGAL_WORDS)
        if not is_legal and shape is Shape.PROSE and len(folded) > NEAR:
            return []
        if not is_legal:
            return find_purposes(folded)
        permissive, strict = list[tuple[int, int]](), list[tuple[int, int]]()
        for text in texts.found:
            is_permissive = self._algebra.read(text.spdx).category == "permissive"
            (permissive if is_permissive else strict).append((text.start, text.end))
        return find_restrictions(
            folded,
            texts,
            permissive=permissive,
            strict=strict,
            is_license_file=shape is Shape.TEXT,
        )


def _is_near(sign: Evidence, spans: list[tuple[int, int]]) -> bool:
    return any(sign.start < end + NEAR and start < sign.end + NEAR for start, end in spans)
