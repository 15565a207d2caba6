"""Read one region for everything that licensing wants of it, each distinct region once.

Headers repeat all over a repository, so what was read is remembered by the region's bytes. The
memory is bounded and changes no fact.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.evidence import Evidence
from ingest.detect.licensing.holders import Holder, HolderReader
from ingest.detect.licensing.names import fold
from ingest.detect.licensing.notices import Notices, points_elsewhere, read_notices
from ingest.detect.licensing.regions import Region, Shape
from ingest.detect.licensing.restrictions import find_restrictions
from ingest.detect.licensing.texts import TextMatcher

NEAR: Final = 600
"""Bytes, some eight lines: so far from a notice a restriction still belongs to it."""
_LEGAL_WORDS: Final = ("licen", "copyright", "permission", "prohibit", "terms of")
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

    def __init__(self, algebra: LicenseAlgebra, holders: HolderReader) -> None:
        """Load the templates."""
        self._algebra = algebra
        self._texts = TextMatcher(algebra)
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
        texts = () if shape is Shape.LINE else self._texts.find_texts(piece)
        notices = read_notices(folded, texts, self._algebra)
        holders = tuple(self._holders.find_holders(piece))
        signs = [(s.start, s.end) for s in (*texts, *notices.named, *notices.unread)]
        signs += [(holder.start, holder.end) for holder in holders]
        # A license file is all about its terms; elsewhere only words beside a notice are.
        if shape is Shape.TEXT:
            signs.append((0, len(piece)))
        found = [] if shape is Shape.LINE else self._restrictions(folded, texts)
        return Reading(
            texts=texts,
            notices=notices,
            restrictions=tuple(s for s in found if len(piece) <= NEAR or _is_near(s, signs)),
            points_elsewhere=points_elsewhere(folded),
            holders=holders,
        )

    def _restrictions(self, folded: str, texts: tuple[Evidence, ...]) -> list[Evidence]:
        """Return restrictions among legal words that are no part of a restricted text.

        A text that is not permissive has its own category; a permissive one must not hold any.
        """
        if not any(word in folded for word in _LEGAL_WORDS):
            return []
        spans: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
        for text in texts:
            is_permissive = self._algebra.read(text.spdx).category == "permissive"
            spans[is_permissive].append((text.start, text.end))
        return find_restrictions(folded, permissive=spans[True], strict=spans[False])


def _is_near(sign: Evidence, spans: list[tuple[int, int]]) -> bool:
    return any(sign.start < end + NEAR and start < sign.end + NEAR for start, end in spans)
