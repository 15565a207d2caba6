"""The faster parts of the engine find what its own find."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from licenseclassifier._engine.matcher import MultiRE
from licenseclassifier._engine.scan import Scanner, builtin_scanner

from ingest.detect.licensing.engine import fast_split, hasten

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


def hastened() -> Scanner:
    hasten()
    return builtin_scanner()


@cache
def _own_automaton() -> MultiRE:
    """Return the engine's automaton as the package has it."""
    mine = hastened().re
    start = vars(mine)["states"].start
    return MultiRE.from_compiled(mine.ops, mine.args, mine.start, start, mine.dict)


@settings(max_examples=30)
@given(
    cuts=st.lists(st.integers(0, 1200), max_size=4),
    words=st.lists(st.sampled_from(["and", "not", "copyright", "copyrights", "soft ware", "x"])),
)
def test_states_made_on_demand_match_what_the_engine_matches(
    mit: bytes, cuts: list[int], words: list[str]
) -> None:
    text = mit.decode()
    for cut, word in zip(cuts, words, strict=False):
        text = f"{text[:cut]} {word} {text[cut + len(word) :]}"

    assert hastened().re.match(text) == _own_automaton().match(text)


def test_whole_texts_match_alike_before_and_after_the_states_are_forgotten(
    apache: bytes,
) -> None:
    scanner, text = hastened(), apache.decode()
    expected = _own_automaton().match(text)

    assert expected[1]
    assert scanner.re.match(text) == expected
    vars(scanner.re)["states"].forget()
    assert scanner.re.match(text) == expected
