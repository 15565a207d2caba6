from __future__ import annotations

from dataclasses import replace

from ingest.detect.detector import DetectorConfig
from ingest.detect.pii.rules import THRESHOLDS, engine_versions, ruleset_digest
from ingest.detect.pii.scanner import PiiDetector
from ingest.domain.company import CompanyProfile
from ingest.domain.secret import HmacKey


def test_the_digest_changes_with_the_mail_suffixes_only(config: DetectorConfig) -> None:
    other = replace(config, company=CompanyProfile(internal_suffixes=("kestrelcorp",)))
    unrelated = replace(config, company=CompanyProfile(codenames=("kestrel",)))
    assert ruleset_digest(other) != ruleset_digest(config) == ruleset_digest(unrelated)


def test_the_digest_does_not_confirm_a_guessed_suffix(config: DetectorConfig) -> None:
    other = replace(config, key=HmacKey(key_id="other", material=b"o" * 32))
    assert ruleset_digest(other) != ruleset_digest(config)


def test_every_engine_is_installed_and_named() -> None:
    assert all(engine_versions().values())


def test_presidio_knows_every_entity_it_is_asked_for(detector: PiiDetector) -> None:
    known = set(detector._engine._analyzer.get_supported_entities("en"))
    assert known == {category.value for category in THRESHOLDS}
