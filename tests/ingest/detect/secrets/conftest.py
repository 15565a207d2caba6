from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import pytest

from ingest.detect import secrets
from ingest.detect.detector import DetectorConfig
from ingest.detect.secrets.detector import SecretsDetector
from ingest.detect.secrets.lines import LineEngine
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Finding
from ingest.domain.secret import HmacKey
from ingest.domain.text import ScanText
from tests.support.rules import shared_rules

Scan = Callable[..., list[Finding]]


@pytest.fixture(scope="session")
def secrets_config() -> DetectorConfig:
    return DetectorConfig(
        key=HmacKey(key_id="test", material=b"k" * 32),
        company=CompanyProfile(),
        cache_dir=shared_rules(),
    )


@pytest.fixture(scope="session")
def secrets_detector(secrets_config: DetectorConfig) -> SecretsDetector:
    built = secrets.build(secrets_config)
    assert isinstance(built, SecretsDetector)
    return built


@pytest.fixture(scope="session")
def line_engine() -> LineEngine:
    return LineEngine(shared_rules())


@pytest.fixture(scope="session")
def scan(secrets_detector: SecretsDetector) -> Scan:
    def run(text: str | bytes, suffix: str = "py") -> list[Finding]:
        data = text if isinstance(text, bytes) else text.encode()
        row = secrets_detector.scan(ScanText(blob_id="0" * 40, suffix=suffix, data=data))
        return list(cast("Sequence[Finding]", row["findings"]))

    return run
