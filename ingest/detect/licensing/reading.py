"""Read one region for everything that licensing wants of it, each distinct region once.

Headers repeat all over a repository, so what was read is remembered by the region's bytes. The
memory is bounded and changes no fact.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.beside import Place, read_beside, without_ordinary
from ingest.detect.licensing.evidence import UNKNOWN, Evidence, Kind
from ingest.detect.licensing.holders import Holder, HolderReader
from ingest.detect.licensing.memory import Memory
from ingest.detect.licensing.names import fold
from ingest.detect.licensing.notices import NO_NOTICES, Notices, read_notices
from ingest.detect.licensing.openings import Expression, Folded, OpeningIndex
from ingest.detect.licensing.references import DISCLAIMER, points_elsewhere
from ingest.detect.licensing.regions import Region, Shape
from ingest.detect.licensing.restrictions import HARD_SCORE, find_purposes, find_restrictions
from ingest.detect.licensing.struck import struck_rights
from ingest.detect.licensing.texts import TextMatcher, Texts, coverage, grants
from ingest.detect.licensing.titles import TitleMatcher
from ingest.detect.licensing.training import TrainingReader

_MIN_COVERED: Final = 0.3
"""Share of a file that known texts cover, from which all of it is about its license."""
NEAR: Final = 600
"""Bytes, some eight lines: so far from a notice a restriction still belongs to it."""
_LEGAL_WORDS: Final = ("licen", "copyright", "permission", "prohibit", "terms of", "redistribution")
_STATING: Final = ("licen", "under", "copyright", "public domain", "confidential", "proprietary")
_COPYLEFT: Final = frozenset({"weak_copyleft", "copyleft"})
_MAX_CACHED: Final = 4096
_YEARS: Final = re.compile(
    rb"\b(?:copyright|\(c\)|\xc2\xa9)[ \t:]{1,4}(?:\(c\)[ \t]{1,4})?(?:19|20)\d\d"
    rb"(?:[ \t]?[,-][ \t]?(?:19|20)\d\d)*\b",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(rb"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What stands in one region, spans relative to it."""

    texts: tuple[Evidence, ...]
    notices: Notices
    restrictions: tuple[Evidence, ...]
    points_elsewhere: bool
    """Refers to the file that holds the license."""
    holders: tuple[Holder, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands there that a file's facts tell."""
        return not (self.texts or self.restrictions or self.holders) and self.notices == NO_NOTICES


class RegionReader:
    """Runs templates, names, restrictions and holders over a region."""

    def __init__(
        self, algebra: LicenseAlgebra, holders: HolderReader, cache_dir: Path | None
    ) -> None:
        """Load the templates."""
        self._algebra = algebra
        self._texts = TextMatcher(algebra, cache_dir)
        self._titles = TitleMatcher(algebra, self._texts.titles())
        self._training = TrainingReader()
        self._holders = holders
        self._openings = OpeningIndex({e: e.openings for e in expressions()}, cache_dir)
        self._known = Memory[tuple[Shape, bytes], Reading](_MAX_CACHED)

    def read(self, data: bytes, region: Region) -> Reading:
        """Return the reading of a region of `data`."""
        # Headers that differ in a copyright's years only are one; no span moves by them.
        piece = _YEARS.sub(_as_one, data[region.start : region.end])
        key = (region.shape, piece)
        return self._known.get(key) or self._known.keep(key, self._read(piece, region.shape))

    def _read(self, piece: bytes, shape: Shape) -> Reading:
        folded = Folded.of(fold(piece), self._openings)
        # A template never fits into one line of code; names in it may still be a license.
        known = Texts() if shape is Shape.LINE else self._texts.find_texts(piece)
        texts = known.found
        notices = read_notices(folded, known, self._algebra, self._titles)
        if shape is Shape.LINE and not any(word in folded for word in _STATING):
            # A name alone in a line of code is a value that the code works with.
            notices = NO_NOTICES
        if shape is Shape.LINE:
            # A disclaimer is left of a license where nothing else is, which a line does not tell.
            kept = [s for s in notices.unread if not DISCLAIMER.match(folded, s.start)]
            notices = replace(notices, unread=tuple(kept))
        place = Place(piece=piece, folded=folded, shape=shape)
        beside = read_beside(place, known, notices, self._algebra)
        notices = beside.notices
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
        found = without_ordinary(folded, found)
        training = [] if shape is Shape.LINE else self._training.find_training(piece)
        struck = struck_rights(folded, texts, self._algebra)
        return Reading(
            texts=texts,
            notices=notices,
            restrictions=(
                *(s for s in found if len(piece) <= NEAR or _is_near(s, signs)),
                *beside.restrictions,
                *training,
                *struck,
            ),
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


def expressions() -> Iterator[Expression]:
    """Yield the expressions of all modules of the family that are loaded."""
    modules = [m for name, m in sys.modules.items() if name.startswith(f"{__package__}.")]
    for module in modules:
        yield from _within(tuple(vars(module).values()))


def _within(values: tuple[object, ...]) -> Iterator[Expression]:
    """Yield the expressions among values and in their tuples, such as rows of a table."""
    for value in values:
        if isinstance(value, Expression):
            yield value
        elif isinstance(value, tuple):
            yield from _within(value)


def _as_one(statement: re.Match[bytes]) -> bytes:
    return _YEAR.sub(b"2000", statement[0])


def _is_near(sign: Evidence, spans: list[tuple[int, int]]) -> bool:
    return any(sign.start < end + NEAR and start < sign.end + NEAR for start, end in spans)
