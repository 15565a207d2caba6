from __future__ import annotations

from ingest.detect.pii.acceptance import rule_of
from ingest.detect.pii.scanner import PiiDetector


def test_every_recognizer_has_a_rule(detector: PiiDetector) -> None:
    names = [recognizer.name for recognizer in detector._engine._analyzer.registry.recognizers]
    assert all(callable(rule_of(name)) for name in names)
