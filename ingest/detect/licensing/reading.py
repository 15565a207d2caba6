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
from ingest.detect.licensing.notices import Notices, read_notices
from ingest.detect.licensing.regions import Region, Shape
from ingest.detect.licensing.restrictions import find_restrictions
from ingest.detect.licensing.texts import TextMatcher

_LEGAL_WORDS: Final = ("licen", "copyright", "permission", "prohibit", "terms of")
_MAX_CACHED: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What stands in one region, spans relative to it."""

    texts: tuple[Evidence, ...]
    notices: Notices
    restrictions: tuple[Evidence, ...]
    holders: tuple[Holder, ...]


class RegionReader:
    """Runs templates, names, restrictions and holders over a region."""

    def __init__(self, algebra: LicenseAlgebra, holders: HolderReader) -> None:
        """Load the templates."""
        self._algebra = algebra
        self._texts = TextMatcher(algebra)
        self._holders = holders
        self._known: OrderedDict[tuple[bool, bytes], Reading] = OrderedDict()

    def read(self, data: bytes, region: Region) -> Reading:
        """Return the reading of a region of `data`."""
        piece = data[region.start : region.end]
        key = (region.shape is Shape.LINE, piece)
        reading = self._known.get(key)
        if reading is None:
            reading = self._read(piece, is_line=region.shape is Shape.LINE)
            self._known[key] = reading
            if len(self._known) > _MAX_CACHED:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return reading

    def _read(self, piece: bytes, *, is_line: bool) -> Reading:
        folded = fold(piece)
        # A template never fits into one line of code; names in it may still be a license.
        texts = () if is_line else self._texts.find_texts(piece)
        return Reading(
            texts=texts,
            notices=read_notices(folded, texts, self._algebra),
            restrictions=() if is_line else self._restrictions(folded, texts),
            holders=tuple(self._holders.find_holders(piece)),
        )

    def _restrictions(self, folded: str, texts: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        """Return restrictions that stand in legal words and are no part of a restricted text.

        A text that is not permissive has its own category; a permissive one must not hold any.
        """
        if not any(word in folded for word in _LEGAL_WORDS):
            return ()
        strict = [t for t in texts if self._algebra.read(t.spdx).category != "permissive"]
        return tuple(
            sign
            for sign in find_restrictions(folded)
            if not any(text.start <= sign.start < text.end for text in strict)
        )
