from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.finding import Category, Confidence, Finding
from ingest.domain.secret import Secret
from tests.strategies.ingest import KEY, findings


def make(value: bytes = b"value", rule: str = "rule", start: int = 0, end: int = 5) -> Finding:
    return Finding.of(
        Secret(value),
        key=KEY,
        detector_id="test",
        rule_id=rule,
        category=Category.PASSWORD,
        start=start,
        end=end,
        line=1,
        confidence=Confidence.LOW,
    )


@given(findings())
def test_a_finding_has_a_span_and_an_identity(finding: Finding) -> None:
    assert 0 <= finding.start < finding.end
    assert finding.hmac
    assert finding.fingerprint != finding.hmac


@given(st.binary(min_size=17, max_size=64))
def test_no_field_of_a_finding_holds_the_value(value: bytes) -> None:
    text = repr(asdict(make(value))).encode()
    assert value not in text
    assert value.hex().encode() not in text


def test_the_fingerprint_survives_a_move_and_tells_rules_and_values_apart() -> None:
    assert make(start=0, end=5).fingerprint == make(start=90, end=95).fingerprint
    assert make(rule="a").fingerprint != make(rule="b").fingerprint
    assert make(value=b"a").fingerprint != make(value=b"b").fingerprint
    assert make(rule="a").hmac == make(rule="b").hmac


@pytest.mark.parametrize(("start", "end"), [(5, 5), (6, 5), (-1, 5)])
def test_an_empty_or_negative_span_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="start < end"):
        make(start=start, end=end)
