"""The identity of the provenance rules."""

from __future__ import annotations

from pathlib import Path

from ingest.detect.detector import DetectorConfig
from ingest.detect.provenance import engine_versions, ruleset_digest
from ingest.domain.company import CompanyProfile
from ingest.domain.secret import HmacKey


def config(material: bytes = b"a", **terms: tuple[str, ...]) -> DetectorConfig:
    return DetectorConfig(
        key=HmacKey(key_id="test", material=material * 32),
        company=CompanyProfile(**terms),
        cache_dir=Path(),
    )


def test_the_digest_is_of_the_rules_the_company_and_the_known_content() -> None:
    digests = {
        ruleset_digest(config()),
        ruleset_digest(config(b"b")),
        ruleset_digest(config(names=("One",))),
        ruleset_digest(config(domains=("one.example",))),
        ruleset_digest(config(), "digest of a list"),
    }

    assert len(digests) == 5
    assert ruleset_digest(config(names=("A", "B"))) == ruleset_digest(config(names=("B", "A")))
    assert ruleset_digest(config(logins=("jane",))) == ruleset_digest(config())
    assert engine_versions().keys() == {"provenance"}
