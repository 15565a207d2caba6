"""Vendors' formats told by a head that nothing else has, whatever the rest of the token is.

The rule packs know most of these, but refuse a token of little entropy, want a word nearby, or
stop short of its end. A head such as ``ghp_`` before enough of the right characters needs no
second sign. Each row names the vendor's page that shows the format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ingest.detect.secrets import (
    formats_code,
    formats_platform,
    formats_recent,
    formats_service,
)
from ingest.detect.secrets.format import Format
from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.placeholders import is_filler
from ingest.domain.finding import Category, Confidence

DETECTOR_ID: Final = "shardgate"
_HEAD_BYTES: Final = 160
"""How far before its least end a token may begin, besides its body."""

FORMATS: Final = (
    *formats_platform.ROWS,
    *formats_code.ROWS,
    *formats_service.ROWS,
    *formats_recent.ROWS,
)
"""Every format, in the order of the funnel's ids."""


class Formats:
    """The table, ready to confirm what the funnel saw."""

    def __init__(self) -> None:
        self._patterns = [row.pattern for row in FORMATS]

    def matches(self, data: bytes, hits: Mapping[int, Iterable[int]]) -> Iterator[Match]:
        """Yield the tokens of row ``n`` at the ends the funnel gives for ``n``, ascending."""
        for index, ends in hits.items():
            row, pattern, done = FORMATS[index], self._patterns[index], 0
            for end in ends:
                if end <= done:
                    continue
                begin = max(done, end - row.fewest - _HEAD_BYTES)
                found = pattern.search(data, begin, end + row.most + _HEAD_BYTES)
                if found is None or found.start() >= end:
                    continue
                done = found.end()
                if not is_filler(found.group()):
                    yield _match(row, *found.span())


def _match(row: Format, start: int, end: int) -> Match:
    return Match(
        start=start,
        end=end,
        detector_id=DETECTOR_ID,
        rule_id=f"format-{row.vendor}",
        category=Category.PROVIDER_TOKEN,
        confidence=Confidence.HIGH,
        evidence="format",
    )
