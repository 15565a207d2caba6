from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.secrets.windows import (
    OVERLAP_BYTES,
    WINDOW_BYTES,
    open_window,
    window_spans,
)


def test_a_short_line_is_one_window_without_its_line_end() -> None:
    data = b"one\ntwo two\nthree"
    assert list(window_spans(data, [5, 9])) == [(4, 11)]


def test_a_match_of_the_overlap_lies_whole_in_a_window_wherever_it_stands() -> None:
    data = b"x" * (5 * WINDOW_BYTES)
    for start in range(0, len(data) - OVERLAP_BYTES, 97):
        end = start + OVERLAP_BYTES
        assert any(a <= start and end <= b for a, b in window_spans(data, [end]))


@given(st.integers(0, 3 * WINDOW_BYTES), st.lists(st.integers(1, 9 * WINDOW_BYTES), max_size=20))
def test_windows_are_bounded_unique_sorted_and_hold_every_hit(size: int, raw: list[int]) -> None:
    data = b"a" * size + b"\n" + b"b" * (5 * WINDOW_BYTES) + b"\nc\n"
    ends = sorted(end for end in raw if end <= len(data))
    spans = list(window_spans(data, ends))
    assert spans == sorted(set(spans))
    assert all(b - a <= WINDOW_BYTES and b"\n" not in data[a:b] for a, b in spans)
    assert all(any(a <= end - 1 <= b for a, b in spans) for end in ends)


@given(st.text("aé€😀 ", max_size=60), st.integers(0, 10), st.integers(0, 80))
def test_a_window_gives_back_the_bytes_of_its_characters(text: str, start: int, size: int) -> None:
    data = text.encode()
    window = open_window(data, min(start, len(data)), min(start + size, len(data)))
    for begin in range(len(window.text)):
        a, b = window.span(begin, begin + 1)
        assert data[a:b].decode() == window.text[begin]
