from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.domain.text import NotText, ScanText, StoredOffsets, normalise, stored_span


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


def test_a_byte_that_windows_leaves_open_is_latin() -> None:
    assert normalise(b"a\x81\n") == ("a\x81\n".encode(), "latin-1")


def test_one_stray_byte_hides_nothing_else() -> None:
    stored = "Größe = 'µ'\n".encode() + b"\xff\nkey = 1\n"
    assert normalise(stored) == ("Größe = 'µ'\nÿ\nkey = 1\n".encode(), "utf-8-mixed")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize(
    "text",
    [
        "key = 'value'\n",
        "Größe = 1\n",
        "ключ = очень длинное значение\nи ещё одна строка, чтобы узнать\n",
        "鍵は長い値です。\n" * 5,
    ],
)
def test_wide_text_without_a_mark_is_known_by_its_nulls(encoding: str, text: str) -> None:
    assert normalise(text.encode(encoding)) == (text.encode(), encoding)


@settings(max_examples=25)
@given(st.binary(min_size=2000, max_size=4000))
def test_noise_is_no_wide_text(noise: bytes) -> None:
    with pytest.raises(NotText):
        normalise(b"\0" + noise.replace(b"\n", b"\x9f") + bytes(range(256)) * 8)


ENCODINGS = (
    *("utf-8", "utf-16", "utf-32", "cp1252"),
    *("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"),
)


@given(st.text(st.characters(codec="cp1252", exclude_categories=["C"]), min_size=1), st.data())
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_span_of_the_text_leads_back_to_its_stored_bytes(
    encoding: str, text: str, data: st.DataObject
) -> None:
    head, tail = data.draw(st.sampled_from(["", "plain ", "é "])), data.draw(st.text("aé\n "))
    stored = (head + text + tail).encode(encoding)
    mark = len("".encode(encoding))
    normal = (head + text + tail).encode()
    start = len(head.encode())
    begin, stop = stored_span(stored, encoding, start, start + len(text.encode()))
    assert stored[begin:stop] == text.encode(encoding)[mark:]
    assert stored_span(stored, encoding, 0, len(normal)) == (mark, len(stored))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_spans_far_into_a_large_text_lead_back_too(encoding: str) -> None:
    wide = "" if encoding == "cp1252" else "\U0001f511\u6f22"
    text = f"é KEY € plain {wide}\n" * 1000
    stored, normal = text.encode(encoding), text.encode()
    mark = len("".encode(encoding))
    offsets = StoredOffsets(stored, encoding)
    at, places = normal.find(b"KEY"), set()
    while at >= 0:
        begin, stop = offsets.span(at, at + 3)
        assert stored[begin:stop] == "KEY".encode(encoding)[mark:]
        places.add(begin)
        at = normal.find(b"KEY", at + 1)
    assert len(places) == 1000
    assert offsets.span(0, len(normal)) == (mark, len(stored))


@given(st.lists(st.sampled_from([b"plain", "größe µ→".encode(), b"\xff", b"\xc3", b"\x81"])))
def test_stray_bytes_lead_back_too(pieces: list[bytes]) -> None:
    stored = "ééééééééééééééééééééééééééééé".encode() + b"\xff" + b"KEY".join(pieces)
    normal, encoding = normalise(stored)
    offsets = StoredOffsets(stored, encoding)
    at = normal.find(b"KEY")
    while at >= 0:
        begin, stop = offsets.span(at, at + 3)
        assert stored[begin:stop] == b"KEY"
        at = normal.find(b"KEY", at + 1)


def test_a_span_that_cuts_a_character_grows() -> None:
    stored = "aéb".encode("utf-16-le")
    assert stored_span(stored, "utf-16-le", 2, 3) == (2, 4)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "binary"),
        (b"ok\x01\xff", "binary"),
        (b"\x00\x01\x02\x03" * 30, "binary"),
        (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00", "binary"),
        (b"\0" * 64, "binary"),
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
