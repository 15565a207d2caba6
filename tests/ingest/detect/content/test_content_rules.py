"""The identity of the content rules."""

from __future__ import annotations

from pathlib import Path

from ingest.detect.content.rules import ruleset_digest
from ingest.detect.detector import DetectorConfig
from ingest.domain.company import CompanyProfile
from ingest.domain.secret import HmacKey


def _config(names: tuple[str, ...], material: bytes) -> DetectorConfig:
    return DetectorConfig(
        key=HmacKey(key_id="test", material=material),
        company=CompanyProfile(names=names),
        cache_dir=Path(),
    )


def test_the_digest_depends_on_neither_key_nor_company() -> None:
    digest = ruleset_digest(_config(("Acme",), b"a" * 32))

    assert len(digest) == 64
    assert digest == ruleset_digest(_config((), b"b" * 32))
