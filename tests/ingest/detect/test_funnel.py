from __future__ import annotations

import os
import re
from itertools import pairwise
from pathlib import Path

import hyperscan
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.funnel import (
    CASELESS,
    ONCE,
    START,
    Funnel,
    LineIndex,
    Pattern,
    lines_at,
    merge_spans,
)
from ingest.errors import ConfigurationError

WORDS = [
    Pattern(id=1, expression=rb"ab+"),
    Pattern(id=2, expression=rb"CD", flags=CASELESS),
    Pattern(id=3, expression=rb"e", flags=ONCE),
]
texts = st.text("abcdeCD \n", max_size=200).map(str.encode)


def test_hits_are_the_ends_of_matches_by_pattern() -> None:
    assert Funnel(WORDS).hits(b"abb cd\nCd ee") == {1: [2, 3], 2: [6, 9], 3: [11]}


def test_an_empty_blob_and_an_empty_funnel_have_no_hits() -> None:
    assert Funnel(WORDS).hits(b"") == {}
    assert Funnel([]).hits(b"anything") == {}


def test_the_start_of_a_match_is_given_on_demand() -> None:
    funnel = Funnel([Pattern(id=7, expression=rb"b[0-9]c", flags=START)])
    assert funnel.matches(b"a b1c b2c") == [(5, 7, 2), (9, 7, 6)]


def test_a_literal_funnel_reads_no_pattern_syntax() -> None:
    funnel = Funnel([Pattern(id=0, expression=b"a.c")], literal=True)
    assert funnel.hits(b"abc a.c") == {0: [7]}


def test_spans_that_overlap_or_touch_are_joined() -> None:
    assert merge_spans([(0, 5), (2, 4), (5, 9), (13, 16)]) == [(0, 9), (13, 16)]


def test_lines_at_match_ends_are_whole_lines_once_each() -> None:
    data = b"no\nxy and xy\nno\nxy"
    spans = lines_at(data, [5, 12, 18])
    assert [data[a:b] for a, b in spans] == [b"xy and xy", b"xy"]


@pytest.mark.parametrize("expression", [b"(", b"(?=a)b", b"a*"])
def test_a_refused_pattern_is_an_error_that_does_not_quote_it(expression: bytes) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Funnel([Pattern(id=0, expression=expression)])
    assert expression.decode() not in str(caught.value)


def test_a_compiled_funnel_is_kept_and_private(tmp_path: Path) -> None:
    first = Funnel(WORDS, cache_dir=tmp_path).hits(b"abb cd")
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    assert Funnel(WORDS, cache_dir=tmp_path).hits(b"abb cd") == first


def test_a_torn_cache_entry_is_compiled_anew(tmp_path: Path) -> None:
    Funnel(WORDS, cache_dir=tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:50])
    assert Funnel(WORDS, cache_dir=tmp_path).hits(b"cd") == {2: [2]}
    assert isinstance(hyperscan.loadb(kept.read_bytes(), hyperscan.HS_MODE_BLOCK), object)


def test_other_patterns_use_another_cache_entry(tmp_path: Path) -> None:
    Funnel(WORDS, cache_dir=tmp_path)
    Funnel(WORDS[:1], cache_dir=tmp_path)
    Funnel(WORDS[:1], cache_dir=tmp_path, literal=True)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_funnel_works_after_a_fork() -> None:
    funnel = Funnel(WORDS)
    expected = funnel.hits(b"abb cd")
    child = os.fork()
    if child == 0:
        os._exit(0 if funnel.hits(b"abb cd") == expected else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_one_line_of_eight_mebibytes_is_scanned() -> None:
    size = 8 * 1024 * 1024
    data = b"x" * (size - 2) + b"cd"
    assert Funnel(WORDS).hits(data) == {2: [size]}


@given(texts)
def test_hits_agree_with_the_expressions_of_python(data: bytes) -> None:
    hits = Funnel(WORDS).hits(data)
    assert hits.get(2, []) == [m.end() for m in re.finditer(rb"(?i)CD", data)]
    assert bool(hits.get(1)) == (re.search(rb"ab", data) is not None)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted)))
def test_joined_spans_are_disjoint_sorted_and_hold_the_same_bytes(spans: list[list[int]]) -> None:
    joined = merge_spans(sorted((a, b) for a, b in spans))
    assert all(left[1] < right[0] for left, right in pairwise(joined))
    assert {n for a, b in joined for n in range(a, b)} == {n for a, b in spans for n in range(a, b)}


@given(texts, st.lists(st.integers(1, 200)))
def test_lines_hold_every_end_and_no_line_end(data: bytes, ends: list[int]) -> None:
    inside = sorted(e for e in ends if e <= len(data))
    spans = lines_at(data, inside)
    assert all(b"\n" not in data[a:b] for a, b in spans)
    assert all(any(a <= e - 1 <= b for a, b in spans) for e in inside)
    assert spans == sorted(set(spans))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20))))
def test_merged_spans_cover_the_same_bytes(raw: list[tuple[int, int]]) -> None:
    spans = sorted((start, start + size) for start, size in raw)
    merged = merge_spans(spans)
    assert {n for a, b in spans for n in range(a, b)} == {n for a, b in merged for n in range(a, b)}


@given(texts)
def test_line_numbers_agree_with_counting(data: bytes) -> None:
    index = LineIndex(data)
    for offset in range(len(data) + 1):
        assert index.line_of(offset) == data.count(b"\n", 0, offset) + 1


@given(st.lists(st.sampled_from([b"ab", b"xabx", b"", b"b", b"a"]), max_size=8), st.data())
def test_hits_in_some_lines_are_those_of_the_text_within_them(
    lines: list[bytes], data: st.DataObject
) -> None:
    funnel, text = Funnel([Pattern(id=3, expression=b"ab")], literal=True), b"\n".join(lines)
    starts = [len(b"\n".join(lines[:n])) + (n > 0) for n in range(len(lines))]
    spans = [(s, s + len(line)) for s, line in zip(starts, lines, strict=True)]
    chosen = [span for span in spans if data.draw(st.booleans())]
    wanted = [
        end for end in funnel.hits(text).get(3, []) if any(s < end <= stop for s, stop in chosen)
    ]
    assert funnel.hits_in(text, chosen) == ({3: wanted} if wanted else {})
