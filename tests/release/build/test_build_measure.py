from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.build.measure import measure


@given(st.text(max_size=200))
def test_measures_agree_with_the_plain_definition(text: str) -> None:
    found = measure(text.encode(), text)
    lines = text.removesuffix("\n").split("\n") if text else []
    assert found.length_bytes == len(text.encode())
    assert found.num_lines == len(lines)
    assert found.max_line_length == max(map(len, lines), default=0)
    assert found.avg_line_length == pytest.approx(sum(map(len, lines)) / max(len(lines), 1))
    assert found.alpha_fraction == pytest.approx(sum(map(str.isalpha, text)) / max(len(text), 1))
    assert found.alphanum_fraction == pytest.approx(sum(map(str.isalnum, text)) / max(len(text), 1))
