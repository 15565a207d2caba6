"""Texts that are nearly the known ones."""

from __future__ import annotations

import pytest

from ingest.detect.detector import DetectorConfig
from ingest.detect.licensing.likeness import LikenessMatcher
from ingest.detect.licensing.words import without_markup


@pytest.fixture(scope="module")
def matcher(config: DetectorConfig) -> LikenessMatcher:
    return LikenessMatcher(config.cache_dir, lambda _name: True)


def test_a_text_with_changed_words_is_still_that_text(
    matcher: LikenessMatcher, apache: bytes
) -> None:
    changed = apache.replace(b"Licensor", b"Giver").replace(b"copyright owner", b"author")
    (like,) = matcher.find(matcher.read(without_markup(changed)))

    assert like.license_id == "Apache-2.0"
    assert like.is_whole
    assert not like.is_exact
    assert like.added


def test_two_texts_are_two_passages(matcher: LikenessMatcher, mit: bytes, bsd: bytes) -> None:
    found = matcher.find(matcher.read(without_markup(mit + b"\n\n" + bsd)))

    assert found[0].license_id == "MIT"
    assert len(found) == 2
    assert found[0].end <= found[1].start


def test_a_quarter_of_a_text_is_not_whole(matcher: LikenessMatcher, apache: bytes) -> None:
    found = matcher.find(matcher.read(without_markup(apache[: len(apache) // 4])))

    assert not any(like.is_whole for like in found)


def test_prose_is_no_text(matcher: LikenessMatcher) -> None:
    reading = matcher.read(b"The quick brown fox jumps over the lazy dog. " * 50)

    assert not matcher.has_candidate(reading)
    assert matcher.find(reading) == ()
