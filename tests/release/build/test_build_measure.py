from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.build import measure as module
from release.build.measure import Measures, measure


def _plain(text: str) -> tuple[float, ...]:
    lines = text.removesuffix("\n").split("\n") if text else []
    return (
        len(text.encode()),
        len(lines),
        sum(map(len, lines)) / max(len(lines), 1),
        max(map(len, lines), default=0),
        sum(map(str.isalnum, text)) / max(len(text), 1),
        sum(map(str.isalpha, text)) / max(len(text), 1),
    )


_LINES = st.lists(
    st.sampled_from(["", "a", "é1", "\r", "\U0001d4b3y ", "\n", "\n\n", "\u0301"])
).map("".join)


@given(st.lists(st.text(max_size=100) | _LINES, max_size=8))
def test_measures_agree_with_the_plain_definition(texts: list[str]) -> None:
    found = measure([text.encode() for text in texts])
    columns = [getattr(found, name) for name in Measures.__slots__]
    assert list(zip(*columns, strict=True)) == [_plain(text) for text in texts]


def test_texts_are_measured_alike_however_they_are_batched(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [b"a\nb1\n", b"", b"c" * 40, "ä\n".encode(), b"\n"]
    whole = measure(texts)
    monkeypatch.setattr(module, "_BATCH_BYTES", 8)
    assert measure(texts) == whole
