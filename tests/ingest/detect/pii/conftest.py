from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.detect import pii
from ingest.detect.detector import DetectorConfig
from ingest.detect.pii.acceptance import judge
from ingest.detect.pii.scanner import PiiDetector
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Category, Finding
from ingest.domain.secret import HmacKey
from ingest.domain.text import ScanText
from tests.support.rules import shared_rules

Find = Callable[..., list[tuple[str, str]]]
Reasons = Callable[..., set[str]]


@pytest.fixture(scope="session")
def config() -> DetectorConfig:
    return DetectorConfig(
        key=HmacKey(key_id="test", material=b"k" * 32),
        company=CompanyProfile(),
        cache_dir=shared_rules(),
    )


@pytest.fixture(scope="session")
def detector(config: DetectorConfig) -> PiiDetector:
    built = pii.build(config)
    assert isinstance(built, PiiDetector)
    return built


@pytest.fixture(scope="session")
def scan(detector: PiiDetector) -> Callable[..., list[Finding]]:
    def run(text: str | bytes, suffix: str = "txt") -> list[Finding]:
        data = text if isinstance(text, bytes) else text.encode()
        found = detector.scan(ScanText(blob_id="0" * 40, suffix=suffix, data=data))["findings"]
        assert isinstance(found, list)
        return found

    return run


@pytest.fixture(scope="session")
def find(scan: Callable[..., list[Finding]]) -> Find:
    """Return (category, matched text) of every finding."""

    def run(text: str, suffix: str = "txt") -> list[tuple[str, str]]:
        data = text.encode()
        return [(str(f.category), data[f.start : f.end].decode()) for f in scan(text, suffix)]

    return run


@pytest.fixture(scope="session")
def reasons(detector: PiiDetector) -> Reasons:
    """Return the reason codes of everything Presidio reports of one entity in a text."""

    def run(text: str, category: Category) -> set[str]:
        data = text.encode()
        hits = detector._engine.find(data, 0, len(data), category)
        return {judge(hit, data, detector._exclusions).reason for hit in hits}

    return run
