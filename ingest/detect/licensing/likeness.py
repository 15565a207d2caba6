"""License texts that are nearly the known ones, and the words in them that are not.

A passage is compared with every known text by runs of three words. What it shares tells the
license; what it does not share is what somebody added or changed, and that is returned with it: a
permissive text counts as such only when nobody finds a restriction among those words.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from ingest.detect.licensing.memory import Memory
from ingest.detect.licensing.shingles import Numbers, load_table
from ingest.detect.licensing.stretches import (
    BARRIER,
    Covered,
    Span,
    best_runs,
    covered_words,
    distinct_rows,
    runs,
    where_held,
)
from ingest.detect.licensing.words import Words, words_of

MIN_SHARE: Final = 0.72
"""Of a known text that has to be there."""
MIN_DENSITY: Final = 0.6
"""Share of the passage's words that stand in the known text."""
_PARTIAL_SHARE: Final = 0.35
_MIN_KEYS: Final = 12
_NEAR_BEST: Final = 0.9
"""Texts that explain so much of what the best explains are siblings; the closest one wins."""
_TELLING: Final = 8
_TELLING_SHARE: Final = 0.1
"""How many of its own words, and which share of them, a sibling has to show."""
_SURE: Final = 0.85
_ELASTIC: Final = 0.3
"""Share of its possible words below which a template would take many other texts too."""
_CLOSE: Final = 0.96
_NAMING: Final = 0.8
"""Share of a passage that templates must fit to name it."""
_INSIDE: Final = 0.9
_CANDIDATES: Final = 10
_AT_ONCE: Final = 8
"""Templates that are compared in one go: a text costs few steps on arrays, and few in vain."""
_MAX_PASSAGES: Final = 60
_NOTHING: Final = np.zeros(0, np.int64)
_MAX_CACHED: Final = 1024
_REACH: Final = 2
"""Words behind its place that a row speaks for too."""

WordRows = tuple[Words, Numbers]
"""Words, and the table's row at each that begins three."""
Exact = tuple[int, int, str]
"""Start and end in bytes, and the engine's id of a license."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A passage that is, or resembles, a known license text; spans in bytes."""

    start: int
    end: int
    license_id: str
    share: float
    """Of the known text, 0 to 1."""
    density: float
    """Of the passage's words, 0 to 1."""
    is_exact: bool
    """A template fits the passage word by word."""
    added: tuple[Span, ...]
    """Runs of words that the known text does not hold."""

    @property
    def is_whole(self) -> bool:
        """Whether so much is there that the passage is under that license."""
        return self.share >= MIN_SHARE and self.density >= MIN_DENSITY


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passage:
    template: int
    first: int
    last: int
    """First word, and one past the last."""
    hits: int
    share: float
    density: float
    distance: int
    """Needed runs of words that are missing, and words that are added."""
    covered: Covered
    """Which of its words the template holds."""
    is_exact: bool = False


class LikenessMatcher:
    """Compares passages with all known license texts."""

    def __init__(self, cache_dir: Path | None, is_wanted: Callable[[str], bool]) -> None:
        """Load the table of known texts; only those with wanted ids are compared with all."""
        self._table = load_table(cache_dir)
        self._is_wanted = np.array([is_wanted(name) for name in self._table.ids])
        self._templates: dict[str, list[int]] = {}
        for number, name in enumerate(self._table.ids):
            self._templates.setdefault(name, []).append(number)
        self._counted: tuple[Numbers, tuple[Numbers, Numbers]] = _NOTHING, (_NOTHING, _NOTHING)
        self._alike = Memory[bytes, tuple[_Passage, ...]](_MAX_CACHED)
        self._rows: dict[int, tuple[Numbers, Numbers]] = {}

    def titles(self) -> list[tuple[str, str]]:
        """Return id and title of every known text."""
        return list(zip(self._table.ids, self._table.titles, strict=True))

    def read(self, data: bytes) -> WordRows:
        """Return the words of a text that is free of markup (see `without_markup`)."""
        words = words_of(data)
        return words, self._table.find(self._table.keys_of(words.words))

    def has_candidate(self, reading: WordRows) -> bool:
        """Tell whether any known text could be there at all."""
        rows = reading[1]
        distinct = distinct_rows(rows[rows >= 0])
        if len(distinct) < _MIN_KEYS:
            return False
        held, _needed = self._counts(distinct)
        return bool(held.max() >= _MIN_KEYS)

    def find(self, reading: WordRows, exact: Sequence[Exact] = ()) -> tuple[Likeness, ...]:
        """Return disjoint passages, sorted.

        First come those that are nearly a known text, then the rest of what is known exactly,
        each compared with that license alone, and then what merely resembles a known text.
        """
        words, rows = reading
        left = list(exact)
        found: list[_Passage] = []
        while (passage := self._sure(rows)) and len(found) < _MAX_PASSAGES:
            span = words.starts[passage.first], words.ends[passage.last - 1]
            parts = [known for known in left if _overlaps(known, span)]
            if (
                parts
                and _fits_better(parts, span)
                and not self._is_closer(passage, rows, words, parts)
            ):
                found += self._take_known(words, rows, parts)
                left = [known for known in left if known not in parts]
            else:
                _take(rows, passage)
                found.append(passage)
                left = [known for known in left if known not in parts]
        found += self._take_known(words, rows, left)
        while (passage := self._best(rows)) and len(found) < _MAX_PASSAGES:
            _take(rows, passage)
            found.append(passage)
        likenesses = [self._likeness(passage, words) for passage in found]
        return tuple(sorted(likenesses, key=lambda likeness: likeness.start))

    def _is_closer(
        self, passage: _Passage, rows: Numbers, words: Words, parts: Sequence[Exact]
    ) -> bool:
        """Tell whether a passage is one text, where the template that fits takes many."""
        if len(parts) > 1 or passage.density < _CLOSE:
            return False
        start, end, name = parts[0]
        known = self._known(words, rows, (start, end), name)
        return known is not None and known.share < _ELASTIC

    def _sure(self, rows: Numbers) -> _Passage | None:
        passage = self._best(rows)
        return passage if passage and min(passage.share, passage.density) >= _SURE else None

    def _take_known(self, words: Words, rows: Numbers, exact: Sequence[Exact]) -> list[_Passage]:
        found = []
        for start, end, name in exact:
            passage = self._known(words, rows, (start, end), name)
            if passage is not None:
                _take(rows, passage)
                found.append(passage)
            first, last = bisect_left(words.starts, start), bisect_left(words.starts, end)
            rows[max(0, first - 2) : last] = BARRIER
        return found

    def _known(self, words: Words, rows: Numbers, span: Span, license_id: str) -> _Passage | None:
        """Return the passage of a span that is known to be a license."""
        first, last = bisect_left(words.starts, span[0]), bisect_left(words.starts, span[1])
        if last - first < _MIN_KEYS:
            return None
        found = []
        for template in self._templates.get(license_id, ()):
            inside = rows[first : last - 2]
            covered = covered_words(where_held(inside, self._rows_of(template)[0]))
            passage = self._compared(template, inside, covered, (0, last - first))
            if passage is not None:
                found.append(passage)
        if not found:
            return None
        best = max(found, key=lambda p: p.hits)
        # A match may begin at a copyright line, with anything between that and the text.
        skipped = int(np.argmax(best.covered))
        covered = best.covered[skipped:]
        return replace(best, first=first + skipped, last=last, covered=covered, is_exact=True)

    def _best(self, rows: Numbers) -> _Passage | None:
        """Return the passage most like a known text, which the words around it do not move.

        Headers differ in names, years and what the file does, and all of that stands before and
        behind the words of a license: between those it is one text, however often it is copied.
        """
        held = np.flatnonzero(rows >= 0)
        if not len(held):
            return None
        first = int(held[0])
        part = rows[first : int(held[-1]) + 1 + _REACH]
        key = hashlib.blake2b(part.tobytes(), digest_size=16).digest()
        found = self._alike.get(key)
        if found is None:
            alike = self._most_alike(part)
            found = self._alike.keep(key, (alike,) if alike else ())
        return next((replace(p, first=p.first + first, last=p.last + first) for p in found), None)

    def _most_alike(self, rows: Numbers) -> _Passage | None:
        distinct = distinct_rows(rows[rows >= 0])
        if len(distinct) < _MIN_KEYS:
            return None
        passages, wholes = list[_Passage](), list[_Passage]()
        least, candidates = 0.0, self._candidates(distinct)
        for start in range(0, len(candidates), _AT_ONCE):
            # What holds too few words to be near the best whole text is not compared with it.
            several = [t for held, t in candidates[start : start + _AT_ONCE] if held >= least]
            for passage in self._passages(several, rows):
                passages.append(passage)
                if passage.share >= MIN_SHARE and passage.density >= MIN_DENSITY:
                    wholes.append(passage)
                    least = max(least, _NEAR_BEST * passage.hits)
        passages = wholes or [p for p in passages if p.density >= MIN_DENSITY]
        if not passages:
            return None
        most = max(p.hits for p in passages)
        near = [p for p in passages if p.hits >= _NEAR_BEST * most]
        near.sort(key=lambda p: (p.distance, -p.hits, p.template))
        best = near[0]
        for other in near[1:]:
            if self._is_told_by(other.template, best.template, distinct):
                best = other
        return best

    def _is_told_by(self, template: int, other: int, distinct: Numbers) -> bool:
        """Tell whether the words that only one of two siblings has are there, and not the other's.

        Siblings share nearly all of their words; which of the two a text is, the rest tells,
        also where somebody put other names into it.
        """
        own, others = self._rows_of(template)[0], self._rows_of(other)[0]
        mine = own[~where_held(own, others)]
        theirs = others[~where_held(others, own)]
        hits, misses = (
            int(where_held(distinct, mine).sum()),
            int(where_held(distinct, theirs).sum()),
        )
        share = hits / max(1, len(mine))
        return not misses and hits >= _TELLING and share >= _TELLING_SHARE

    def _candidates(self, distinct: Numbers) -> list[tuple[int, int]]:
        """Return the templates that explain most, that are nearest, and that are there whole.

        Each comes behind the number of runs of words that it holds; those with most come first.
        """
        held, needed = self._counts(distinct)
        shares = needed / np.maximum(1, self._table.sizes)
        is_possible = self._is_wanted & (held >= _MIN_KEYS) & (shares >= _PARTIAL_SHARE)
        chosen: dict[int, None] = {}
        for rank in (held, held + needed - self._table.sizes, shares):
            best = np.argsort(np.where(is_possible, -rank, np.inf), kind="stable")[:_CANDIDATES]
            chosen |= dict.fromkeys(int(t) for t in best if is_possible[t])
        return sorted(((int(held[t]), t) for t in chosen), reverse=True)

    def _counts(self, distinct: Numbers) -> tuple[Numbers, Numbers]:
        """Return `ShingleTable.counts`; who asks for candidates goes on to look for passages."""
        if not np.array_equal(distinct, self._counted[0]):
            self._counted = distinct, self._table.counts(distinct)
        return self._counted[1]

    def _passages(self, templates: Sequence[int], rows: Numbers) -> Iterator[_Passage]:
        """Yield the passages that resemble several templates, compared in one go."""
        if not templates:
            return
        matched = np.stack([where_held(rows, self._rows_of(t)[0]) for t in templates])
        covered = covered_words(matched)
        for template, own, bounds in zip(templates, covered, best_runs(covered, rows), strict=True):
            passage = self._compared(template, rows, own, bounds)
            if passage is not None:
                yield passage

    def _compared(
        self, template: int, rows: Numbers, covered: Covered, bounds: Span
    ) -> _Passage | None:
        """Return how a stretch of words compares with one template that covers some of them."""
        own, needed = self._rows_of(template)
        first, last = bounds
        inside = distinct_rows(rows[first : last - 2])
        inside = inside[where_held(inside, own)]
        if len(inside) < _MIN_KEYS:
            return None
        there = int(where_held(inside, needed).sum())
        covered = covered[first:last]
        other = last - first - int(covered.sum())
        return _Passage(
            template=template,
            first=first,
            last=last,
            hits=len(inside),
            share=there / max(1, len(needed)),
            density=1 - other / (last - first),
            distance=len(needed) - there + other,
            covered=covered,
        )

    def _rows_of(self, template: int) -> tuple[Numbers, Numbers]:
        if template not in self._rows:
            self._rows[template] = self._table.rows_of(template)
        return self._rows[template]

    def _likeness(self, passage: _Passage, words: Words) -> Likeness:
        added = runs(~passage.covered, passage.first)
        return Likeness(
            start=words.starts[passage.first],
            end=words.ends[passage.last - 1],
            license_id=self._table.ids[passage.template],
            share=passage.share,
            density=passage.density,
            is_exact=passage.is_exact,
            added=tuple((words.starts[a], words.ends[b - 1]) for a, b in added),
        )


def _take(rows: Numbers, passage: _Passage) -> None:
    # A key reaches two words beyond its place, so those before belong to the passage too.
    rows[max(0, passage.first - 2) : passage.last] = BARRIER


def _overlaps(known: Exact, span: Span) -> bool:
    return known[0] < span[1] and span[0] < known[1]


def _fits_better(parts: Sequence[Exact], span: Span) -> bool:
    """Tell whether templates explain a passage better than the text that it resembles.

    They do where they make up nearly all of it, or one of them reaches out of it.
    """
    inside = shared_bytes(span, [known[:2] for known in parts])
    reaches_out = any(
        shared_bytes(known[:2], [span]) < _INSIDE * (known[1] - known[0]) for known in parts
    )
    return reaches_out or inside >= _NAMING * (span[1] - span[0])


def shared_bytes(span: Span, others: Iterable[Span]) -> int:
    """Return how many bytes of a span disjoint others hold too."""
    return sum(max(0, min(span[1], end) - max(span[0], start)) for start, end in others)
