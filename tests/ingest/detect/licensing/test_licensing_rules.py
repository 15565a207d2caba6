"""The identity of the licensing rules."""

from __future__ import annotations

from dataclasses import replace

from ingest.detect.detector import DetectorConfig
from ingest.detect.licensing.rules import ruleset_digest
from ingest.domain.company import CompanyProfile
from ingest.domain.secret import HmacKey


def test_the_digest_follows_names_and_key_and_nothing_else(config: DetectorConfig) -> None:
    digest = ruleset_digest(config)
    names = replace(config, company=CompanyProfile(names=("Other",)))
    other_terms = replace(config, company=replace(config.company, codenames=("heron",)))
    other_key = replace(config, key=HmacKey(key_id="test", material=b"z" * 32))

    assert len(digest) == 64
    assert ruleset_digest(names) != digest
    assert ruleset_digest(other_key) != digest
    assert ruleset_digest(other_terms) == digest
    assert "Acme" not in digest
