from __future__ import annotations

from ingest.detect.detector import findings_of
from ingest.detect.secrets.known import KnownValues
from ingest.domain.finding import Category, Confidence, Finding
from ingest.domain.secret import HmacKey, Secret
from ingest.domain.text import ScanText
from workers.known import Sweeper, known_values

KEY = HmacKey(key_id="test", material=b"k" * 32)
VALUE = b"q9Zk2" + b"LmT8xWv4R"


def text(blob: str, data: bytes) -> ScanText:
    return ScanText(blob_id=blob, suffix="txt", data=data)


def finding(data: bytes, confidence: Confidence = Confidence.MEDIUM) -> Finding:
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
        confidence=confidence,
    )


A = text("a", b"password = '%s'" % VALUE)
B = text("b", b"\nthe old one was %s." % VALUE)
C = text("c", b"nothing here")
FOUND = finding(A.data)
KNOWN = known_values([FOUND], KEY)


def swept(known: KnownValues, swept_text: ScanText) -> list[Finding]:
    return findings_of(Sweeper(known=known, key=KEY), swept_text)


def test_a_value_of_one_text_is_found_in_another() -> None:
    (fresh,) = swept(KNOWN, B)
    assert (fresh.rule_id, fresh.category, fresh.line) == ("known-value", Category.PASSWORD, 2)
    assert B.data[fresh.start : fresh.end] == VALUE
    assert fresh.hmac == FOUND.hmac


def test_a_text_without_the_value_shows_nothing() -> None:
    assert swept(KNOWN, C) == []


def test_what_may_be_no_secret_at_all_makes_nothing_known() -> None:
    assert swept(known_values([finding(A.data, Confidence.LOW)], KEY), B) == []
