"""The family's detector: gates, windows, recognizers, acceptance, zones, overlaps, findings."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
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
from ingest.detect.pii.cue_logins import owner_hits
from ingest.detect.pii.cue_numbers import phones_beside
from ingest.detect.pii.cues import cue_hits
from ingest.detect.pii.echoes import echo_hits, neighbour_hits
from ingest.detect.pii.engine import Hit, PresidioEngine
from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.fields import FieldPersonRecognizer
from ingest.detect.pii.gates import Gate
from ingest.detect.pii.given_names import given_hits
from ingest.detect.pii.identities import identity_recognizers
from ingest.detect.pii.logins import login_recognizers
from ingest.detect.pii.name_lists import load_gazetteer
from ingest.detect.pii.names import NameJudge
from ingest.detect.pii.narrowing import Look, Narrowing
from ingest.detect.pii.ner import RULE, NameModel
from ingest.detect.pii.numbers import number_recognizers
from ingest.detect.pii.people import person_recognizers
from ingest.detect.pii.phones import phone_recognizers
from ingest.detect.pii.prefilter import Candidates, Prefilter
from ingest.detect.pii.rosters import roster_hits
from ingest.detect.pii.rules import THRESHOLDS, engine_versions, ruleset_digest
from ingest.detect.pii.shapes import SpanRecognizer
from ingest.detect.pii.siblings import sibling_hits
from ingest.detect.pii.windows import windows
from ingest.detect.pii.words import WordIndex
from ingest.detect.pii.zones import (
    NATURAL_RULES,
    WRITTEN_RULES,
    Lines,
    Zones,
    is_drawing,
)
from ingest.detect.views import Decoder, merge_views, open_texts
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
    "person.echo": 9,
    "person.ner": 10,
}
"""Of two rules for one span the first here names it."""


_BESIDE_PHONES: Final = frozenset({Category.PERSON, Category.PHONE_NUMBER})


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
        gazetteer = load_gazetteer(_no_names(self._exclusions), config.cache_dir)
        self._names = NameJudge(gazetteer=gazetteer, exclusions=self._exclusions)
        self._engine = PresidioEngine(
            all_recognizers(self._names, config.company.internal_suffixes)
        )
        self._prefilter = Prefilter(Narrowing(gazetteer, self._exclusions), config.cache_dir)
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
        return self.scan_all([text])[0]

    def scan_all(self, texts: Sequence[ScanText]) -> list[dict[str, object]]:
        """Return the columns of many texts; their gates are asked together."""
        rows: list[dict[str, object]] = []
        for opened in open_texts(self._decoder, texts):
            plain = self._plain(opened.texts)
            inner = iter(self._plain(opened.inner_texts))
            for text, views, seen in zip(opened.texts, opened.views, plain, strict=True):
                found = merge_views(text, views, seen, islice(inner, len(views.views)))
                rows.append({"findings": found, "undecoded": len(views.undecoded)})
        return rows

    def _plain(self, texts: Sequence[ScanText]) -> list[list[Finding]]:
        """Return the findings of each text as it stands."""
        candidates = self._prefilter.candidates_in([text.data for text in texts])
        hits = [list(self._hits(*each)) for each in zip(texts, candidates, strict=True)]
        # most texts have none
        return [
            self._judged(t, found) if found else [] for t, found in zip(texts, hits, strict=True)
        ]

    def scan_unfiltered(self, text: ScanText) -> list[Finding]:
        """Return the findings without gates and windows: what `scan` must find too. Slow."""
        return self._judged(text, self._all_hits(text))

    def reasons(self, text: ScanText) -> list[tuple[Hit, str]]:
        """Return everything that looks personal with the reason why it is not, or nothing.

        What a rule may not speak of because of where it stands has the reason ``outside_zone``.
        """
        words = WordIndex(text.data)
        hits = list(self._all_hits(text))  # the funnel drops what no rule would accept
        verdicts = [(hit, judge(hit, text.data, self._exclusions, words)) for hit in hits]
        admitted = {(m.rule, m.start) for m in self._in_zone(text, self._matches(text, hits))}
        return [
            (hit, verdict.reason)
            if verdict.reason or (hit.rule, verdict.start) in admitted
            else (hit, "outside_zone")
            for hit, verdict in verdicts
        ]

    def _judged(self, text: ScanText, hits: Iterable[Hit]) -> list[Finding]:
        admitted = self._in_zone(text, self._matches(text, hits))
        told = [(m.rule, m.start, m.end) for m in admitted if m.category is Category.PERSON]
        if told:
            beside = [
                *neighbour_hits(text.data, told, self._names),
                *sibling_hits(text.data, told, self._names),
            ]
            admitted += self._in_zone(text, self._matches(text, beside))
            told = [(m.rule, m.start, m.end) for m in admitted if m.category is Category.PERSON]
            again = [
                *echo_hits(text.data, told),
                *given_hits(text.data, told, self._names),
            ]
            admitted += self._in_zone(text, self._matches(text, again))
        people = [match.start for match in admitted if match.category in _BESIDE_PHONES]
        phones = phones_beside(text.data, text.suffix, people)
        matches = resolve_overlaps([*admitted, *self._matches(text, phones)])
        return fold_findings(list(self._findings(text.data, matches)))

    def _all_hits(self, text: ScanText) -> Iterator[Hit]:
        for category in sorted(THRESHOLDS):
            yield from self._engine.find_in_all(text.data, category)
        yield from column_hits(text.data, text.suffix, self._names)
        yield from self._line_hits(text, self._prefilter.candidates(text.data))

    def _line_hits(self, text: ScanText, candidates: Candidates) -> Iterator[Hit]:
        """Yield what is read outside Presidio's windows: lists of people, owners, and cues."""
        data, suffix = text.data, text.suffix
        yield from roster_hits(data, suffix, candidates.headings, self._names)
        yield from owner_hits(data, suffix)
        yield from cue_hits(data, suffix, candidates.cues, self._names)

    def _hits(self, text: ScanText, candidates: Candidates) -> Iterator[Hit]:
        data = text.data
        wanted: dict[Category, list[tuple[Gate, list[int]]]] = defaultdict(list)
        for gate, ends in candidates.gates.items():
            wanted[gate.category].append((gate, ends))
        for category in sorted(wanted):
            seen: dict[tuple[int, int, str], Hit] = {}
            for start, end in windows(data, wanted[category]):
                for hit in self._engine.find(data, start, end, category):
                    seen[hit.start, hit.end, hit.rule] = hit
            yield from (seen[place] for place in sorted(seen))
        yield from column_hits(data, text.suffix, self._names)
        yield from self._line_hits(text, candidates)
        if self._model:
            named = [
                ends for gate, ends in candidates.gates.items() if gate.look is Look.NAME_BEFORE
            ]
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
        lines = Lines(text)
        kept: list[Match] = []
        for match in matches:
            if is_drawing(text.suffix, match.category):
                continue
            span = match.start, match.end
            is_bound = match.rule in WRITTEN_RULES or match.rule in NATURAL_RULES
            is_admitted = lines.admits(match.rule, *span) if is_bound else True
            if is_admitted is None:
                zones = zones or Zones.of(text)
                is_admitted = zones.admits(match.rule, *span)
            if is_admitted:
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
