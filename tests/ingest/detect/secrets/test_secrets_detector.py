from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from dataclasses import asdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.detect.detector import BatchDetector
from ingest.detect.secrets.detector import SecretsDetector
from ingest.domain.finding import Category, Confidence, Finding
from ingest.domain.text import ScanText

Scan = Callable[..., list[Finding]]

# Every payload is put together at run time, so that no scanner takes this file for a leak.
GITHUB = "gh" + "p_" + "a8Bd9Kq2Lm3N" * 3
AWS = "AK" + "IA" + "Q3EGPVXH7T2JWK5M"
SLACK = "xox" + "b-" + "123456789012-" * 2 + "a8Bd9Kq2Lm3NzX7q"
STRIPE = "sk" + "_live_" + "9aBcD8eFgH7iJkL6mNoP5qRs"
URI_PASSWORD = "h8Kq2" + "Lz9qW"
RANDOM = "9f8Kq2Lz7" + "aQw3Rt5Yu8"
PEM_HEAD, PEM_TAIL = "-----BEGIN RSA PRIVATE" + " KEY-----", "-----END RSA PRIVATE" + " KEY-----"
PEM = "\n".join(
    (PEM_HEAD, *("MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9Oi7" for _ in range(5)), PEM_TAIL)
)

FLAGGED = {
    "vendor token": (f"t = '{GITHUB}'", GITHUB, Category.PROVIDER_TOKEN),
    "vendor token in prose": (f"use {GITHUB} for now", GITHUB, Category.PROVIDER_TOKEN),
    "vendor token in a call": (f'client = Client("{STRIPE}")', STRIPE, Category.PROVIDER_TOKEN),
    "cloud key": (f"id = '{AWS}'", AWS, Category.PROVIDER_TOKEN),
    "chat token": (f"SLACK={SLACK}", SLACK, Category.PROVIDER_TOKEN),
    "uri": (f"db://bob:{URI_PASSWORD}@db.test/x", URI_PASSWORD, Category.URI_CREDENTIAL),
    "manual's uri": ("db://bob:pass" + "word@db.test/x", "password", Category.PASSWORD),
    "quoted password": ("password = 'hunter" + "2!'", "hunter2!", Category.PASSWORD),
    "unquoted value": (f"API_KEY={RANDOM}", RANDOM, Category.GENERIC_SECRET),
    "value in a log": (f"DEBUG sent token {RANDOM} ok", RANDOM, Category.GENERIC_SECRET),
    "private key": (f"k = '''{PEM}'''", PEM, Category.PRIVATE_KEY),
    "template": ("password = '{pass" + "word}'", None, None),
    "angle brackets": ("password = '<your pass" + "word>'", None, None),
    "shell variable": ("password = '${PASS" + "WORD}'", None, None),
    "mask": ("password = '********'", None, None),
    "filler token": ("t = '" + "gh" + "p_" + "x" * 36 + "'", None, None),
    "short token": (f"t = '{GITHUB[:30]}'", None, None),
    "hash": ("sha256 = '" + "0123456789abcdef" * 4 + "'", None, None),
    "revision": ("revision = '" + "d41d8cd98f00" + "'", None, None),
    "no value": ("password = get_password()", None, None),
    "uri without password": ("https://example.test/a@b", None, None),
    "format directives": ("url = 'https://%s:%s@%s/x'", None, None),
    "hash of a token": (f"token_sha256: {RANDOM}", None, None),
}


@pytest.mark.parametrize("case", FLAGGED)
def test_what_is_flagged_and_what_is_a_near_miss(case: str, scan: Scan) -> None:
    text, value, category = FLAGGED[case]
    found = {(text[f.start : f.end], f.category) for f in scan(text)}
    assert found == ({(value, category)} if value else set())


def test_strings_of_translations_are_texts_and_remarks_are_not(scan: Scan) -> None:
    named = f"password: {RANDOM}"
    assert scan(f'msgid "a"\nmsgstr "{named}"\n', "po") == []
    assert len(scan(f'# {named}\nmsgid "a"\nmsgstr "b"\n', "po")) == 1
    assert len(scan(f'msgid "a"\nmsgstr "b {GITHUB}"\n', "po")) == 1


def test_a_span_counts_bytes_and_lines(scan: Scan) -> None:
    data = f"# äöü €\nt = '{GITHUB}'".encode()
    (finding,) = scan(data)
    assert (data[finding.start : finding.end], finding.line) == (GITHUB.encode(), 2)


def test_every_occurrence_of_a_value_is_a_finding(scan: Scan) -> None:
    text = f"password = '{RANDOM}'\nconnect({RANDOM})\n# was {RANDOM}.\nx{RANDOM}x\n"
    assert [f.line for f in scan(text)] == [1, 2, 3]


def test_all_occurrences_share_one_identity(scan: Scan) -> None:
    assert len({f.hmac for f in scan(f"a = '{GITHUB}'\nb = '{GITHUB}'\n")}) == 1


def test_a_vendor_token_in_a_password_is_reported_as_what_it_is(scan: Scan) -> None:
    found = scan(f"password = '{GITHUB}'")
    assert [(f.category, f.confidence) for f in found] == [
        (Category.PROVIDER_TOKEN, Confidence.HIGH)
    ]


@pytest.mark.parametrize(
    "marker",
    [
        "# pragma: allow" + "list secret",
        "# gitleaks" + ":allow",
        "# betterleaks" + ":allow",
        "# kingfisher" + ":ignore",
        "# no" + "sec",
        "# trufflehog" + ":ignore",
        "# gg" + "ignore",
        "// secretlint" + "-disable-line",
        "# noqa: S" + "105",
        "# nosem" + "grep",
        "# checkov:skip" + "=CKV_SECRET_6",
    ],
)
def test_an_allow_marker_is_counted_and_silences_nothing(
    marker: str, secrets_detector: SecretsDetector
) -> None:
    data = f"t = '{GITHUB}'  {marker}\n".encode()
    row = secrets_detector.scan(ScanText(blob_id="0" * 40, suffix="py", data=data))
    assert row["allow_markers"] == 1
    assert len(row["findings"]) == 1  # type: ignore[arg-type]


def test_markup_hides_nothing(scan: Scan) -> None:
    assert scan(f"<html><!-- {GITHUB} --></html>", "html")


@pytest.mark.parametrize(
    "suffix",
    [
        "lock",
        "svg",
        "package-lock.json",
        "map",
        "",
        "baseline",
        "gitleaksignore",
        "trufflehogignore",
    ],
)
def test_no_name_of_a_file_hides_a_token(suffix: str, scan: Scan) -> None:
    assert scan(f'"x": "{GITHUB}"', suffix)


def test_a_minified_line_of_many_secrets_gives_all(scan: Scan) -> None:
    values = [f"q{n}zK{n * 7}!xW" for n in range(1000, 1400)]
    text = "var a={" + ",".join(f'password:"{v}",f:function(b){{return b+1}}' for v in values) + "}"
    found = {text[f.start : f.end] for f in scan(text, "js")}
    assert found >= set(values)


def test_nothing_of_a_row_holds_a_value(scan: Scan) -> None:
    values = (GITHUB, URI_PASSWORD, RANDOM, SLACK, STRIPE, AWS)
    text = "\n".join(f"password = '{v}'" for v in values) + f"\nx://u:{URI_PASSWORD}@h\n{PEM}\n"
    found = scan(text)
    shown = repr(found) + json.dumps([asdict(f) for f in found])
    assert len(found) > len(values)
    assert not [v for v in (*values, PEM.splitlines()[1]) if v in shown or v[:8] in shown]


def test_scanning_opens_no_connection(scan: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a detector called out")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert scan(f"t = '{GITHUB}'\ns = '{SLACK}'\nu = '{STRIPE}'\nw = '{AWS}'\n")


def test_the_detector_works_after_a_fork(scan: Scan) -> None:
    expected = scan(f"t = '{GITHUB}'\npassword = 'abc1!'\n")
    child = os.fork()
    if child == 0:
        os._exit(0 if scan(f"t = '{GITHUB}'\npassword = 'abc1!'\n") == expected else 1)
    assert os.waitpid(child, 0)[1] == 0


PIECES = (
    f"t = '{GITHUB}'",
    f"password: {RANDOM}",
    "secret = 'abc1'",
    f"u://a:{URI_PASSWORD}@h",
    "é = 1",
    '"' * 3,
    PEM_HEAD,
    PEM,
    "sha256 = 1",
    "\r",
    "\n",
    " ",
    "x" * 5000,
)
ENCODED = f"url: x%3D{GITHUB}%26pass%3Dhunter2%21"
blobs = st.lists(st.sampled_from(PIECES) | st.text(max_size=30), max_size=12).map("".join)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=blobs, suffix=st.sampled_from(("py", "yaml", "ini", ".env", "go", "c", "cpp", "")))
def test_spans_lie_inside_the_blob_and_repeat_whatever_came_before(
    text: str, suffix: str, scan: Scan
) -> None:
    data = text.encode("utf-8", "ignore")
    first = scan(data, suffix)
    scan(f"other = '{STRIPE}'\n".encode(), "yaml")
    assert scan(data, suffix) == first
    assert all(0 <= f.start < f.end <= len(data) for f in first)
    assert len({(f.start, f.end, f.hmac) for f in first}) == len(first)
    assert all(f.line == data.count(b"\n", 0, f.start) + 1 for f in first)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.tuples(blobs | st.just(ENCODED), st.sampled_from(("py", "yaml", "php", ""))), max_size=5
    )
)
def test_many_texts_in_one_call_give_what_each_gives_alone(
    texts: list[tuple[str, str]], secrets_detector: SecretsDetector
) -> None:
    asked = [
        ScanText(blob_id=f"{n:040x}", suffix=suffix, data=text.encode("utf-8", "ignore"))
        for n, (text, suffix) in enumerate(texts)
    ]
    assert isinstance(secrets_detector, BatchDetector)
    assert secrets_detector.scan_all(asked) == [secrets_detector.scan(text) for text in asked]


CRAFTED = (
    "password = ",
    "password='",
    "a://b:c",
    "eyJ" + "hbGci.",
    "curl -u a:",
    "fm2_" + "lJPE",
    "key::::",
    "token\\",
    "''''\"\"",
    "[[secret",
    "a=b;pwd=",
)


@pytest.mark.parametrize("piece", CRAFTED)
def test_a_crafted_line_of_16_kib_is_read_to_its_end(piece: str, scan: Scan) -> None:
    line = piece * (16 * 1024 // len(piece)) + f" t = '{GITHUB}'"
    assert GITHUB in {line[f.start : f.end] for f in scan(line, "txt")}
