"""The funnel loses nothing: gates and windows give what reading everything gives."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.accuracy.pii_benign import benign_lines
from benchmarks.accuracy.pii_planted import planted
from ingest.detect.pii.engine import MAX_WINDOW_BYTES
from ingest.detect.pii.rules import THRESHOLDS
from ingest.detect.pii.scanner import PiiDetector
from ingest.domain.text import ScanText

PACKAGES = ("click", "jinja2")
MAX_BYTES = 40_000


def installed(package: str) -> Iterator[ScanText]:
    folder = Path(str(importlib.import_module(package).__file__)).parent
    for path in sorted(folder.rglob("*.py")):
        data = path.read_bytes()
        if len(data) <= MAX_BYTES:
            yield ScanText(blob_id="0" * 40, suffix="py", data=data)


def invented() -> Iterator[ScanText]:
    for case in planted(25, seed=23):
        yield ScanText(blob_id="0" * 40, suffix=case.suffix, data=case.data)
    lines = "\n".join(line for _, line in benign_lines())
    yield ScanText(blob_id="0" * 40, suffix="md", data=lines.encode())


@pytest.mark.parametrize("package", PACKAGES)
def test_real_code_gives_the_same_findings_without_gates(
    package: str, detector: PiiDetector
) -> None:
    for text in installed(package):
        assert detector.scan(text)["findings"] == detector.scan_unfiltered(text)


def test_planted_values_give_the_same_findings_without_gates(detector: PiiDetector) -> None:
    for text in invented():
        assert detector.scan(text)["findings"] == detector.scan_unfiltered(text)


def test_presidio_gives_the_same_hits_as_the_recognizers_asked_alone(
    detector: PiiDetector,
) -> None:
    data = b"\n".join(case.data for case in planted(3, seed=5))[:MAX_WINDOW_BYTES]
    for category in THRESHOLDS:
        alone = detector._engine.find_in_all(data, category)
        assert sorted(detector._engine.analyze(data, category)) == sorted(alone)
