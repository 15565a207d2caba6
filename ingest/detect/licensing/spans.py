"""Which bytes of a file are notice: they must survive redaction as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ingest.detect.funnel import merge_spans
from ingest.detect.licensing.regions import Region, Shape

MAX_WHOLE_BLOCK: Final = 6 * 1024
"""A longer comment is not notice as a whole: only the paragraphs around its signs are."""
_BLANK = re.compile(rb"\n[ \t*#/;%!>-]{0,16}\r?\n")
_REACH: Final = 2048


def notice_spans(
    data: bytes, regions: Iterable[Region], signs: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the disjoint, sorted spans of notice: comment blocks, or paragraphs elsewhere.

    `signs` are spans of tags, texts, notices and copyright lines. Lines of code are no notice,
    whatever they name.
    """
    blocks = list(regions)
    found = []
    for start, end in signs:
        region = next((r for r in blocks if r.start <= start < r.end), None)
        if region is None:
            continue
        found.append(_notice(data, region, start, min(end, region.end)))
    return merge_spans(sorted(found))


def _notice(data: bytes, region: Region, start: int, end: int) -> tuple[int, int]:
    if region.shape is Shape.COMMENT and region.end - region.start <= MAX_WHOLE_BLOCK:
        return region.start, region.end
    if region.shape in {Shape.WINDOW, Shape.LINE}:
        return start, end
    return _paragraph(data, region, start, end)


def _paragraph(data: bytes, region: Region, start: int, end: int) -> tuple[int, int]:
    """Return the span widened to blank lines (or lines of comment marks alone)."""
    low = max(region.start, start - _REACH)
    before = [match.end() for match in _BLANK.finditer(data, low, start)]
    high = min(region.end, end + _REACH)
    after = _BLANK.search(data, max(start, end - 1), high)
    return (before[-1] if before else low), (after.start() if after else high)
