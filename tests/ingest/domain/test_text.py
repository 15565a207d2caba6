from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.text import NotText, ScanText, normalise


@given(st.text().filter(lambda t: "\0" not in t and not t.startswith(("\ufeff", "\ufffe"))))
def test_utf8_is_its_own_normal_form(text: str) -> None:
    data = text.encode()
    assert normalise(data) == (data, "utf-8")


# FF FE 00 00 is a mark of UTF-32 and, as well, UTF-16 that begins with NUL.
@given(st.text(min_size=1).filter(lambda t: not t.startswith(("\ufeff", "\0"))))
@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_text_with_a_byte_order_mark_is_transcoded(encoding: str, text: str) -> None:
    assert normalise(text.encode(encoding)) == (text.encode(), encoding)


def test_a_latin_file_is_transcoded_by_its_bytes() -> None:
    assert normalise("Größe = 1\n".encode("latin-1")) == ("Größe = 1\n".encode(), "cp1252")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "binary"),
        (b"ok\x01\xff", "binary"),
        (b"a\x81\n", "undecodable"),
        (b"\xff\xfea", "undecodable"),
    ],
)
def test_what_is_no_text_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(NotText) as caught:
        normalise(data)
    assert caught.value.reason == reason


@given(st.binary())
def test_any_bytes_are_either_normalised_to_utf8_or_refused(data: bytes) -> None:
    try:
        text, _ = normalise(data)
    except NotText as error:
        assert error.reason in {"binary", "undecodable"}  # noqa: PT017 - one of two outcomes
    else:
        text.decode("utf-8")


def test_lines_are_counted_from_one() -> None:
    text = ScanText(blob_id="0" * 40, suffix="py", data=b"a\nb\nc")
    assert [text.line_of(offset) for offset in range(5)] == [1, 1, 2, 2, 3]
