"""The secrets detector: one funnel pass, three engines, one list of findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from ingest.detect.detector import DetectorConfig, fold_findings
from ingest.detect.funnel import CASELESS, Funnel, LineIndex, Pattern
from ingest.detect.secrets import cluster, keys, uuids
from ingest.detect.secrets.digest import ENGINE_FOLDER, engine_versions, ruleset_digest
from ingest.detect.secrets.formats import FORMATS, Formats
from ingest.detect.secrets.kingfisher import Kingfisher
from ingest.detect.secrets.known import KnownValues
from ingest.detect.secrets.matches import Match, fold_matches
from ingest.detect.secrets.named import NAME_EXPRESSIONS, named_values
from ingest.detect.secrets.nearby import values_near
from ingest.detect.secrets.occurrences import further_occurrences
from ingest.detect.secrets.plausible import Kind
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
from ingest.detect.views import Decoder, merge_findings, scan_views
from ingest.domain.finding import Category, Confidence, Family, Finding
from ingest.domain.secret import Secret
from ingest.domain.text import ScanText

_ENTROPY: Final = 100
_DENYLIST: Final = 101
_CONTEXT: Final = 102
_MARKER: Final = 103
_ARMOUR: Final = 104
_PUTTY: Final = 105
_UUID: Final = 120
_FORMAT: Final = 200
_NAMED: Final = {kind: 106 + n for n, kind in enumerate(Kind)}


class LineEngine:
    """The engines that read lines, behind their funnel."""

    def __init__(self, cache_dir: Path | None = None) -> None:
        """Compile the funnel, or load it from `cache_dir`."""
        self._funnel = Funnel(_patterns(), cache_dir=cache_dir)
        self._formats = Formats()
        self._vendors = VendorPlugins()
        self._keywords = KeywordPlugin()
        self._entropy = EntropyPlugins()

    def scan(self, data: bytes, suffix: str) -> tuple[list[Match], int]:
        """Return matches, and how many allow markers the blob holds."""
        hits = self._funnel.hits(data)
        matches = list(self._plugin_matches(data, suffix, hits))
        matches += values_near(data, hits.get(_CONTEXT, ()))
        named = {kind: hits[index] for kind, index in _NAMED.items() if index in hits}
        matches += named_values(data, named, suffix)
        matches += uuids.random_uuids(data, hits.get(_UUID, ()), suffix)
        tokens = {index - _FORMAT: ends for index, ends in hits.items() if index >= _FORMAT}
        matches += self._formats.matches(data, tokens)
        matches += keys.private_keys(data, hits.get(_ARMOUR, ()), hits.get(_PUTTY, ()))
        return matches, len(hits.get(_MARKER, ()))

    def _plugin_matches(
        self, data: bytes, suffix: str, hits: Mapping[int, Sequence[int]]
    ) -> Iterator[Match]:
        for index in sorted(index for index in hits if index < len(PLUGIN_RULES)):
            for start, end in window_spans(data, hits[index]):
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
        self._kingfisher = Kingfisher(config.cache_dir / ENGINE_FOLDER, config.rule_packs)
        self._versions = engine_versions(config.rule_packs)
        self._lines = LineEngine(config.cache_dir)
        self._decoder = Decoder(config.cache_dir)
        self._known = KnownValues(config.known_values, key=config.key)

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
        return self._versions

    def scan(self, text: ScanText) -> dict[str, object]:
        """Return ``findings``, ``allow_markers`` and ``undecoded`` of one blob."""
        matches, markers = self._matches(text.data, text.suffix)
        views = self._decoder.views_of(text.data)
        found = scan_views(text, views, self._plain, self._findings(text.data, matches))
        found = merge_findings([*found, *self._of_clusters(text.data, found)])
        return {
            "findings": found,
            "allow_markers": markers,
            "undecoded": len(views.undecoded),
        }

    def _of_clusters(self, data: bytes, found: Sequence[Finding]) -> Iterator[Finding]:
        """Yield the values of Kubernetes Secrets that no other rule has found."""
        known = {finding.hmac for finding in found}
        lines = LineIndex(data)
        for value in cluster.cluster_values(data):
            finding = Finding.of(
                Secret(value.value),
                key=self._key,
                detector_id=cluster.DETECTOR_ID,
                rule_id=cluster.RULE_ID,
                category=Category.PASSWORD,
                start=value.start,
                end=value.end,
                line=lines.line_of(value.start),
                confidence=Confidence.MEDIUM,
                views=("base64",) if value.is_encoded else (),
            )
            if finding.hmac not in known:
                yield finding

    def _plain(self, text: ScanText) -> list[Finding]:
        """Return the findings of one text as it stands."""
        matches, _ = self._matches(text.data, text.suffix)
        return self._findings(text.data, matches)

    def _matches(self, data: bytes, suffix: str) -> tuple[list[Match], int]:
        """Return what all engines find in one plain text, folded, and its allow markers."""
        matches, markers = self._lines.scan(data, suffix)
        matches += self._kingfisher.matches(data, suffix)
        matches += self._known.matches(data)
        matches = fold_matches(weigh_match(data, match) for match in matches)
        if matches:
            matches = fold_matches(matches + further_occurrences(data, matches))
        return matches, markers

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
        *(Pattern(id=_NAMED[kind], expression=words) for kind, words in NAME_EXPRESSIONS),
        *(Pattern(id=_FORMAT + n, expression=row.expression) for n, row in enumerate(FORMATS)),
        Pattern(id=_UUID, expression=uuids.EXPRESSION),
        Pattern(id=_MARKER, expression=ALLOW_MARKER_EXPRESSION, flags=CASELESS),
        Pattern(id=_ARMOUR, expression=keys.HEADER_EXPRESSION),
        Pattern(id=_PUTTY, expression=keys.PUTTY_EXPRESSION),
    ]
