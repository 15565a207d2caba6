"""The family's detector: gates, windows, Presidio, acceptance, zones, overlaps, findings."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ingest.detect.detector import DetectorConfig, fold_findings
from ingest.detect.pii.acceptance import judge
from ingest.detect.pii.engine import Hit, PresidioEngine
from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.gates import Gate, Prefilter, windows
from ingest.detect.pii.gazetteer import Gazetteer
from ingest.detect.pii.names import NameJudge
from ingest.detect.pii.rules import engine_versions, ruleset_digest
from ingest.detect.syntax import DATA_SUFFIXES, Span, language_spans, merge_spans
from ingest.domain.finding import Category, Confidence, Family, Finding
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
            Category.IP_ADDRESS,
            Category.PHONE_NUMBER,
            Category.PERSON,
            Category.USERNAME,
        )
    )
}
"""Of overlapping findings the one with the stricter shape stays: a name inside a mail address is
part of the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An accepted hit; spans in bytes."""

    category: Category
    rule: str
    start: int
    end: int
    confidence: Confidence
    evidence: str


class PiiDetector:
    """Finds personal data in one blob. Not safe for two threads at once."""

    family = Family.PII

    def __init__(self, config: DetectorConfig) -> None:
        """Load the lists, Presidio and the compiled gates; takes one to two seconds."""
        self._key: HmacKey = config.key
        self._exclusions = Exclusions.load()
        gazetteer = Gazetteer.load(_ordinary_words(self._exclusions))
        self._engine = PresidioEngine.load(
            NameJudge(gazetteer=gazetteer, exclusions=self._exclusions),
            config.company.internal_suffixes,
        )
        self._prefilter = Prefilter(gazetteer.is_first, config.cache_dir)
        self._digest = ruleset_digest(config)
        self._versions = engine_versions()

    @property
    def ruleset_digest(self) -> str:
        """Return SHA-256 hex over everything that can change a fact."""
        return self._digest

    @property
    def versions(self) -> Mapping[str, str]:
        """Return engine name to version."""
        return self._versions

    def scan(self, text: ScanText) -> dict[str, object]:
        """Return the findings column of one blob."""
        matches = resolve_overlaps(self._in_zone(text, list(self._matches(text.data))))
        return {"findings": fold_findings(list(self._findings(text.data, matches)))}

    def _matches(self, data: bytes) -> Iterator[Match]:
        wanted: dict[Category, list[tuple[Gate, list[int]]]] = defaultdict(list)
        for gate, ends in self._prefilter.candidates(data).items():
            wanted[gate.category].append((gate, ends))
        for category in sorted(wanted):
            seen: set[Hit] = set()
            for start, end in windows(data, wanted[category]):
                seen.update(self._engine.find(data, start, end, category))
            for hit in seen:
                verdict = judge(hit, data, self._exclusions)
                if verdict.is_accepted and verdict.start < verdict.end:
                    yield Match(
                        category=category,
                        rule=hit.rule,
                        start=verdict.start,
                        end=verdict.end,
                        confidence=verdict.confidence,
                        evidence=verdict.evidence,
                    )

    def _in_zone(self, text: ScanText, matches: list[Match]) -> list[Match]:
        """Return the matches that stand where their rule may speak; parses only if one asks."""
        in_comment = {m for m in matches if _opens_with_comment(text, m.start)}
        if not any(m.rule in _ZONED_RULES and m not in in_comment for m in matches):
            return matches
        zones = _Zones.of(text)
        return [m for m in matches if m in in_comment or zones.admits(m)]

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


_SLASHES: Final = (b"//", b"/*", b"* ")
_COMMENT_MARKS: Final[Mapping[str, tuple[bytes, ...]]] = {
    **dict.fromkeys(
        [
            "c",
            "h",
            "cc",
            "cpp",
            "cxx",
            "hpp",
            "hh",
            "java",
            "js",
            "mjs",
            "cjs",
            "jsx",
            "ts",
            "tsx",
            "go",
            "rs",
            "swift",
            "kt",
            "scala",
            "cs",
            "proto",
        ],
        _SLASHES,
    ),
    **dict.fromkeys(
        [
            "py",
            "pyi",
            "rb",
            "sh",
            "bash",
            "pl",
            "pm",
            "yaml",
            "yml",
            "toml",
            "tcl",
            "makefile",
            "dockerfile",
        ],
        (b"#",),
    ),
}
"""What a line of a comment begins with: such a line need not be parsed to be known."""


def _opens_with_comment(text: ScanText, offset: int) -> bool:
    line = text.data[text.data.rfind(b"\n", 0, offset) + 1 : offset].lstrip()
    return line.startswith(_COMMENT_MARKS.get(text.suffix, ()))


_ZONED_RULES: Final = frozenset({"person.marked", "person.listed", "username.mention"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Zones:
    """Where names and mentions may stand. None means everywhere: the language is not known."""

    natural: tuple[Span, ...] | None
    listed: tuple[Span, ...] | None
    """Natural language, and in data files the strings: there they are content."""
    written: tuple[Span, ...] | None
    """Natural language and all strings: ``__author__ = …`` is one of them."""

    @classmethod
    def of(cls, text: ScanText) -> _Zones:
        spans = language_spans(text.data, text.suffix)
        if spans is None:
            return cls(natural=None, listed=None, written=None)
        written = merge_spans([*spans.natural, *spans.strings])
        listed = written if text.suffix in DATA_SUFFIXES else spans.natural
        return cls(natural=spans.natural, listed=listed, written=written)

    def admits(self, match: Match) -> bool:
        if match.rule == "person.marked":
            return _is_inside(match, self.written)
        if match.rule == "person.listed":
            return _is_inside(match, self.listed)
        if match.rule == "username.mention":
            return _is_inside(match, self.natural)
        return True


def _is_inside(match: Match, spans: tuple[Span, ...] | None) -> bool:
    if spans is None:
        return True
    index = bisect_right(spans, match.start, key=lambda span: span[0]) - 1
    return index >= 0 and match.end <= spans[index][1]


def resolve_overlaps(matches: list[Match]) -> list[Match]:
    """Return matches that do not overlap, sorted: by precedence of category, then the longest."""
    kept: list[Match] = []
    for match in sorted(
        matches, key=lambda m: (_PRECEDENCE[m.category], m.start - m.end, m.start, m.rule)
    ):
        at = bisect_left(kept, match.start, key=lambda m: m.start)
        is_free_left = at == 0 or kept[at - 1].end <= match.start
        if is_free_left and (at == len(kept) or match.end <= kept[at].start):
            kept.insert(at, match)
    return kept


def _ordinary_words(exclusions: Exclusions) -> frozenset[str]:
    lists = exclusions.lists["person"]
    return lists["not_a_name_word"] | lists["common_word"] | lists["organisation_word"]
