"""The detector of the licensing family.

Most files hold no license word and are done after the prefilter. In the others only the comment
blocks and lines around such words are read, and each distinct block once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from ingest.detect.detector import DetectorConfig
from ingest.detect.licensing.algebra import NONE, LicenseAlgebra
from ingest.detect.licensing.conclude import HEAD_BYTES, Conclusion, Signs, conclude
from ingest.detect.licensing.evidence import UNKNOWN, Evidence, Kind
from ingest.detect.licensing.head_refusals import find_head_refusals, find_opening
from ingest.detect.licensing.headers import Headers, lone_header
from ingest.detect.licensing.holders import Holder, HolderReader
from ingest.detect.licensing.listings import without_listed
from ingest.detect.licensing.manifests import find_declared, is_manifest
from ingest.detect.licensing.package_fields import find_fields
from ingest.detect.licensing.prefilter import MAX_HITS, Prefilter
from ingest.detect.licensing.reading import Reading, RegionReader
from ingest.detect.licensing.regions import Region, Shape, find_regions
from ingest.detect.licensing.rules import engine_versions, ruleset_digest
from ingest.detect.licensing.spans import notice_spans
from ingest.detect.licensing.tags import find_tags
from ingest.detect.licensing.texts import MAX_BYTES, coverage
from ingest.detect.licensing.words import plain_rtf
from ingest.domain.finding import Family
from ingest.domain.text import ScanText

_NAMES = """
license licence copying unlicense license.txt license.md licence.txt licence.md copying.txt
copying.lesser
"""
_LICENSE_NAMES: Final = frozenset(_NAMES.split())
_TEXT_SUFFIXES: Final = frozenset(
    {
        *[
            "txt",
            "md",
            "rst",
            "text",
            "lesser",
            "mit",
            "bsd",
            "gpl",
            "apache2",
            "apache",
            "lgpl",
            "rtf",
            "terms",
        ],
        "",
    }
)
_TITLE_BYTES: Final = 1024
_TITLES: Final = (b"licen", b"permission is hereby", b"redistribution and use", b"copyright")
_MARKUP_SUFFIXES: Final = frozenset({"md", "rst"})
_PAGE_SUFFIXES: Final = frozenset({"html", "htm", "xhtml"})
_BARE_TITLE = re.compile(
    rb"\s*(?:copyright \(c\)|copyright (?:19|20)\d\d|permission is hereby|redistribution and use"
    rb"|(?:the )?[\w .+-]{0,40}\blicen[cs]e\b[\w .,()-]{0,60}\r?\n)"
)
"""A first line that no programming language would take."""
_WHOLE_TEXT: Final = 0.75
"""Share of a text that known texts cover, from which the whole is a license text."""
_MAX_RESIDUE: Final = 3000
"""Bytes of a license file outside known texts, from which it says something of its own."""
_NOTICE_KINDS: Final = frozenset({Kind.TAG, Kind.TEXT, Kind.NOTICE})
_STRICT: Final = frozenset({"weak_copyleft", "copyleft", "proprietary"})
_NOTHING: Final = Conclusion(
    expression=None, category=NONE, has_restriction=False, training_restricted=False, evidence=()
)
_Placed = tuple[Region, Reading]


class LicensingDetector:
    """License signs, restrictions and copyright holders of one blob."""

    family = Family.LICENSING

    def __init__(self, config: DetectorConfig) -> None:
        """Load the license index, the templates and the prefilter."""
        self.ruleset_digest = ruleset_digest(config)
        self.versions: Mapping[str, str] = engine_versions()
        self._algebra = LicenseAlgebra()
        holders = HolderReader(config.key, config.company.names)
        self._reader = RegionReader(self._algebra, holders, config.cache_dir)
        self._prefilter = Prefilter(config.cache_dir)
        self._headers = Headers()

    def scan(self, text: ScanText) -> Mapping[str, object]:
        """Return the licensing columns; without any sign the category is ``none``."""
        if text.suffix == "rtf":
            text = replace(text, data=plain_rtf(text.data))
        ends = self._prefilter.hit_ends(text.data)
        is_named = text.suffix in _LICENSE_NAMES
        if not ends and not (is_named and text.data.strip()):
            return _row(text, _NOTHING, is_license_text=False, holders=[], spans=[])
        whole = _whole(text, is_named=is_named)
        if whole is not None or is_manifest(text.suffix):
            regions = [whole] if whole else find_regions(text.data, ends, text.suffix)
            return self._read(text, regions, ends)
        row = self._headers.row_of(text.data, ends)
        return _copied(row) if row else self._read_around(text, ends)

    def _read_around(self, text: ScanText, ends: list[int]) -> Mapping[str, object]:
        """Read a file around its license words, or only the comment that holds them all."""
        regions = find_regions(text.data, ends, text.suffix)
        header = lone_header(text.data, regions, ends)
        if header is None:
            return self._read(text, regions, ends)
        row = self._read(replace(text, data=header), regions, ends)
        return _copied(self._headers.keep(header, ends, row))

    def _read(
        self, text: ScanText, regions: Sequence[Region], ends: Sequence[int]
    ) -> dict[str, object]:
        is_named = text.suffix in _LICENSE_NAMES
        placed = [(region, self._reader.read(text.data, region)) for region in regions]
        is_license_text = is_named or _is_license_text(text, placed)
        signs = self._signs(text, placed, is_license_text=is_license_text)
        if len(ends) > MAX_HITS or (ends and ends[-1] > regions[-1].end):
            signs = _with_doubt(signs, regions[-1].start, regions[-1].end)
        if is_license_text and _says_more(text, placed, signs):
            signs = _with_doubt(signs, 0, len(text.data))
        says_nothing = not (signs.licenses or signs.restrictions or signs.reserved)
        conclusion = _NOTHING if says_nothing else conclude(signs, self._algebra)
        holders = _holders(placed, is_license_text=is_license_text)
        return _row(
            text,
            conclusion,
            is_license_text=is_license_text,
            holders=[holder for _start, _end, holder in holders],
            spans=_spans(text, placed, conclusion, holders, is_license_text=is_license_text),
        )

    def _signs(self, text: ScanText, placed: Sequence[_Placed], *, is_license_text: bool) -> Signs:
        licenses = find_tags(text.data, self._algebra) if b"icense-" in text.data.lower() else []
        if is_manifest(text.suffix):
            licenses += find_declared(text.data, text.suffix, self._algebra)
        else:
            regions = [region for region, _reading in placed]
            licenses += find_fields(text.data, regions, self._algebra)
        stated = _moved(placed, lambda r: (*r.texts, *r.notices.named, *r.notices.unread))
        licenses += without_listed(stated, text.data, text.suffix)
        first = placed[0][0]
        return Signs(
            licenses=tuple(licenses),
            restrictions=(
                *_moved(placed, lambda r: r.restrictions),
                *find_opening(text.data),
                *self._outside_strict(find_head_refusals(text.data), stated),
            ),
            reserved=tuple(_moved(placed, lambda r: r.notices.reserved))[:1],
            choices=tuple(
                choice.shifted(region.start)
                for region, reading in placed
                for choice in reading.notices.choices
            ),
            is_license_text=is_license_text,
            head_end=first.end if first.start < HEAD_BYTES else 0,
        )

    def _outside_strict(
        self, refusals: Sequence[Evidence], stated: Sequence[Evidence]
    ) -> list[Evidence]:
        """Return refusals but those of a text that is not permissive and has its own category."""
        strict = [
            (sign.start, sign.end)
            for sign in stated
            if sign.kind is Kind.TEXT and self._algebra.read(sign.spdx).category in _STRICT
        ]
        return [r for r in refusals if not any(a <= r.start < b for a, b in strict)]


def _whole(text: ScanText, *, is_named: bool) -> Region | None:
    """Return the region of a text that may be a license as a whole."""
    size = len(text.data)
    head = text.data[:_TITLE_BYTES].lower()
    is_titled = text.suffix in _TEXT_SUFFIXES and any(title in head for title in _TITLES)
    is_page = text.suffix in _PAGE_SUFFIXES and b"licen" in head
    if is_named or (size <= MAX_BYTES and (is_titled or is_page or _BARE_TITLE.match(head))):
        is_prose = text.suffix in _MARKUP_SUFFIXES or is_page
        shape = Shape.TEXT if is_named else Shape.TITLED
        if is_prose:
            shape = Shape.PROSE
        return Region(start=0, end=min(size, MAX_BYTES), shape=shape)
    return None


def _is_license_text(text: ScanText, placed: Sequence[_Placed]) -> bool:
    """Tell whether known texts make up the whole file."""
    if len(placed) != 1 or placed[0][0].shape not in {Shape.TEXT, Shape.TITLED, Shape.PROSE}:
        return False
    return coverage(len(text.data), placed[0][1].texts) >= _WHOLE_TEXT


def _says_more(text: ScanText, placed: Sequence[_Placed], signs: Signs) -> bool:
    """Tell whether a license file holds no license we know, or much beside those."""
    if all(sign.kind is Kind.REFERENCE for sign in signs.licenses) and not signs.reserved:
        return not placed[0][1].points_elsewhere
    texts = placed[0][1].texts
    covered = coverage(len(text.data), texts)
    return covered < _WHOLE_TEXT and (1 - covered) * len(text.data) > _MAX_RESIDUE


def _with_doubt(signs: Signs, start: int, end: int) -> Signs:
    """Add that a part of the file was not understood."""
    doubt = Evidence(start=start, end=end, kind=Kind.TEXT, spdx=UNKNOWN, score=0.5)
    return Signs(
        licenses=(*signs.licenses, doubt),
        restrictions=signs.restrictions,
        reserved=signs.reserved,
        choices=signs.choices,
        is_license_text=signs.is_license_text,
        head_end=max(signs.head_end, start + 1),
    )


def _moved(
    placed: Sequence[_Placed], choose: Callable[[Reading], tuple[Evidence, ...]]
) -> list[Evidence]:
    """Return chosen signs of all regions with spans in the file."""
    return [
        sign.shifted(region.start)
        for region, read in placed
        if not read.is_empty
        for sign in choose(read)
    ]


def _holders(placed: Sequence[_Placed], *, is_license_text: bool) -> list[tuple[int, int, Holder]]:
    return [
        (region.start + holder.start, region.start + holder.end, holder)
        for region, reading in placed
        for holder in reading.holders
        if not (is_license_text and holder.is_text_author)
    ]


def _spans(
    text: ScanText,
    placed: Sequence[_Placed],
    conclusion: Conclusion,
    holders: Sequence[tuple[int, int, Holder]],
    *,
    is_license_text: bool,
) -> list[tuple[int, int]]:
    if is_license_text:
        return [(0, len(text.data))]
    seen = [(e.start, e.end) for e in conclusion.evidence if e.kind in _NOTICE_KINDS]
    seen += [(start, end) for start, end, _holder in holders]
    return notice_spans(text.data, [region for region, _reading in placed], seen)


def _row(
    text: ScanText,
    conclusion: Conclusion,
    *,
    is_license_text: bool,
    holders: Sequence[Holder],
    spans: Sequence[tuple[int, int]],
) -> dict[str, object]:
    return {
        "license_expression": conclusion.expression,
        "license_category": conclusion.category,
        "is_license_text": is_license_text,
        "is_manifest": is_manifest(text.suffix),
        "has_restriction": conclusion.has_restriction,
        "training_restricted": conclusion.training_restricted,
        "holders": sorted({holder.label for holder in holders}),
        "has_foreign_holder": any(not holder.is_company for holder in holders),
        "has_company_holder": any(holder.is_company for holder in holders),
        "evidence": _evidence_rows(text, conclusion.evidence),
        "notice_spans": [{"start": start, "end": end} for start, end in spans],
    }


def _copied(row: Mapping[str, object]) -> dict[str, object]:
    """Return a row that its reader may change."""
    return {
        name: [dict(v) if isinstance(v, dict) else v for v in value]
        if isinstance(value, list)
        else value
        for name, value in row.items()
    }


def _evidence_rows(text: ScanText, evidence: Sequence[Evidence]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    line, position = 1, 0
    for sign in evidence:
        # Sorted by start, so lines are counted once over the text.
        line += text.data.count(b"\n", position, sign.start)
        position = sign.start
        rows.append(
            {
                "kind": sign.kind.value,
                "spdx": sign.spdx,
                "line": line,
                "start": sign.start,
                "end": sign.end,
                "score": sign.score,
            }
        )
    return rows
