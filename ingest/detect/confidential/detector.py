"""The confidential detector: one pass for shapes, one for terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ingest.detect.confidential import addresses
from ingest.detect.confidential.digest import engine_versions, ruleset_digest
from ingest.detect.confidential.hosts import (
    CompanyHosts,
    Hosts,
    company_host_expressions,
    host_expressions,
)
from ingest.detect.confidential.matches import Match, fold_matches
from ingest.detect.confidential.scopes import Scopes, scope_expressions
from ingest.detect.confidential.terms import Terms
from ingest.detect.confidential.tickets import Tickets, ticket_expressions
from ingest.detect.detector import DetectorConfig, fold_findings
from ingest.detect.funnel import CASELESS, Funnel, LineIndex, Pattern
from ingest.detect.views import Decoder, scan_views
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Family, Finding
from ingest.domain.secret import Secret
from ingest.domain.text import ScanText

DETECTOR_ID: Final = "shardgate"
_HOST: Final = 0
_ADDRESS: Final = 1
_TICKET: Final = 2
_COMPANY_HOST: Final = 3
_SCOPE: Final = 4


class ConfidentialDetector:
    """Finds what only insiders should read; see the package."""

    def __init__(self, config: DetectorConfig) -> None:
        """Compile the company's terms, or load them from `config.cache_dir`."""
        self._key = config.key
        self._decoder = Decoder(config.cache_dir)
        self._digest = ruleset_digest(config)
        self._shapes = Funnel(_shape_patterns(config.company), cache_dir=config.cache_dir)
        self._hosts = Hosts(config.company.internal_suffixes)
        self._company_hosts = CompanyHosts(config.company.hosts)
        self._scopes = Scopes(config.company.packages)
        self._tickets = Tickets(config.company.ticket_prefixes)
        self._terms = Terms(config.company, config.cache_dir, name=self._digest[:32])

    @property
    def family(self) -> Family:
        """The confidential family."""
        return Family.CONFIDENTIAL

    @property
    def ruleset_digest(self) -> str:
        """SHA-256 hex over rules, engine version and the company's terms."""
        return self._digest

    @property
    def versions(self) -> Mapping[str, str]:
        """Engine name to version."""
        return engine_versions()

    def scan(self, text: ScanText) -> dict[str, object]:
        """Return ``findings`` of one blob, and ``undecoded``, which its facts do not keep."""
        views = self._decoder.views_of(text.data)
        found = scan_views(text, views, self._plain, self._plain(text))
        return {"findings": found, "undecoded": len(views.undecoded)}

    def _plain(self, text: ScanText) -> list[Finding]:
        """Return the findings of one text as it stands."""
        matches = fold_matches(self._matches(text.data, text.suffix))
        return self._findings(text.data, matches)

    def _matches(self, data: bytes, suffix: str) -> Iterator[Match]:
        hits = self._shapes.hits(data)
        yield from self._hosts.matches(data, hits.get(_HOST, ()), suffix)
        yield from addresses.private_addresses(data, hits.get(_ADDRESS, ()))
        yield from self._tickets.matches(data, hits.get(_TICKET, ()))
        yield from self._company_hosts.matches(data, hits.get(_COMPANY_HOST, ()))
        yield from self._scopes.matches(data, hits.get(_SCOPE, ()))
        yield from self._terms.matches(data)

    def _findings(self, data: bytes, matches: list[Match]) -> list[Finding]:
        if not matches:
            return []
        lines = LineIndex(data)
        return fold_findings(
            [
                Finding.of(
                    Secret(data[match.start : match.end]),
                    key=self._key,
                    detector_id=DETECTOR_ID,
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


def _shape_patterns(company: CompanyProfile) -> list[Pattern]:
    return [
        *(
            Pattern(id=_HOST, expression=expression, flags=CASELESS)
            for expression in sorted(host_expressions(company.internal_suffixes))
        ),
        *(Pattern(id=_ADDRESS, expression=expression) for expression in addresses.EXPRESSIONS),
        *(
            Pattern(id=_TICKET, expression=expression)
            for expression in sorted(ticket_expressions(company.ticket_prefixes))
        ),
        *(
            Pattern(id=_COMPANY_HOST, expression=expression, flags=CASELESS)
            for expression in company_host_expressions(company.hosts)
        ),
        *(
            Pattern(id=_SCOPE, expression=expression, flags=CASELESS)
            for expression in scope_expressions(company.packages)
        ),
    ]
