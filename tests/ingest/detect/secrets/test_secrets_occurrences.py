from __future__ import annotations

import pytest

from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.occurrences import further_occurrences
from ingest.domain.finding import Category, Confidence


def places(data: bytes, value: bytes, category: Category) -> list[int]:
    start = data.index(value)
    match = Match(
        start=start,
        end=start + len(value),
        detector_id="d",
        rule_id="r",
        category=category,
        confidence=Confidence.LOW,
    )
    return [m.start for m in further_occurrences(data, [match])]


def test_a_vendor_token_is_found_anywhere() -> None:
    data = b"tok12345 xtok12345x 'tok12345'"
    assert places(data, b"tok12345", Category.PROVIDER_TOKEN) == [10, 21]


def test_an_odd_value_is_found_as_a_whole_word() -> None:
    data = b"q9!Zx7Pw1 (q9!Zx7Pw1) aq9!Zx7Pw1 q9!Zx7Pw12 -q9!Zx7Pw1."
    assert places(data, b"q9!Zx7Pw1", Category.PASSWORD) == [11, 45]


@pytest.mark.parametrize(
    ("value", "expected"), [(b"abc12", [6]), (b"string", []), (b"x1", []), (b"password", [])]
)
def test_a_weak_value_is_found_between_quotes_or_not_at_all(
    value: bytes, expected: list[int]
) -> None:
    data = value + b"'" + value + b"' " + value + b" '" + value + b'"'
    found = places(data, value, Category.PASSWORD)
    assert found == expected


def test_many_values_in_a_large_blob_are_found_in_one_pass() -> None:
    values = [b"k%04dZq!9" % n for n in range(200)]
    data = b"\n".join([*values, b" " * 400_000, *values])
    matches = [
        Match(
            start=data.index(v),
            end=data.index(v) + len(v),
            detector_id="d",
            rule_id="r",
            category=Category.PASSWORD,
            confidence=Confidence.LOW,
        )
        for v in values
    ]
    found = further_occurrences(data, matches)
    assert sorted(data[m.start : m.end] for m in found) == values
    assert all(m.start >= 400_000 and m.evidence == "occurrence" for m in found)
