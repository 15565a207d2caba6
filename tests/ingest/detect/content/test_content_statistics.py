"""Statistics agree with a slow count over characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.content.statistics import measure

_TEXTS = st.text(alphabet=st.sampled_from("aZ9 _\n\r\té字😀"), max_size=80)


@given(_TEXTS)
def test_counts_equal_a_count_by_character(text: str) -> None:
    shape = measure(text.encode())
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
        ended = len(lines)
    else:
        ended = len(lines) - 1
    lengths = [len(line) - (i < ended and line.endswith("\r")) for i, line in enumerate(lines)]

    assert shape.length_bytes == len(text.encode())
    assert shape.num_lines == len(lengths)
    assert shape.max_line_length == max(lengths, default=0)
    assert shape.avg_line_length == pytest.approx(sum(lengths) / len(lengths) if lengths else 0)
    assert shape.alpha_fraction == pytest.approx(
        sum(c.isalpha() for c in text) / len(text) if text else 0
    )
    assert shape.alphanum_fraction == pytest.approx(
        sum(c.isalnum() for c in text) / len(text) if text else 0
    )


def test_lengths_are_in_characters_not_bytes() -> None:
    assert measure("ääää\n".encode()).max_line_length == 4
