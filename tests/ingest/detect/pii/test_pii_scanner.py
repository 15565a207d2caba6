from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import asdict
from itertools import pairwise
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.detect import pii
from ingest.detect.detector import DetectorConfig
from ingest.detect.pii.scanner import Match, PiiDetector, resolve_overlaps
from ingest.domain.finding import Category, Confidence, Family, Finding
from ingest.domain.text import ScanText

Find = Callable[..., list[tuple[str, str]]]
Scan = Callable[..., list[Finding]]

ADDRESS = "jane.roe" + "@" + "kestrelworks.io"
PUBLIC = "93.184." + "216.77"
SAMPLES = (
    ADDRESS,
    PUBLIC,
    "Copyright 2019 Torvald Quendrel",
    "Emily Johnson",
    "TODO(mquendrel)",
    "/home/mquendrel/x",
    "+49 30 " + "901820",
)


def test_names_are_found_in_comments_and_strings_but_not_in_code(find: Find) -> None:
    source = (
        '"""Emily Johnson wrote this."""\n# Thomas Heller too\nx = Robert Anderson\n'
        's = "Peter Johnson"\n'
    )
    assert find(source, "py") == [
        ("PERSON", "Emily Johnson"),
        ("PERSON", "Thomas Heller"),
        ("PERSON", "Peter Johnson"),
    ]


def test_names_in_strings_of_data_files_are_found(find: Find) -> None:
    assert find('{"owner": {"label": "Emily Johnson"}}', "json") == [("PERSON", "Emily Johnson")]


def test_an_author_string_of_code_is_found(find: Find) -> None:
    assert find("__author__ = 'Torvald Quendrel'\n", "py") == [("PERSON", "Torvald Quendrel")]


def test_addresses_are_found_in_code_too(find: Find) -> None:
    assert find(f"send({ADDRESS!r}, {PUBLIC!r})", "py") == [
        ("EMAIL_ADDRESS", ADDRESS),
        ("IP_ADDRESS", PUBLIC),
    ]


def test_a_mention_counts_in_a_comment_only(find: Find) -> None:
    assert find("// thanks to @mquendrel for it\n", "ts") == [("USERNAME", "mquendrel")]
    assert find("x = by(@mquendrel)\n", "ts") == []


def test_every_occurrence_is_found_with_its_line(scan: Scan) -> None:
    findings = scan(f"{ADDRESS}\n\n{ADDRESS}\n")
    assert [f.line for f in findings] == [1, 3]
    assert len({f.fingerprint for f in findings}) == 1


def test_findings_name_engine_rule_and_category(scan: Scan) -> None:
    (finding,) = scan(f"mail {ADDRESS}")
    assert (finding.detector_id, finding.rule_id) == ("presidio.email", "pii.email.address")
    assert finding.category is Category.EMAIL_ADDRESS


def test_the_parts_of_an_address_are_not_reported_again(find: Find) -> None:
    found = find(f"Author: Emily Johnson <{ADDRESS}>")
    assert found == [("PERSON", "Emily Johnson"), ("EMAIL_ADDRESS", ADDRESS)]


def match(category: Category, start: int, end: int) -> Match:
    return Match(
        category=category,
        rule="r",
        start=start,
        end=end,
        confidence=Confidence.LOW,
        evidence="",
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from([Category.EMAIL_ADDRESS, Category.PERSON, Category.USERNAME]),
            st.integers(0, 30),
            st.integers(1, 9),
        )
    )
)
def test_no_two_findings_overlap_and_no_address_is_lost_to_a_name(
    raw: list[tuple[Category, int, int]],
) -> None:
    matches = [match(category, start, start + length) for category, start, length in raw]
    kept = resolve_overlaps(matches)
    assert all(a.end <= b.start for a, b in pairwise(kept))
    for lost in set(matches) - set(kept):
        rivals = [m for m in kept if m.start < lost.end and lost.start < m.end]
        assert rivals
        if lost.category is Category.EMAIL_ADDRESS:
            assert any(m.category is Category.EMAIL_ADDRESS for m in rivals)


FILLER = st.text(alphabet=st.sampled_from("aé日𝄞 \n.,;"), max_size=40)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(FILLER, st.sampled_from(SAMPLES)), max_size=5), FILLER)
def test_spans_are_bytes_of_whole_characters_in_any_text(
    detector: PiiDetector, parts: list[tuple[str, str]], tail: str
) -> None:
    data = "".join(f"{filler}\n{sample}\n" for filler, sample in parts).encode() + tail.encode()
    findings = detector.scan(ScanText(blob_id="0" * 40, suffix="md", data=data))["findings"]
    assert isinstance(findings, list)
    for finding in findings:
        value = data[finding.start : finding.end].decode()
        assert any(value in sample for sample in SAMPLES)
        assert finding.line == data.count(b"\n", 0, finding.start) + 1
    assert len(findings) >= len(parts)


def test_bytes_that_are_no_utf8_do_not_shift_spans(scan: Scan) -> None:
    data = b"\xff\xfe\xc3 " + ADDRESS.encode() + b" \x80"
    assert [data[f.start : f.end].decode() for f in scan(data)] == [ADDRESS]


def test_the_same_text_gives_the_same_row_from_two_detectors(
    detector: PiiDetector, config: DetectorConfig
) -> None:
    text = ScanText(blob_id="0" * 40, suffix="md", data="\n".join(SAMPLES).encode())
    first = detector.scan(text)
    assert first["findings"]
    assert first == detector.scan(text) == pii.build(config).scan(text)


def test_a_row_holds_no_matched_value(scan: Scan) -> None:
    rows = json.dumps([asdict(finding) for finding in scan("\n".join(SAMPLES))])
    for value in (ADDRESS, PUBLIC, "Quendrel", "Emily", "mquendrel", "901820"):
        assert value not in rows


def test_nothing_touches_a_socket(config: DetectorConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> NoReturn:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    detector = pii.build(config)
    text = ScanText(blob_id="0" * 40, suffix="md", data="\n".join(SAMPLES).encode())
    assert detector.scan(text)["findings"]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "line",
    [
        "a" * 16000 + "@b.co",
        "a." * 8000 + "@b.co",
        "x@" + "a-" * 8000 + ".co",
        "x@" + "a.a" * 5000,
        "!#$%&'*+/=?^_`{|}~a" * 800 + "@b.co",
        "a@b.c" * 3000,
        "1:" * 8000,
        "2001:" * 3200,
        "1.1.1.1" * 2200,
        "4 " * 8000,
        "+1" * 8000,
        "phone " + "1 " * 8000,
        "DE89" * 4000,
        "a at a dot " * 1500,
        "copyright 2012, " * 1000,
        "Copyright " + "2012-" * 3000 + " Aa",
        "Aa " * 5000 + "<a@b.co>",
        "Emily " * 2500,
        "thanks @ab " * 1500,
        "/home/" + "a." * 8000,
        "TODO(" * 3000,
    ],
)
def test_a_crafted_line_ends_soon(line: str, scan: Scan) -> None:
    scan(line)


def test_an_empty_text_has_no_findings(scan: Scan) -> None:
    assert scan("") == []


def test_the_detector_says_what_it_is(detector: PiiDetector, config: DetectorConfig) -> None:
    assert detector.family is Family.PII
    assert detector.ruleset_digest == pii.ruleset_digest(config)
    assert "presidio-analyzer" in detector.versions
