"""The secrets detector: one funnel pass, three engines, one list of findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from ingest.detect.detector import DetectorConfig, fold_findings
from ingest.detect.funnel import LineIndex
from ingest.detect.secrets import cluster
from ingest.detect.secrets.digest import ENGINE_FOLDER, engine_versions, ruleset_digest
from ingest.detect.secrets.explained import explanation
from ingest.detect.secrets.kingfisher import load_kingfisher
from ingest.detect.secrets.lines import LineEngine
from ingest.detect.secrets.matches import Match, fold_matches
from ingest.detect.secrets.occurrences import further_occurrences
from ingest.detect.secrets.weighing import weigh_match
from ingest.detect.views import Decoder, merge_findings, merge_views, open_texts
from ingest.domain.finding import Category, Confidence, Family, Finding
from ingest.domain.secret import Secret
from ingest.domain.text import ScanText


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one text shows as it stands."""

    findings: list[Finding]
    markers: int
    """Allow markers."""
    has_cluster: bool
    """Whether it may hold a Kubernetes Secret."""


class SecretsDetector:
    """Finds secrets in one blob; see the package for the engines."""

    def __init__(self, config: DetectorConfig) -> None:
        """Load rules and compile what is not in `config.cache_dir`."""
        self._key = config.key
        self._digest = ruleset_digest(config)
        self._kingfisher = load_kingfisher(config.cache_dir / ENGINE_FOLDER, config.rule_packs)
        self._versions = engine_versions(config.rule_packs)
        self._lines = LineEngine(config.cache_dir)
        self._decoder = Decoder(config.cache_dir)

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
        return self.scan_all([text])[0]

    def scan_all(self, texts: Sequence[ScanText]) -> list[dict[str, object]]:
        """Return the columns of many texts, one engine after the other over all of them.

        An engine's tables are larger than a processor's near caches: taking turns on each text
        would load them again for each.
        """
        rows = []
        for opened in open_texts(self._decoder, texts):
            plain = self._plain(opened.texts)
            inner = iter(self._plain(opened.inner_texts))
            for text, views, seen in zip(opened.texts, opened.views, plain, strict=True):
                shown = [one.findings for one in islice(inner, len(views.views))]
                found = merge_views(text, views, seen.findings, shown)
                if seen.has_cluster:
                    found = merge_findings([*found, *self._of_clusters(text.data, found)])
                rows.append(
                    {
                        "findings": found,
                        "allow_markers": seen.markers,
                        "undecoded": len(views.undecoded),
                    }
                )
        return rows

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

    def _plain(self, texts: Sequence[ScanText]) -> list[_Seen]:
        """Return what texts show as they stand."""
        hits = [self._lines.hits(text.data) for text in texts]
        windows = [self._lines.generic_windows(t.data, h) for t, h in zip(texts, hits, strict=True)]
        engine = self._kingfisher.matches_all([(t.data, t.suffix) for t in texts], windows)
        seen = []
        for text, at, found in zip(texts, hits, engine, strict=True):
            more, markers = self._lines.read(text.data, text.suffix, at)
            matches = [*more, *found]
            findings = self._findings(text.data, _completed(text.data, text.suffix, matches))
            seen.append(_Seen(findings, markers, self._lines.has_cluster(at)))
        return seen

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


def _completed(data: bytes, suffix: str, matches: Sequence[Match]) -> list[Match]:
    """Return what all engines find in one plain text, folded, with all places of the values."""
    if not matches:
        return []
    kept = (match for match in matches if not explanation(data, match, suffix))
    folded = fold_matches(weigh_match(data, match) for match in kept)
    return fold_matches(folded + further_occurrences(data, folded))
