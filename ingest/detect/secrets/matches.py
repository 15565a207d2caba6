"""What an engine reports of a blob before it becomes findings: spans, never values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ingest.domain.finding import Category, Confidence

_SPECIFICITY: Final = {
    Category.PRIVATE_KEY: 0,
    Category.PROVIDER_TOKEN: 1,
    Category.URI_CREDENTIAL: 2,
    Category.PASSWORD: 3,
    Category.GENERIC_SECRET: 4,
}
"""Lower says more of what the value is."""

_SURENESS: Final = {Confidence.HIGH: 0, Confidence.MEDIUM: 1, Confidence.LOW: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One value found by one rule: bytes ``start`` to ``end`` of the blob."""

    start: int
    end: int
    detector_id: str
    rule_id: str
    category: Category
    confidence: Confidence
    evidence: str = ""


def rank(match: Match) -> tuple[int, int, str, str]:
    """Return a sort key that puts the match that says most first."""
    return (
        _SPECIFICITY[match.category],
        _SURENESS[match.confidence],
        match.detector_id,
        match.rule_id,
    )


def fold_matches(matches: Iterable[Match]) -> list[Match]:
    """Return each value span once, under its most specific rule, sorted by span.

    A span inside another is dropped unless it says more: a vendor's token inside a quoted
    password stays beside it, a password inside a vendor's token does not. What is dropped is
    always covered by what stays, so redaction loses nothing.
    """
    best: dict[tuple[int, int], Match] = {}
    for match in matches:
        span = (match.start, match.end)
        if span not in best or rank(match) < rank(best[span]):
            best[span] = match
    kept: list[Match] = []
    # Widest first at each start; `open_spans` are the kept spans that may still contain one.
    open_spans: list[Match] = []
    for match in sorted(best.values(), key=lambda m: (m.start, -m.end)):
        open_spans = [outer for outer in open_spans if outer.end > match.start]
        covering = [outer for outer in open_spans if outer.end >= match.end]
        if any(rank(outer)[:2] <= rank(match)[:2] for outer in covering):
            continue
        kept.append(match)
        open_spans.append(match)
    return sorted(kept, key=lambda m: (m.start, m.end))
