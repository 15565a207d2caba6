from __future__ import annotations

from ingest.detect.pii.acceptance import _RULES
from ingest.detect.pii.scanner import PiiDetector


def test_every_recognizer_has_exactly_one_rule(detector: PiiDetector) -> None:
    names = [recognizer.name for recognizer in detector._engine._analyzer.registry.recognizers]
    assert sorted(names) == sorted(_RULES)
