from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Mapping

from ingest.detect.views import Decoder, open_stored, scan_opened, scan_views
from ingest.domain.finding import Category, Confidence, Family, Finding
from ingest.domain.secret import HmacKey, Secret
from ingest.domain.text import ScanText

KEY = HmacKey(key_id="test", material=b"k" * 32)
MARK = re.compile(rb"mark-[a-z0-9]{12}")
NAMED = re.compile(rb"(?<=name=)word-[a-z0-9]{12}")
WORD = re.compile(rb"word-[a-z0-9]{12}")


class Marks:
    """A detector that finds marks, which speak for themselves, and words, which need a name."""

    family = Family.SECRETS
    ruleset_digest = "0" * 64
    versions: Mapping[str, str] = {}

    def __init__(self, decoder: Decoder) -> None:
        self.decoder = decoder

    def plain(self, text: ScanText) -> list[Finding]:
        rules = (
            (MARK, Category.PROVIDER_TOKEN, "mark"),
            (NAMED, Category.PASSWORD, "named"),
            (WORD, Category.GENERIC_SECRET, "base64-entropy"),
        )
        return [
            Finding.of(
                Secret(match[0]),
                key=KEY,
                detector_id="marks",
                rule_id=rule_id,
                category=category,
                start=match.start(),
                end=match.end(),
                line=text.line_of(match.start()),
                confidence=Confidence.HIGH,
            )
            for rule, category, rule_id in rules
            for match in rule.finditer(text.data)
        ]

    def scan(self, text: ScanText) -> dict[str, object]:
        views = self.decoder.views_of(text.data)
        return {"findings": scan_views(text, views, self.plain, self.plain(text))}


def scan_text(decoder: Decoder, data: bytes) -> list[Finding]:
    found = Marks(decoder).scan(ScanText(blob_id="0" * 40, suffix="txt", data=data))["findings"]
    assert isinstance(found, list)
    return found


def scan_file(decoder: Decoder, stored: bytes) -> list[Finding]:
    opened = open_stored(stored)
    text = ScanText(blob_id="0" * 40, suffix="bin", data=opened.data)
    return scan_opened(Marks(decoder), opened, stored, text)


def identity(value: bytes) -> str:
    return Secret(value).identity(KEY, "value")


def test_a_decoded_finding_has_the_span_of_its_run_and_the_identity_of_its_value(
    decoder: Decoder,
) -> None:
    run = base64.b64encode(b"some text around mark-abcdefghijkl and after")
    data = b"first\nx: " + run + b"\n"
    (found,) = scan_text(decoder, data)
    assert data[found.start : found.end] == run
    assert (found.line, found.views, found.hmac) == (2, ("base64",), identity(b"mark-abcdefghijkl"))


def test_two_values_of_one_run_are_two_findings(decoder: Decoder) -> None:
    run = base64.b64encode(b"mark-abcdefghijkl mark-mnopqrstuvwx")
    assert len({found.hmac for found in scan_text(decoder, b"x: " + run)}) == 2


def test_a_value_that_stands_there_plainly_is_reported_once(decoder: Decoder) -> None:
    data = b'log("\\u0041\\u0042\\u0043\\u0044 mark-abcdefghijkl")'
    (found,) = scan_text(decoder, data)
    assert found.views == ()


def test_of_two_ways_to_a_value_the_shorter_is_told(decoder: Decoder) -> None:
    data = b'x = "mark-abcdef" + "gh\\u0069\\u006a\\u006b\\u006c";'
    (found,) = scan_text(decoder, data)
    assert set(found.views) == {"concat", "escape"}


def test_among_bytes_that_are_no_text_a_value_must_speak_for_itself_or_have_a_name(
    decoder: Decoder,
) -> None:
    noise = bytes(range(128, 256)) * 4
    stored = b"\x7fELF\0\0" + noise + b"\0mark-abcdefghijkl\0word-abcdefghijkl\0" + noise
    stored += b"\0name=word-abcdefghijkn\0"
    first, second = scan_file(decoder, stored)
    assert stored[first.start : first.end] == b"mark-abcdefghijkl"
    assert stored[second.start : second.end] == b"word-abcdefghijkn"
    assert first.views == second.views == ("strings",)


def test_a_member_is_decoded_further(decoder: Decoder) -> None:
    inner = b"x: " + base64.b64encode(b"some text and mark-abcdefghijkl")
    stored = gzip.compress(inner)
    (found,) = scan_file(decoder, stored)
    assert (found.start, found.end, found.views) == (0, len(stored), ("gzip", "base64"))


def test_spans_of_a_transcoded_file_are_those_of_its_stored_bytes(decoder: Decoder) -> None:
    stored = "größe\nmark-abcdefghijkl\n".encode("utf-16")
    (found,) = scan_file(decoder, stored)
    assert stored[found.start : found.end] == "mark-abcdefghijkl".encode("utf-16-le")
    assert found.line == 2
