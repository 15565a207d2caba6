"""What a rule of this family reports of a blob before it becomes findings: spans, no values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.domain.finding import Category, Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One identifier: bytes ``start`` to ``end`` of the blob."""

    start: int
    end: int
    rule_id: str
    category: Category
    confidence: Confidence
    evidence: str = ""


def fold_matches(matches: Iterable[Match]) -> list[Match]:
    """Return the widest match of each category, sorted; what lies inside it is dropped."""
    kept: list[Match] = []
    reach: dict[Category, int] = {}
    for match in sorted(matches, key=lambda m: (m.start, -m.end, m.category, m.rule_id)):
        if match.end > reach.get(match.category, -1):
            kept.append(match)
            reach[match.category] = match.end
    return kept
