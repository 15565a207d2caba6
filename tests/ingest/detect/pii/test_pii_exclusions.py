from __future__ import annotations

import ipaddress
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.pii.exclusions import Exclusions

CODE = re.compile(r"[a-z_]+")

_EXCLUSIONS = Exclusions.load()


@pytest.fixture(scope="module")
def exclusions() -> Exclusions:
    return Exclusions.load()


def test_every_list_has_a_code_and_lower_case_values(exclusions: Exclusions) -> None:
    for codes in exclusions.lists.values():
        for code, values in codes.items():
            assert CODE.fullmatch(code)
            assert values
            assert all(values)


def test_words_that_yaml_would_read_as_values_stay_words(exclusions: Exclusions) -> None:
    for word in ("no", "on", "yes", "null"):
        assert exclusions.has("person", "not_a_name_word", word)


def test_published_cards_are_numbers_that_pass_luhn(exclusions: Exclusions) -> None:
    def is_luhn(number: str) -> bool:
        doubled = "0246813579"
        odd = sum(int(d) for d in number[-1::-2])
        return (odd + sum(int(doubled[int(d)]) for d in number[-2::-2])) % 10 == 0

    failing = [n for n in exclusions.lists["card"]["published_test_card"] if not is_luhn(n)]
    assert failing == []


def test_published_ibans_have_valid_check_digits(exclusions: Exclusions) -> None:
    for code in exclusions.lists["iban"]["published_example"]:
        digits = "".join(str(int(c, 36)) for c in code[4:] + code[:4])
        assert int(digits) % 97 == 1, code


@pytest.mark.parametrize(
    ("local", "domain", "reason"),
    [
        ("jane", "example.com", "reserved_domain"),
        ("jane", "deep.sub.test", "reserved_domain"),
        ("jane", "notexample.com", ""),
        ("git", "kestrelworks.io", "transport_user"),
        ("digit", "kestrelworks.io", ""),
        ("build-bot", "kestrelworks.io", "machine_user"),
        ("abbot", "kestrelworks.io", ""),
        ("foo", "foo.com", "placeholder"),
        ("mquendrel", "foo.com", ""),
    ],
)
def test_a_mail_reason_needs_whole_labels(
    local: str, domain: str, reason: str, exclusions: Exclusions
) -> None:
    assert exclusions.email_reason(local, domain) == reason


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("10.0.0.1", "private_range"),
        ("172.16.0.0", "private_range"),
        ("172.32.0.1", ""),
        ("127.3.2.1", "loopback"),
        ("169.254.1.1", "link_local"),
        ("198.51.100.7", "documentation"),
        ("198.19.0.7", "benchmark_range"),
        ("100.64.0.1", "shared_range"),
        ("100.128.0.1", ""),
        ("239.1.1.1", "multicast"),
        ("255.255.255.0", "reserved_range"),
        ("9.9.9.9", "popular_resolver"),
        ("93.184.216.77", ""),
    ],
)
def test_a_reason_of_version_4_follows_the_registries(
    address: str, reason: str, exclusions: Exclusions
) -> None:
    assert exclusions.ipv4_reason(tuple(map(int, address.split(".")))) == reason


@given(st.integers(0, 2**32 - 1))
def test_the_special_ranges_are_those_of_the_standard_library(number: int) -> None:
    address = ipaddress.IPv4Address(number)
    reason = _EXCLUSIONS.ipv4_reason(tuple(address.packed))
    if not address.is_global:
        assert reason


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("::1", "loopback"),
        ("fd00::1", "private_range"),
        ("fe80::1", "link_local"),
        ("2001:db8::1", "documentation"),
        ("ff02::1", "multicast"),
        ("4::9", "not_allocated"),
        ("2001:4860:4860::8888", "popular_resolver"),
        ("2a00:1450:4001:81b::200e", ""),
    ],
)
def test_a_reason_of_version_6_follows_the_registries(
    address: str, reason: str, exclusions: Exclusions
) -> None:
    assert exclusions.ipv6_reason(ipaddress.IPv6Address(address)) == reason


@pytest.mark.parametrize(
    ("digits", "is_fictional"),
    [("4155550123", True), ("14155550199", True), ("442079460123", True), ("4158675309", False)],
)
def test_fictional_phones_are_told_by_all_their_digits(
    digits: str,
    is_fictional: bool,  # noqa: FBT001 - a column of the table
    exclusions: Exclusions,
) -> None:
    assert exclusions.is_fictional_phone(digits) is is_fictional
