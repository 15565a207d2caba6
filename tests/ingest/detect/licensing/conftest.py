"""Detectors and license texts; texts come from installed packages, never from our own files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from ingest.detect.detector import DetectorConfig
from ingest.detect.licensing import build
from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.domain.company import CompanyProfile
from ingest.domain.secret import HmacKey
from ingest.domain.text import ScanText
from tests.support.rules import shared_rules

Scan = Callable[..., Mapping[str, Any]]


@pytest.fixture(scope="session")
def key() -> HmacKey:
    return HmacKey(key_id="test", material=b"k" * 32)


@pytest.fixture(scope="session")
def config(key: HmacKey) -> DetectorConfig:
    return DetectorConfig(
        key=key,
        company=CompanyProfile(names=("Acme Rockets",)),
        cache_dir=shared_rules(),
    )


@pytest.fixture(scope="session")
def algebra() -> LicenseAlgebra:
    return LicenseAlgebra()


def _scanner(config: DetectorConfig) -> Scan:
    detector = build(config)

    def scan_text(data: bytes, suffix: str = "py") -> Mapping[str, Any]:
        return detector.scan(ScanText(blob_id="0" * 40, suffix=suffix, data=data))

    return scan_text


@pytest.fixture(scope="session")
def scan(config: DetectorConfig) -> Scan:
    return _scanner(config)


@pytest.fixture(scope="session")
def other_scan(config: DetectorConfig) -> Scan:
    return _scanner(config)


def _text_of(package: str, name: str) -> bytes:
    files = [f for f in distribution(package).files or () if f.name == name]
    return Path(str(files[0].locate())).read_bytes()


@pytest.fixture(scope="session")
def mit() -> bytes:
    return _text_of("sqlalchemy", "LICENSE")


@pytest.fixture(scope="session")
def bsd() -> bytes:
    return _text_of("jinja2", "LICENSE.txt")


@pytest.fixture(scope="session")
def apache() -> bytes:
    return _text_of("license-expression", "apache-2.0.LICENSE")


@pytest.fixture(scope="session")
def lgpl() -> bytes:
    return _text_of("psycopg", "LICENSE.txt")
