from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import pytest

from ingest.detect import confidential
from ingest.detect.confidential.detector import ConfidentialDetector
from ingest.detect.detector import DetectorConfig
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Finding
from ingest.domain.secret import HmacKey
from ingest.domain.text import ScanText
from tests.support.rules import shared_rules

Find = Callable[..., list[str]]
ScanConfidential = Callable[..., list[Finding]]

COMPANY = CompanyProfile(
    internal_suffixes=(*CompanyProfile().internal_suffixes, "corp.umbra.example"),
    hosts=("git.umbra.example", "docker.umbra.example", "single"),
    packages=("@umbra", "com.umbra", "umbra_", "go.umbra.dev/", "umbrateam/"),
    ticket_prefixes=("PAY", "OPS2"),
    logins=("jroe", "m.koslow"),
    codenames=("Blue Falcon", "Zephyr", "Überfall"),
    customers=("Initech", "Acme Rockets"),
)


@pytest.fixture(scope="session")
def confidential_config() -> DetectorConfig:
    return DetectorConfig(
        key=HmacKey(key_id="test", material=b"k" * 32),
        company=COMPANY,
        cache_dir=shared_rules(),
    )


@pytest.fixture(scope="session")
def confidential_detector(confidential_config: DetectorConfig) -> ConfidentialDetector:
    built = confidential.build(confidential_config)
    assert isinstance(built, ConfidentialDetector)
    return built


@pytest.fixture(scope="session")
def scan_confidential(confidential_detector: ConfidentialDetector) -> ScanConfidential:
    def run(text: str | bytes, suffix: str = "py") -> list[Finding]:
        data = text if isinstance(text, bytes) else text.encode()
        row = confidential_detector.scan(ScanText(blob_id="0" * 40, suffix=suffix, data=data))
        return list(cast("Sequence[Finding]", row["findings"]))

    return run


@pytest.fixture(scope="session")
def find(scan_confidential: ScanConfidential) -> Find:
    """Matched texts of one category."""

    def run(text: str, category: str, suffix: str = "py") -> list[str]:
        data = text.encode()
        found = scan_confidential(data, suffix)
        return [data[f.start : f.end].decode() for f in found if f.category == category]

    return run
