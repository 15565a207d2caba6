"""An expression that is tried where it may begin finds what it finds anywhere."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.licensing.names import fold
from ingest.detect.licensing.openings import (
    EDGE,
    Expression,
    Folded,
    OpeningIndex,
    matches_at,
    openings,
    possible,
)
from ingest.detect.licensing.reading import expressions

EXPRESSIONS = tuple(dict.fromkeys(expressions()))
INDEX = OpeningIndex({e: e.openings for e in EXPRESSIONS}, None)
BEGINNINGS = sorted({literal.lstrip(EDGE) for e in EXPRESSIONS for literal in e.openings})
_WORDS = """
the a of this be is are under either terms license licensed agreement not may only for use used to
permission granted gnu general public version 2 or later mit bsd apache 2.0 domain train ai model
commercial internal copy redistribution purposes software file see copying all rights reserved
"""
WORDS = _WORDS.split()


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("abc", {"abc"}),
        (r"\bab|cd", {"\bab", "cd"}),
        (r"x\bab", {"xab"}),
        (r"\b(?:ab|\bcd)", {"\bab", "\bcd"}),
        (r"\b-ab", {"-ab"}),
        (r"\b\s+ab", set()),
        (r"\bab|a", {"a"}),
        (r"\bab|ab", {"ab"}),
        (r"(?:\b)?ab", {"ab"}),
        (r"\B(?:ab)", {"ab"}),
        ("a?bc", {"abc", "bc"}),
        ("a{0,3}b", {"a", "b"}),
        ("a+b", {"a"}),
        ("ab{2}c", {"ab"}),
        ("(?P<x>a|b)c", {"ac", "bc"}),
        ("licen[cs]e", {"licence", "license"}),
        (r"is\s{1,60}free", {"is "}),
        (r"(?=x)an(?!c)d", {"and"}),
        ("longer than eight", {"longer t"}),
        ("ab|abc", {"ab"}),
        (r"\w+x", set()),
        (r"\s+x|ab", set()),
        ("[^a]b", set()),
        ("[a-z]b", set()),
        ("a?", set()),
        ("(?i:ab)", set()),
        (r"(a)\1", {"a"}),
    ],
)
def test_each_match_begins_with_an_opening(pattern: str, expected: set[str]) -> None:
    assert openings(pattern) == expected


@given(
    pieces=st.lists(
        st.one_of(
            st.sampled_from(BEGINNINGS),
            st.sampled_from(WORDS),
            st.sampled_from([" ", "\n", "\t", "\xa0", ".", "(", "-", "\xe9", ",", "/"]),
        ),
        max_size=40,
    ),
    joint=st.sampled_from(["", " ", "\n"]),
)
def test_every_expression_finds_what_it_finds_alone(pieces: list[str], joint: str) -> None:
    text = joint.join(pieces)
    folded = Folded.of(text, INDEX)
    for expression in EXPRESSIONS:
        alone = [m.span() for m in expression.plain.finditer(text)]
        assert [m.span() for m in expression.finditer(folded)] == alone


def test_license_texts_are_searched_alike(mit: bytes, apache: bytes) -> None:
    for text in (fold(mit), fold(apache)):
        folded = Folded.of(text, INDEX)
        for expression in EXPRESSIONS:
            alone = [m.span() for m in expression.plain.finditer(text)]
            assert [m.span() for m in expression.finditer(folded)] == alone


def test_bounds_mean_what_they_mean_to_the_expression() -> None:
    expression = Expression("ab?")
    text = "ab ab ab"
    folded = Folded.of(text, OpeningIndex({expression: expression.openings}, None))

    for low in range(len(text)):
        for high in range(low, len(text) + 1):
            alone = [m.span() for m in expression.plain.finditer(text, low, high)]
            assert [m.span() for m in expression.finditer(folded, low, high)] == alone


def test_an_expression_that_no_index_knows_is_tried_everywhere() -> None:
    known, other, loose = Expression("known"), Expression("other"), Expression(r"\w")
    index = OpeningIndex({e: e.openings for e in (known, loose)}, None)
    folded = Folded.of("an other", index)

    assert other.search(folded)
    assert loose.search(folded)
    assert not known.search(folded)
    assert list(possible((known, other, loose), folded)) == [1, 2]
    assert list(possible((known, other, loose), "an other")) == [0, 1, 2]


def test_matches_never_overlap() -> None:
    found = matches_at(re.compile("aa"), "aaaa", [0, 1, 2, 3])

    assert [m.span() for m in found] == [(0, 2), (2, 4)]
