"""The sweep: what any text of a tree betrayed is looked for in all its other texts.

A pass of its own, after the scan and outside the facts: a fact is a function of one blob and the
ruleset, and must not depend on what else was scanned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.detect.funnel import LineIndex
from ingest.detect.secrets.known import KnownValues, known_of
from ingest.domain.finding import Finding
from ingest.domain.secret import HmacKey, Secret
from ingest.domain.text import ScanText


def known_values(findings: Iterable[Finding], key: HmacKey) -> KnownValues:
    """Return the lookup of what the findings of a whole tree make known."""
    return KnownValues(known_of(findings), key=key)


def findings_of_sweep(known: KnownValues, text: ScanText, key: HmacKey) -> Iterator[Finding]:
    """Yield every place of a known value in one text."""
    lines = LineIndex(text.data)
    for match in known.matches(text.data):
        yield Finding.of(
            Secret(text.data[match.start : match.end]),
            key=key,
            detector_id=match.detector_id,
            rule_id=match.rule_id,
            category=match.category,
            start=match.start,
            end=match.end,
            line=lines.line_of(match.start),
            confidence=match.confidence,
            evidence=match.evidence,
        )
