from __future__ import annotations

from ingest.domain.finding import Category, Confidence, Finding
from ingest.domain.secret import HmacKey, Secret
from ingest.domain.text import ScanText
from workers.known import sweep

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
FOUND = {"a": [finding(A.data)], "b": [], "c": []}


def test_a_value_of_one_blob_is_found_in_the_others_and_not_told_twice() -> None:
    ((blob, (fresh,)),) = list(sweep([A, B, C], FOUND, KEY))
    assert blob == "b"
    assert (fresh.rule_id, fresh.category, fresh.line) == ("known-value", Category.PASSWORD, 2)
    assert B.data[fresh.start : fresh.end] == VALUE
    assert fresh.hmac == FOUND["a"][0].hmac


def test_the_order_of_the_blobs_changes_nothing() -> None:
    backwards = dict(reversed(FOUND.items()))
    assert sorted(sweep([C, B, A], backwards, KEY)) == sorted(sweep([A, B, C], FOUND, KEY))


def test_where_nothing_is_known_nothing_is_read() -> None:
    assert list(sweep(iter([]), {"a": []}, KEY)) == []
