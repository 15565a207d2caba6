"""The family's detector: gates, windows, recognizers, acceptance, zones, overlaps, findings."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ingest.detect.detector import DetectorConfig, fold_findings
from ingest.detect.pii.acceptance import judge
from ingest.detect.pii.addresses import (
    EmailSpanRecognizer,
    IpSpanRecognizer,
    SpelledEmailRecognizer,
    SuffixList,
)
from ingest.detect.pii.columns import column_hits
from ingest.detect.pii.engine import Hit, PresidioEngine
from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.fields import FieldPersonRecognizer
from ingest.detect.pii.gates import Gate, Prefilter, windows
from ingest.detect.pii.gazetteer import Gazetteer
from ingest.detect.pii.identities import identity_recognizers
from ingest.detect.pii.logins import login_recognizers
from ingest.detect.pii.names import NameJudge
from ingest.detect.pii.ner import RULE, NameModel
from ingest.detect.pii.numbers import number_recognizers
from ingest.detect.pii.people import person_recognizers
from ingest.detect.pii.phones import phone_recognizers
from ingest.detect.pii.rosters import roster_hits
from ingest.detect.pii.rules import THRESHOLDS, engine_versions, ruleset_digest
from ingest.detect.pii.shapes import SpanRecognizer
from ingest.detect.pii.words import WordIndex
from ingest.detect.pii.zones import (
    NATURAL_RULES,
    WRITTEN_RULES,
    Zones,
    is_drawing,
    is_plainly_written,
)
from ingest.detect.views import Decoder, scan_views
from ingest.domain.finding import NATIONAL_IDS, Category, Confidence, Family, Finding
from ingest.domain.secret import HmacKey, Secret
from ingest.domain.text import ScanText

_PRECEDENCE: Final = {
    category: rank
    for rank, category in enumerate(
        (
            Category.EMAIL_ADDRESS,
            Category.IBAN_CODE,
            Category.CREDIT_CARD,
            Category.US_SSN,
            *NATIONAL_IDS,
            Category.IP_ADDRESS,
            Category.PHONE_NUMBER,
            Category.PERSON,
            Category.USERNAME,
        )
    )
}
"""Of overlapping findings the one with the stricter shape stays: a name inside a mail address is
part of the address."""
_STRENGTH: Final = {
    "person.marked": 0,
    "person.field": 1,
    "person.column": 1,
    "person.roster": 2,
    "person.ner": 10,
}
"""Of two rules for one span the first here names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An accepted hit; spans in bytes."""

    category: Category
    rule: str
    start: int
    end: int
    confidence: Confidence
    evidence: str


def all_recognizers(
    judge_of_names: NameJudge, internal_suffixes: tuple[str, ...]
) -> list[SpanRecognizer]:
    """Return every recognizer of the registry.

    `internal_suffixes`: DNS suffixes of the company's network, whose mail addresses count.
    """
    suffixes = SuffixList(internal_suffixes)
    return [
        EmailSpanRecognizer(suffixes),
        SpelledEmailRecognizer(suffixes),
        IpSpanRecognizer(),
        *number_recognizers(),
        *phone_recognizers(),
        *identity_recognizers(),
        *person_recognizers(judge_of_names),
        FieldPersonRecognizer(judge_of_names),
        *login_recognizers(),
    ]


class PiiDetector:
    """Finds personal data in one blob. Not safe for two threads at once."""

    family = Family.PII

    def __init__(self, config: DetectorConfig) -> None:
        """Load the lists, Presidio and the compiled gates; takes one to two seconds."""
        self._key: HmacKey = config.key
        self._exclusions = Exclusions.load()
        gazetteer = Gazetteer.load(_no_names(self._exclusions))
        self._names = NameJudge(gazetteer=gazetteer, exclusions=self._exclusions)
        self._engine = PresidioEngine(
            all_recognizers(self._names, config.company.internal_suffixes)
        )
        self._prefilter = Prefilter(gazetteer.is_name, config.cache_dir)
        self._decoder = Decoder(config.cache_dir)
        self._digest = ruleset_digest(config)
        self._versions = engine_versions(ner=config.ner)
        self._model = NameModel(self._names) if config.ner else None

    @property
    def ruleset_digest(self) -> str:
        """Return SHA-256 hex over everything that can change a fact."""
        return self._digest

    @property
    def versions(self) -> Mapping[str, str]:
        """Return engine name to version."""
        return self._versions

    def scan(self, text: ScanText) -> dict[str, object]:
        """Return ``findings`` of one blob, and ``undecoded``, which its facts do not keep."""
        views = self._decoder.views_of(text.data)
        found = scan_views(text, views, self._plain, self._plain(text))
        return {"findings": found, "undecoded": len(views.undecoded)}

    def _plain(self, text: ScanText) -> list[Finding]:
        """Return the findings of one text as it stands."""
        return self._judged(text, self._hits(text))

    def scan_unfiltered(self, text: ScanText) -> list[Finding]:
        """Return the findings without gates and windows: what `scan` must find too. Slow."""
        return self._judged(text, self._all_hits(text))

    def reasons(self, text: ScanText) -> list[tuple[Hit, str]]:
        """Return everything that looks personal with the reason why it is not, or nothing.

        What a rule may not speak of because of where it stands has the reason ``outside_zone``.
        """
        words = WordIndex(text.data)
        hits = list(self._hits(text))
        verdicts = [(hit, judge(hit, text.data, self._exclusions, words)) for hit in hits]
        admitted = {(m.rule, m.start) for m in self._in_zone(text, self._matches(text, hits))}
        return [
            (hit, verdict.reason)
            if verdict.reason or (hit.rule, verdict.start) in admitted
            else (hit, "outside_zone")
            for hit, verdict in verdicts
        ]

    def _judged(self, text: ScanText, hits: Iterable[Hit]) -> list[Finding]:
        matches = resolve_overlaps(self._in_zone(text, self._matches(text, hits)))
        return fold_findings(list(self._findings(text.data, matches)))

    def _all_hits(self, text: ScanText) -> Iterator[Hit]:
        for category in sorted(THRESHOLDS):
            yield from self._engine.find_in_all(text.data, category)
        yield from column_hits(text.data, text.suffix, self._names)
        headings = self._prefilter.candidates(text.data).headings
        yield from roster_hits(text.data, text.suffix, headings, self._names)

    def _hits(self, text: ScanText) -> Iterator[Hit]:
        data = text.data
        wanted: dict[Category, list[tuple[Gate, list[int]]]] = defaultdict(list)
        candidates = self._prefilter.candidates(data)
        for gate, ends in candidates.gates.items():
            wanted[gate.category].append((gate, ends))
        for category in sorted(wanted):
            seen: dict[tuple[int, int, str], Hit] = {}
            for start, end in windows(data, wanted[category]):
                for hit in self._engine.find(data, start, end, category):
                    seen[hit.start, hit.end, hit.rule] = hit
            yield from (seen[place] for place in sorted(seen))
        yield from column_hits(data, text.suffix, self._names)
        yield from roster_hits(data, text.suffix, candidates.headings, self._names)
        if self._model:
            named = [ends for gate, ends in candidates.gates.items() if gate.needs_name]
            yield from self._model.hits(data, sorted({end for ends in named for end in ends}))

    def _matches(self, text: ScanText, hits: Iterable[Hit]) -> Iterator[Match]:
        words = WordIndex(text.data)
        for hit in hits:
            verdict = judge(hit, text.data, self._exclusions, words)
            if verdict.is_accepted and verdict.start < verdict.end:
                yield Match(
                    category=hit.category,
                    rule=hit.rule,
                    start=verdict.start,
                    end=verdict.end,
                    confidence=verdict.confidence,
                    evidence=verdict.evidence,
                )

    def _in_zone(self, text: ScanText, matches: Iterable[Match]) -> list[Match]:
        """Return the matches that stand where their rule may speak; parses only if one asks."""
        zones: Zones | None = None
        kept: list[Match] = []
        for match in matches:
            if is_drawing(text.suffix, match.category):
                continue
            if match.rule in WRITTEN_RULES or match.rule in NATURAL_RULES:
                is_plain = match.rule in WRITTEN_RULES and is_plainly_written(
                    text, match.start, match.end
                )
                if not is_plain:
                    zones = zones or Zones.of(text)
                    if not zones.admits(match.rule, match.start, match.end):
                        continue
            kept.append(match)
        return kept

    def _findings(self, data: bytes, matches: list[Match]) -> Iterator[Finding]:
        line, position = 1, 0
        for match in matches:
            line += data.count(b"\n", position, match.start)
            position = match.start
            yield Finding.of(
                Secret(data[match.start : match.end]),
                key=self._key,
                detector_id=f"presidio.{match.rule.partition('.')[0]}",
                rule_id=f"pii.{match.rule}",
                category=match.category,
                start=match.start,
                end=match.end,
                line=line,
                confidence=match.confidence,
                evidence=match.evidence,
            )


def resolve_overlaps(matches: list[Match]) -> list[Match]:
    """Return matches that do not overlap, sorted: by precedence of category, then the longest."""
    by_place = sorted(matches, key=lambda m: (m.start, m.end))
    if all(a.end <= b.start for a, b in pairwise(by_place)):
        return by_place
    kept: list[Match] = []
    by_strictness = sorted(
        matches,
        key=lambda m: (
            _PRECEDENCE[m.category],
            m.rule == RULE,
            m.start - m.end,
            m.start,
            _STRENGTH.get(m.rule, 9),
            m.rule,
        ),
    )
    for match in by_strictness:
        at = bisect_left(kept, match.start, key=lambda m: m.start)
        is_free_left = at == 0 or kept[at - 1].end <= match.start
        if is_free_left and (at == len(kept) or match.end <= kept[at].start):
            kept.insert(at, match)
    return kept


def _no_names(exclusions: Exclusions) -> frozenset[str]:
    lists = exclusions.lists["person"]
    return lists["not_a_name_word"] | lists["common_word"] | lists["organisation_word"]
