from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.funnel import CASELESS, Funnel, Pattern
from ingest.detect.views.gate import Gate, Kind

EXACT = Funnel(
    [
        Pattern(id=0, expression=expression, flags=CASELESS)
        for expression in (
            rb"(?:^|[^0-9A-Za-z]|0x)(?:[2-7][0-9a-f]|0[9ad]){8}",
            rb"(?:1f8b08|504b0304|425a68)[0-9a-f]{16}",
            rb"(?:[2-7][0-9a-f]|0[9ad]){16}",
        )
    ]
)
GATE = Gate()
digits = st.lists(st.sampled_from(("61", "7A", "0a", "2", "9f", "c", "x", " ", "0X", "1f8b08")))
texts = st.lists(digits.map("".join) | st.just("4f" * 8) | st.just("0d4A" * 9)).map("".join)


@given(text=texts)
def test_digits_are_seen_where_a_run_that_stands_for_text_begins_or_is_long(text: str) -> None:
    data = text.encode()
    assert GATE.hits(data).get(Kind.HEX, []) == EXACT.hits(data).get(0, [])
