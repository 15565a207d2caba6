from __future__ import annotations

import pytest

from ingest.detect.pii.addresses import (
    EmailSpanRecognizer,
    IpSpanRecognizer,
    SpelledEmailRecognizer,
    SuffixList,
    respell_email,
)


@pytest.fixture(scope="module")
def suffixes() -> SuffixList:
    return SuffixList()


@pytest.mark.parametrize(
    "text",
    [
        "jane [at] kestrel [dot] io",
        "jane(at)kestrel.io",
        "jane at kestrel dot io",
        "jane {AT} kestrel {DOT} io",
    ],
)
def test_signs_that_are_spelled_are_put_back(text: str) -> None:
    assert respell_email(text) == ("jane", "kestrel.io")


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("kestrel.io", True),
        ("co.uk", False),
        ("a.co.uk", True),
        ("io", False),
        ("x.nosuchtop", False),
    ],
)
def test_a_domain_is_more_than_a_public_suffix(
    name: str, suffixes: SuffixList, *, known: bool
) -> None:
    assert suffixes.is_domain(name) is known


def test_internal_suffixes_extend_the_public_list() -> None:
    assert not SuffixList().is_domain("mail.kestrelcorp")
    assert SuffixList(("kestrelcorp",)).is_domain("mail.kestrelcorp")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("to a.b" + "@" + "c-d.io, x", "a.b" + "@" + "c-d.io"),
        ("<a" + "@" + "[93.184.216.34]>", "a" + "@" + "[93.184.216.34]"),
        ("é" + "@" + "münchen.de!", "é" + "@" + "münchen.de"),
        ("a" + "@" + "b.nosuchtop", ""),
        ("@b.io", ""),
    ],
)
def test_an_address_is_read_both_ways_from_its_sign(
    text: str, value: str, suffixes: SuffixList
) -> None:
    found = [text[start:end] for start, end in EmailSpanRecognizer(suffixes).spans(text)]
    assert found == ([value] if value else [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x jane [at] kestrel [dot] io y", "jane [at] kestrel [dot] io"),
        ("x jane.roe at kestrel.io y", "jane.roe at kestrel.io"),
        ("x jane at gmail.com y", "jane at gmail.com"),
        ("look at kestrel.io", ""),
        ("stop at first dot after", ""),
    ],
)
def test_a_spelled_address_needs_more_than_the_word(
    text: str, value: str, suffixes: SuffixList
) -> None:
    found = [text[start:end] for start, end in SpelledEmailRecognizer(suffixes).spans(text)]
    assert found == ([value] if value else [])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a 93.184.216.34, b", ["93.184.216.34"]),
        ("a 93.184.216.34:80/x", ["93.184.216.34"]),
        ("93.184.216.034", []),
        ("93.184.216.256", []),
        ("1.93.184.216.34", []),
        ("[2a00:1450:4001:81b::200e]:443", ["2a00:1450:4001:81b::200e"]),
        ("std::vector", []),
        ("1ba1:6215:8228:3d15:a9ec:807:705f:ca16", ["1ba1:6215:8228:3d15:a9ec:807:705f:ca16"]),
    ],
)
def test_addresses_of_both_versions(text: str, values: list[str]) -> None:
    assert [text[start:end] for start, end in IpSpanRecognizer().spans(text)] == values
