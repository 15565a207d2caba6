"""The sweep: what any blob of a corpus betrayed is looked for in all its other blobs.

A pass of its own, after the scan and outside the facts: a fact is a function of one blob and the
ruleset, and must not depend on what else was scanned. The sweep depends on the whole corpus, so
its findings are kept apart and joined to the others where verdicts are made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.detect.funnel import LineIndex
from ingest.detect.secrets.known import KnownValues, known_of
from ingest.domain.finding import Finding
from ingest.domain.secret import HmacKey, Secret
from ingest.domain.text import ScanText


def known_values(findings: Iterable[Finding], key: HmacKey) -> KnownValues:
    """Return the lookup of what the findings of a whole corpus make known."""
    return KnownValues(known_of(findings), key=key)


def sweep(
    texts: Iterable[ScanText], found: dict[str, list[Finding]], key: HmacKey
) -> Iterator[tuple[str, list[Finding]]]:
    """Yield (blob id, findings) of blobs that hold a value found in another, and only new places.

    `found` holds the secrets findings of every blob of the corpus by blob id; the result is the
    same whatever the order of either.
    """
    known = known_values((f for findings in found.values() for f in findings), key)
    if not len(known):
        return
    for text in texts:
        covered = [(f.start, f.end) for f in found.get(text.blob_id, ())]
        fresh = [
            finding
            for finding in findings_of_sweep(known, text, key)
            if not any(start < finding.end and finding.start < end for start, end in covered)
        ]
        if fresh:
            yield text.blob_id, fresh


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
