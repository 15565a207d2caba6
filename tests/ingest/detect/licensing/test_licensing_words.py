"""Words without what people change when they copy a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.licensing.words import without_markup, words_of


def _words(text: str) -> tuple[str, ...]:
    return words_of(without_markup(text.encode())).words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the license, and its terms", " * the licence and\n * its terms"),
        ("<p>the &quot;Software&quot;</p>", "the \u201cSoftware\u201d"),
        ("version 2.0 of the", "v2 of the"),
        ("authorised organisation", "authorized organization"),
        ("1. the name (ii) of it", "the name of it"),
    ],
)
def test_texts_that_differ_in_form_only_have_the_same_words(one: str, other: str) -> None:
    assert _words(one) == _words(other) != ()


@given(data=st.binary(max_size=300))
def test_blanking_keeps_every_offset_and_words_lie_in_order(data: bytes) -> None:
    plain = without_markup(data)
    words = words_of(plain)

    assert len(plain) == len(data)
    assert list(words.starts) == sorted(words.starts)
    assert all(a < b for a, b in zip(words.starts, words.ends, strict=True))
