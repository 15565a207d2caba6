"""The faster split of words finds what the engine's own finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from licenseclassifier._engine.scan import builtin_scanner

from ingest.detect.licensing.engine import fast_split

PIECES = [
    *("copyright", "(c)", "Copyright", "©", "&copy;", "license(s)", "(S)", "(s)", "these"),
    *("https://a.org/x", "[b](http://c.d/e)", "](#f)", "{#a}", "<p>", "</p>", "<a href='x'>"),
    *("<", "&", "&amp;", "&#12;", "&#x1f;", "copies", "THEM", "a-b", "v2.0", "(", ")", "é"),
    *(" ", "\n", "\r\n", "word"),
]


@given(text=st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_the_faster_split_gives_the_words_of_the_engine(text: str) -> None:
    words = builtin_scanner().dict
    assert fast_split(words)(text) == words._split(text, False)


def test_whole_texts_are_split_alike(mit: bytes, apache: bytes) -> None:
    words = builtin_scanner().dict
    for text in (mit.decode(), apache.decode()):
        assert fast_split(words)(text) == words._split(text, False)


@pytest.mark.parametrize("text", ["", " ", "(c)", "a(s)", "c)", "(c"])
def test_edges_are_split_alike(text: str) -> None:
    words = builtin_scanner().dict
    assert fast_split(words)(text) == words._split(text, False)
