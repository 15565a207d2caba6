"""The identity of the provenance rules."""

from __future__ import annotations

from pathlib import Path

from ingest.detect.detector import DetectorConfig
from ingest.detect.provenance import engine_versions, ruleset_digest
from ingest.domain.company import CompanyProfile
from ingest.domain.secret import HmacKey


def test_the_digest_is_of_the_rules_alone() -> None:
    configs = [
        DetectorConfig(
            key=HmacKey(key_id="test", material=material * 32),
            company=CompanyProfile(names=(name,)),
            cache_dir=Path(),
        )
        for material, name in ((b"a", "One"), (b"b", "Two"))
    ]

    assert ruleset_digest(configs[0]) == ruleset_digest(configs[1])
    assert len(ruleset_digest(configs[0])) == 64
    assert engine_versions().keys() == {"provenance"}
