"""The secrets detector: one funnel pass, three engines, one list of findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from ingest.detect.detector import DetectorConfig, fold_findings
from ingest.detect.funnel import CASELESS, Funnel, LineIndex, Pattern
from ingest.detect.secrets import keys
from ingest.detect.secrets.digest import engine_versions, ruleset_digest
from ingest.detect.secrets.kingfisher import Kingfisher
from ingest.detect.secrets.matches import Match, fold_matches
from ingest.detect.secrets.nearby import values_near
from ingest.detect.secrets.occurrences import further_occurrences
from ingest.detect.secrets.plugins import EntropyPlugins, KeywordPlugin, VendorPlugins
from ingest.detect.secrets.rules import (
    ALLOW_MARKER_EXPRESSION,
    CONTEXT_EXPRESSION,
    DENYLIST_EXPRESSION,
    ENTROPY_EXPRESSIONS,
    PLUGIN_RULES,
)
from ingest.detect.secrets.weighing import weigh_match
from ingest.detect.secrets.windows import open_window, window_spans
from ingest.domain.finding import Family, Finding
from ingest.domain.secret import Secret
from ingest.domain.text import ScanText

_ENTROPY: Final = 100
_DENYLIST: Final = 101
_CONTEXT: Final = 102
_MARKER: Final = 103
_ARMOUR: Final = 104
_PUTTY: Final = 105


class LineEngine:
    """The engines that read lines, behind their funnel."""

    def __init__(self, cache_dir: Path | None = None) -> None:
        """Compile the funnel, or load it from `cache_dir`."""
        self._funnel = Funnel(_patterns(), cache_dir=cache_dir)
        self._vendors = VendorPlugins()
        self._keywords = KeywordPlugin()
        self._entropy = EntropyPlugins()

    def scan(self, data: bytes, suffix: str) -> tuple[list[Match], int]:
        """Return matches, and how many allow markers the blob holds."""
        hits = self._funnel.hits(data)
        matches = list(self._plugin_matches(data, suffix, hits))
        matches += values_near(data, hits.get(_CONTEXT, ()))
        matches += keys.private_keys(data, hits.get(_ARMOUR, ()), hits.get(_PUTTY, ()))
        return matches, len(hits.get(_MARKER, ()))

    def _plugin_matches(
        self, data: bytes, suffix: str, hits: Mapping[int, Sequence[int]]
    ) -> Iterator[Match]:
        for index in range(len(PLUGIN_RULES)):
            for start, end in window_spans(data, hits.get(index, ())):
                yield from self._vendors.matches(index, open_window(data, start, end))
        for start, end in window_spans(data, hits.get(_ENTROPY, ())):
            yield from self._entropy.matches(suffix, open_window(data, start, end))
        if _DENYLIST in hits:
            yield from self._keyword_matches(data, suffix, hits[_DENYLIST])

    def _keyword_matches(self, data: bytes, suffix: str, ends: Sequence[int]) -> Iterator[Match]:
        expressions = self._keywords.expressions_for(suffix)
        position = 0
        for start, end in window_spans(data, ends):
            while position < len(ends) and ends[position] <= start:
                position += 1
            window = open_window(data, start, end)
            yield from self._keywords.matches(expressions, window, ends[position] - window.start)


class SecretsDetector:
    """Finds secrets in one blob; see the package for the engines."""

    def __init__(self, config: DetectorConfig) -> None:
        """Load rules and compile what is not in `config.cache_dir`."""
        self._key = config.key
        self._digest = ruleset_digest(config)
        self._kingfisher = Kingfisher(config.cache_dir / "kingfisher")
        self._lines = LineEngine(config.cache_dir)

    @property
    def family(self) -> Family:
        """The secrets family."""
        return Family.SECRETS

    @property
    def ruleset_digest(self) -> str:
        """SHA-256 hex over rules and engine versions."""
        return self._digest

    @property
    def versions(self) -> Mapping[str, str]:
        """Engine name to version."""
        return engine_versions()

    def scan(self, text: ScanText) -> dict[str, object]:
        """Return ``findings`` and ``allow_markers`` of one blob."""
        matches, markers = self._lines.scan(text.data, text.suffix)
        matches += self._kingfisher.matches(text.data)
        matches = fold_matches(weigh_match(text.data, match) for match in matches)
        if matches:
            matches = fold_matches(matches + further_occurrences(text.data, matches))
        return {"findings": self._findings(text.data, matches), "allow_markers": markers}

    def _findings(self, data: bytes, matches: Sequence[Match]) -> list[Finding]:
        if not matches:
            return []
        lines = LineIndex(data)
        return fold_findings(
            [
                Finding.of(
                    Secret(data[match.start : match.end]),
                    key=self._key,
                    detector_id=match.detector_id,
                    rule_id=match.rule_id,
                    category=match.category,
                    start=match.start,
                    end=match.end,
                    line=lines.line_of(match.start),
                    confidence=match.confidence,
                    evidence=match.evidence,
                )
                for match in matches
            ]
        )


def _patterns() -> list[Pattern]:
    vendors = [
        Pattern(id=index, expression=expression, flags=rule.flags)
        for index, rule in enumerate(PLUGIN_RULES)
        for expression in rule.expressions
    ]
    return [
        *vendors,
        *(Pattern(id=_ENTROPY, expression=expression) for expression in ENTROPY_EXPRESSIONS),
        Pattern(id=_DENYLIST, expression=DENYLIST_EXPRESSION, flags=CASELESS),
        Pattern(id=_CONTEXT, expression=CONTEXT_EXPRESSION, flags=CASELESS),
        Pattern(id=_MARKER, expression=ALLOW_MARKER_EXPRESSION, flags=CASELESS),
        Pattern(id=_ARMOUR, expression=keys.HEADER_EXPRESSION),
        Pattern(id=_PUTTY, expression=keys.PUTTY_EXPRESSION),
    ]
