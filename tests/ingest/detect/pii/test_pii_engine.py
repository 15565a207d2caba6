from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.pii.engine import MAX_WINDOW_BYTES, Hit, whole_characters
from ingest.detect.pii.scanner import PiiDetector
from ingest.domain.finding import Category

ADDRESS = "tööhn" + "@" + "müller.de"


def test_a_hit_is_counted_in_bytes_of_the_whole_text(detector: PiiDetector) -> None:
    data = f"日本 𝄞 {ADDRESS} 日本".encode()
    start = data.index(b"t\xc3\xb6")
    hits = detector._engine.find(data, 4, len(data) - 1, Category.EMAIL_ADDRESS)
    assert hits == [
        Hit(
            category=Category.EMAIL_ADDRESS,
            rule="email.address",
            start=start,
            end=start + len(ADDRESS.encode()),
        )
    ]


def test_a_long_window_is_refused(detector: PiiDetector) -> None:
    data = b"x" * (MAX_WINDOW_BYTES + 1)
    with pytest.raises(ValueError, match="window"):
        detector._engine.find(data, 0, len(data), Category.IP_ADDRESS)


@given(st.text(max_size=30), st.integers(0, 120), st.integers(0, 120))
def test_a_widened_window_holds_the_window_and_cuts_no_character(
    text: str, first: int, second: int
) -> None:
    data = text.encode()
    start, end = sorted((min(first, len(data)), min(second, len(data))))
    left, right = whole_characters(data, start, end)
    assert left <= start
    assert end <= right
    data[left:right].decode()
