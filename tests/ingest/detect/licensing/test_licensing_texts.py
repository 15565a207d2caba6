"""The template engine behind our spans."""

from __future__ import annotations

import pytest
from licenseclassifier._engine.scan import builtin_scanner

from ingest.detect.licensing import texts
from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.evidence import Evidence, Kind
from ingest.detect.licensing.texts import TextMatcher, coverage


def test_spans_are_bytes_even_after_other_letters(algebra: LicenseAlgebra, mit: bytes) -> None:
    start = mit.index(b"Permission")
    prefix = "Größe 字 — ".encode() * 20 + b"\n\n"
    (sign,) = TextMatcher(algebra).find_texts(prefix + mit[start:])

    assert sign.spdx == "MIT"
    assert (prefix + mit[start:])[sign.start : sign.end].strip() == mit[start:].strip()


def test_the_same_text_gives_the_same_signs(algebra: LicenseAlgebra, apache: bytes) -> None:
    matcher = TextMatcher(algebra)

    assert matcher.find_texts(apache) == matcher.find_texts(apache)
    assert matcher.find_texts(b"short") == ()


def test_the_memory_of_the_engine_is_bounded(
    algebra: LicenseAlgebra, mit: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher = TextMatcher(algebra)
    expected = matcher.find_texts(mit)
    monkeypatch.setattr(texts, "_MAX_STATES", 10)

    assert len(builtin_scanner().re._info) > 10
    assert TextMatcher(algebra).find_texts(b"words " * 20) == ()
    assert len(builtin_scanner().re._info) <= 20
    assert TextMatcher(algebra).find_texts(mit) == expected


def test_coverage_counts_overlaps_once() -> None:
    def sign(start: int, end: int) -> Evidence:
        return Evidence(start=start, end=end, kind=Kind.TEXT, spdx="MIT", score=1.0)

    assert coverage(100, (sign(0, 40), sign(20, 50))) == 0.5
    assert coverage(0, ()) == 0.0
