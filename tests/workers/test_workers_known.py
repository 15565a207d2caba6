from __future__ import annotations

from ingest.domain.finding import Category, Confidence, Finding
from ingest.domain.secret import HmacKey, Secret
from ingest.domain.text import ScanText
from workers.known import findings_of_sweep, known_values

KEY = HmacKey(key_id="test", material=b"k" * 32)
VALUE = b"q9Zk2" + b"LmT8xWv4R"


def text(blob: str, data: bytes) -> ScanText:
    return ScanText(blob_id=blob, suffix="txt", data=data)


def finding(data: bytes) -> Finding:
    start = data.index(VALUE)
    return Finding.of(
        Secret(VALUE),
        key=KEY,
        detector_id="d",
        rule_id="r",
        category=Category.PASSWORD,
        start=start,
        end=start + len(VALUE),
        line=1,
        confidence=Confidence.LOW,
    )


A = text("a", b"password = '%s'" % VALUE)
B = text("b", b"\nthe old one was %s." % VALUE)
C = text("c", b"nothing here")
FOUND = finding(A.data)
KNOWN = known_values([FOUND], KEY)


def test_a_value_of_one_text_is_found_in_another() -> None:
    (fresh,) = findings_of_sweep(KNOWN, B, KEY)
    assert (fresh.rule_id, fresh.category, fresh.line) == ("known-value", Category.PASSWORD, 2)
    assert B.data[fresh.start : fresh.end] == VALUE
    assert fresh.hmac == FOUND.hmac


def test_a_text_without_the_value_shows_nothing() -> None:
    assert list(findings_of_sweep(KNOWN, C, KEY)) == []


def test_without_findings_nothing_is_known() -> None:
    assert list(findings_of_sweep(known_values([], KEY), B, KEY)) == []
