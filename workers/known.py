"""The sweep: what any text betrayed is looked for in all others.

A pass of its own, after the scan and outside the facts: a fact is a function of one blob and the
ruleset, and must not depend on what else was scanned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.detect.funnel import LineIndex
from ingest.detect.secrets.known import KnownValues, known_of
from ingest.detect.secrets.matches import Match
from ingest.domain.finding import Confidence, Family, Finding
from ingest.domain.secret import HmacKey, Secret
from ingest.domain.text import ScanText


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeper:
    """A detector that knows values and no rules."""

    known: KnownValues
    key: HmacKey
    family: Family = Family.SECRETS
    ruleset_digest: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)

    def scan(self, text: ScanText) -> Mapping[str, object]:
        """Return every place of a known value in one text."""
        return self.scan_all([text])[0]

    def scan_all(self, texts: Sequence[ScanText]) -> list[dict[str, object]]:
        """Return what `scan` returns of each text, in their order."""
        found = self.known.matches_all([text.data for text in texts])
        return [
            {"findings": list(self._findings(text.data, matches)) if matches else []}
            for text, matches in zip(texts, found, strict=True)
        ]

    def _findings(self, data: bytes, matches: Sequence[Match]) -> Iterator[Finding]:
        lines = LineIndex(data)
        for match in matches:
            yield Finding.of(
                Secret(data[match.start : match.end]),
                key=self.key,
                detector_id=match.detector_id,
                rule_id=match.rule_id,
                category=match.category,
                start=match.start,
                end=match.end,
                line=lines.line_of(match.start),
                confidence=match.confidence,
                evidence=match.evidence,
            )


def known_values(findings: Iterable[Finding], key: HmacKey) -> KnownValues:
    """Return the lookup of what findings make known.

    What may well be no secret at all makes nothing known: it would only be no secret in more
    places.
    """
    sure = (finding for finding in findings if finding.confidence is not Confidence.LOW)
    return KnownValues(known_of(sure), key=key)
