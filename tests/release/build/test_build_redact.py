from __future__ import annotations

import re

import pytest
from hypothesis import given

from ingest.domain.finding import Category
from policies.placeholders import PLACEHOLDERS
from release.build.redact import (
    RedactionSpan,
    is_placeholder,
    merge_spans,
    redact,
)
from tests.strategies.release import marker, texts_with_spans

Drawn = tuple[bytes, list[RedactionSpan]]


def _span(start: int, end: int, category: Category = Category.PASSWORD) -> RedactionSpan:
    return RedactionSpan(start=start, end=end, category=category)


def test_every_category_has_a_placeholder() -> None:
    assert set(PLACEHOLDERS) == set(Category)


@given(texts_with_spans())
def test_redacted_text_is_utf8_with_as_many_line_ends_as_before(drawn: Drawn) -> None:
    data, spans = drawn
    shipped, _ = redact(data, spans)
    shipped.decode("utf-8")
    assert shipped.count(b"\n") == data.count(b"\n")


@given(texts_with_spans())
def test_redacting_at_the_places_of_the_placeholders_changes_nothing(drawn: Drawn) -> None:
    shipped, redactions = redact(*drawn)
    again, same = redact(shipped, [_span(r.start, r.end, r.kind) for r in redactions])
    assert (again, same) == (shipped, redactions)


@given(texts_with_spans())
def test_redactions_name_places_of_the_shipped_text(drawn: Drawn) -> None:
    shipped, redactions = redact(*drawn)
    for redaction in redactions:
        value = shipped[redaction.start : redaction.end]
        assert value.startswith(redaction.placeholder.encode())
        assert is_placeholder(value)


@given(texts_with_spans())
def test_what_lies_outside_the_spans_is_kept_byte_for_byte(drawn: Drawn) -> None:
    data, spans = drawn
    shipped, redactions = redact(data, spans)
    rest, position = b"", 0
    for redaction in redactions:
        rest += shipped[position : redaction.start]
        position = redaction.end
    rest += shipped[position:]
    covered = {i for span in spans for i in range(span.start, span.end)}
    whole = [m.span() for m in re.finditer(rb"[\x00-\x7f]|[\xc0-\xff][\x80-\xbf]*", data)]
    kept = [data[a:b] for a, b in whole if covered.isdisjoint(range(a, b))]
    assert rest == b"".join(kept)


def test_a_private_key_over_several_lines_keeps_their_number() -> None:
    value = marker(Category.PRIVATE_KEY, lines=4)
    data = b"a\n" + value + b"\nb\n"
    shipped, _ = redact(data, [_span(2, 2 + len(value), Category.PRIVATE_KEY)])
    assert shipped == b"a\n<KEY>\n\n\n\nb\n"


def test_windows_line_ends_inside_a_span_stay_windows_line_ends() -> None:
    assert redact(b"x\r\ny", [_span(0, 4)])[0] == b"<PASSWORD>\r\n"


def test_overlaps_are_merged_under_the_first_category() -> None:
    spans = [_span(3, 9, Category.EMAIL_ADDRESS), _span(0, 5, Category.URI_CREDENTIAL)]
    assert merge_spans(spans) == [_span(0, 9, Category.URI_CREDENTIAL)]


def test_spans_that_touch_stay_two_placeholders() -> None:
    spans = [_span(0, 2), _span(2, 4, Category.PERSON)]
    assert redact(b"abcd", spans)[0] == b"<PASSWORD><NAME>"


def test_a_span_of_another_text_is_refused() -> None:
    with pytest.raises(ValueError, match="behind the text"):
        redact(b"abc", [_span(1, 4)])


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (1, 1), (2, 1)])
def test_an_empty_or_negative_span_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="0 <= start < end"):
        _span(start, end)


def test_a_value_around_a_placeholder_is_no_placeholder() -> None:
    assert is_placeholder(b"<KEY>\n\n")
    assert not is_placeholder(b"<KEY>x")
    assert not is_placeholder(b"")
