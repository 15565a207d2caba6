"""The template engine behind our spans."""

from __future__ import annotations

import re

import pytest
from licenseclassifier._engine.scan import builtin_scanner

from ingest.detect.detector import DetectorConfig
from ingest.detect.licensing import engine
from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.evidence import Evidence, Kind
from ingest.detect.licensing.templates import read_templates
from ingest.detect.licensing.texts import _GATE, TextMatcher, Texts, coverage


def test_spans_are_bytes_even_after_other_letters(
    algebra: LicenseAlgebra, config: DetectorConfig, mit: bytes
) -> None:
    start = mit.index(b"Permission")
    prefix = "Größe 字 — ".encode() * 20 + b"\n\n"
    (sign,) = TextMatcher(algebra, config.cache_dir).find_texts(prefix + mit[start:]).found

    assert sign.spdx == "MIT"
    assert (prefix + mit[start:])[sign.start : sign.end].strip(b".\n") == mit[start:].strip(b".\n")


def test_the_same_text_gives_the_same_signs(
    algebra: LicenseAlgebra, config: DetectorConfig, apache: bytes
) -> None:
    matcher = TextMatcher(algebra, config.cache_dir)

    assert matcher.find_texts(apache) == matcher.find_texts(apache)
    assert matcher.find_texts(b"short") == Texts()


def test_the_memory_of_the_engine_is_bounded(
    algebra: LicenseAlgebra,
    config: DetectorConfig,
    mit: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matcher = TextMatcher(algebra, config.cache_dir)
    expected = matcher.find_texts(mit)
    monkeypatch.setattr(engine, "_MAX_STATES", 10)

    states = vars(builtin_scanner().re)["states"]
    assert len(states) > 10
    engine.forget_states()
    assert len(states) == 1
    assert TextMatcher(algebra, config.cache_dir).find_texts(mit) == expected


def test_coverage_counts_overlaps_once() -> None:
    def sign(start: int, end: int) -> Evidence:
        return Evidence(start=start, end=end, kind=Kind.TEXT, spdx="MIT", score=1.0)

    assert coverage(100, (sign(0, 40), sign(20, 50))) == 0.5
    assert coverage(0, ()) == 0.0


def test_the_gate_lets_every_known_text_through() -> None:
    for template in read_templates():
        words = " ".join(" ".join(triple) for triple in sorted(template.possible))
        is_japanese = template.license_id == "CC-BY-SA-2.1-JP"
        assert is_japanese or re.search(_GATE, words.encode(), re.IGNORECASE), template.license_id


def test_words_that_were_added_to_a_permissive_text_are_told(
    algebra: LicenseAlgebra, config: DetectorConfig, mit: bytes
) -> None:
    clause = b"Every user has to dance around the old oak tree at midnight."
    middle = mit.index(b"The above copyright")
    matcher = TextMatcher(algebra, config.cache_dir)
    changed = matcher.find_texts(mit[:middle] + clause + b"\n\n" + mit[middle:])

    assert {sign.spdx for sign in changed.found} == {"MIT"}
    assert any(start <= middle + 20 < end for start, end in changed.added)
    assert not any(b - a > 40 for a, b in matcher.find_texts(mit).added)
