"""Licenses by their full title or SPDX id, for all licenses that the installed packages know.

The table in `names` knows how people write the common ones; this knows the rest as they are
called: ``the Erlang Public License, Version 1.1``, ``licensed under MS-RL``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ingest.detect.funnel import merge_spans
from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.names import Named, phrase
from ingest.detect.licensing.openings import Expression
from ingest.detect.licensing.words import Words, words_of

_SURE, _GUESS = 0.95, 0.7
_GNU: Final = ("GPL", "LGPL", "AGPL", "CECILL")
_MIN_TITLE: Final = 2
_AFTER = re.compile(
    phrase(
        r"[ (,;:~-]{0,8}(?:version|ver\.?|v\.?"
        r"|rev\.?)?~(?P<number>\d{1,2}(?:\.\d{1,2}){0,2})(?![\w/])"
    )
)
_NUMBER = re.compile(r"\b[vV]?(\d+(?:\.\d+)*)\b")
_ID = Expression(
    phrase(
        r"(?:licen[cs]ed? (?:under|by)|released under|distributed under|available under|under|"
        r"licen[cs]e~:|terms of) (?:the |a |an )?[\[(\"]?"
        r"(?P<id>[a-z][a-z0-9]{1,15}(?:-[a-z0-9.]{1,20}){0,5})"
        r"(?:[ -]v?\.?~?(?P<number>\d(?:\.\d)?))?(?P<tail>[ -]licen[cs]ed?\b)?(?![\w@-])"
    )
)
_URL = Expression(
    r"(?:opensource\.org/licenses?|spdx\.org/licenses|choosealicense\.com/licenses"
    r"|gnu\.org/(?:licenses|copyleft)(?:/old-licenses)?)/(?P<id>[a-z][a-z0-9.-]{1,40})"
)
_GNU_NUMBER = re.compile(r"[al]?gpl-\d(?:\.\d)?")
_DIGIT = re.compile(r"\d")
_GATE = Expression(r"licen[cs]e|public")
_REACH: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Title:
    words: tuple[str, ...]
    versions: dict[str, str]
    """Version to id; empty for the one without."""


class TitleMatcher:
    """Finds full titles and ids of licenses."""

    def __init__(self, algebra: LicenseAlgebra, named: Iterable[tuple[str, str]]) -> None:
        """Take (license id, title) pairs."""
        self._algebra = algebra
        titles: dict[tuple[str, ...], dict[str, str]] = {}
        for license_id, title in named:
            if license_id.startswith(_GNU):
                # "Or later" stands in the words around them, which `names` reads.
                continue
            words, version = _parts(title)
            # One word, or words that say nothing of a license, stand in any text.
            if len(words) > _MIN_TITLE and {"license", "licence", "public"} & set(words):
                titles.setdefault(words, {}).setdefault(version, license_id)
        self._titles: dict[str, list[_Title]] = {}
        for words in sorted(titles, key=len, reverse=True):
            entry = _Title(words=words, versions=titles[words])
            self._titles.setdefault(words[0], []).append(entry)

    def find(self, folded: str) -> list[Named]:
        """Return the licenses that a folded text calls by title or id."""
        if "licen" not in folded and "under" not in folded and "terms of" not in folded:
            return []
        return [*self._by_title(folded), *self._by_id(folded), *self._by_url(folded)]

    def _by_title(self, folded: str) -> Iterator[Named]:
        for low, high in _windows(folded):
            found = words_of(folded[low:high].encode("latin-1", "replace"))
            last = -1
            for position in [n for n, word in enumerate(found.words) if word in self._titles]:
                title = self._title_at(found, position) if position > last else None
                if title is not None:
                    last = position + len(title.words) - 1
                    start, end = low + found.starts[position], low + found.ends[last]
                    yield self._named(title, folded, start, end)

    def _title_at(self, found: Words, position: int) -> _Title | None:
        for title in self._titles[found.words[position]]:
            if found.words[position : position + len(title.words)] == title.words:
                return title
        return None

    def _named(self, title: _Title, folded: str, start: int, end: int) -> Named:
        match = _AFTER.match(folded, end)
        number = match["number"] if match else ""
        for version in (number, f"{number}.0", number.removesuffix(".0")):
            if version in title.versions:
                end = match.end() if match else end
                return Named(start=start, end=end, spdx=title.versions[version], score=_SURE)
        spdx = title.versions[max(title.versions)]
        return Named(start=start, end=end, spdx=spdx, score=_GUESS)

    def _by_id(self, folded: str) -> Iterator[Named]:
        for match in _ID.finditer(folded):
            name, number = match["id"].rstrip(".-"), match["number"] or ""
            tries = [f"{name}-{number}", f"{name}-{number}.0"] if number else [name]
            for license_id in tries:
                # A bare word may be any word, unless it is said to be a license.
                is_name = _DIGIT.search(license_id) or "-" in license_id or match["tail"]
                if is_name and self._algebra.is_known(license_id):
                    spdx = self._algebra.read(license_id).expression
                    if _GNU_NUMBER.fullmatch(license_id):
                        # "Or later" stands behind it, which `names` reads.
                        break
                    yield Named(start=match.start("id"), end=match.end(), spdx=spdx, score=_SURE)
                    break

    def _by_url(self, folded: str) -> Iterator[Named]:
        """Yield what an address of a license collection names; other words may be more exact."""
        for match in _URL.finditer(folded):
            name = re.sub(r"(?:-licen[cs]e)?(?:\.(?:php|html?|txt|json|en))*$", "", match["id"])
            for license_id in (name, f"{name}-only", f"{name}.0-only", f"{name}-1.0"):
                if self._algebra.is_known(license_id):
                    spdx = self._algebra.read(license_id).expression
                    yield Named(start=match.start(), end=match.end(), spdx=spdx, score=_GUESS)
                    break


def _windows(folded: str) -> list[tuple[int, int]]:
    """Return the spans around the words of which every title holds one, cut between words."""
    spans = []
    for match in _GATE.finditer(folded):
        low = max(folded.rfind("\n", 0, max(0, match.start() - _REACH)), 0)
        high = folded.find("\n", match.end() + _REACH)
        spans.append((low, len(folded) if high < 0 else high))
    return merge_spans(spans)


def _parts(title: str) -> tuple[tuple[str, ...], str]:
    """Return the words of a title without its version, and the version."""
    title = re.sub(r"\(.*?\)|\b(?:only|or later)\b.*| - .*", " ", title)
    number = _NUMBER.search(title)
    words = words_of(title.encode("ascii", "ignore")).words
    plain = tuple(w for w in words if not w.startswith("version"))
    return plain, number[1] if number else ""
