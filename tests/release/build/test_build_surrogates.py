from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.finding import Category
from release.build.redact import is_placeholder, word_for
from release.build.surrogates import Surrogates, derive_key, key_name

SURROGATES = Surrogates(key=b"k" * 32)
RESERVED = [
    ipaddress.ip_network(n)
    for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]


@given(st.sampled_from(Category), st.text(min_size=1, max_size=20))
def test_a_surrogate_is_the_same_each_time_and_known_as_ours(
    category: Category, value: str
) -> None:
    made = SURROGATES.of(category, value.encode("utf-8", "replace"))
    assert made == SURROGATES.of(category, value.encode("utf-8", "replace"))
    assert made is None or is_placeholder(made)


@given(st.ip_addresses())
def test_addresses_come_from_the_ranges_of_documentation(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    made = SURROGATES.of(Category.IP_ADDRESS, str(address).encode())
    assert made is not None
    assert any(ipaddress.ip_address(made.decode()) in network for network in RESERVED)


def test_the_same_value_in_another_case_has_the_same_surrogate() -> None:
    upper, lower, title = (
        SURROGATES.of(Category.CUSTOMER, v) for v in (b"FERN_WICK", b"fernwick", b"FernWick")
    )
    assert upper is not None
    assert lower is not None
    assert upper == lower.upper()
    assert title == lower.capitalize()


def test_another_key_gives_other_surrogates() -> None:
    other = Surrogates(key=derive_key(b"k" * 32, "inputs"))
    values = [b"a%d@firm.io" % n for n in range(20)]
    pairs = [(s.of(Category.EMAIL_ADDRESS, v) for s in (SURROGATES, other)) for v in values]
    assert any(first != second for first, second in pairs)


def test_credentials_and_tickets_have_none() -> None:
    for category in (Category.PROVIDER_TOKEN, Category.PASSWORD, Category.TICKET_ID):
        assert SURROGATES.of(category, b"x") is None


def test_a_key_is_derived_for_the_inputs_alone_and_shows_nowhere() -> None:
    assert derive_key(b"m" * 32, "a") == derive_key(b"m" * 32, "a")
    assert derive_key(b"m" * 32, "a") != derive_key(b"m" * 32, "b")
    assert "kkk" not in repr(SURROGATES)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least"):
        key_name(b"short")


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (b"BLUE", b"REDACTED_CODENAME"),
        (b"blue", b"redacted_codename"),
        (b"Blue", b"RedactedCodename"),
        (b"blueFalcon", b"redactedCodename"),
        (b"42", b"redacted_codename"),
    ],
)
def test_words_for_identifiers_have_the_case_of_the_value(value: bytes, word: bytes) -> None:
    assert word_for(Category.CODENAME, value) == word
    assert is_placeholder(word)


@pytest.mark.parametrize(
    "value", [b"<USERNAME>:<PASSWORD>", b"RedactedName", b"Userbadoki", b"briony0001@example.com"]
)
def test_placeholders_joined_by_punctuation_are_ours(value: bytes) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize(
    "value", [b"<NAME> Roe", b"redacted_mind", b"userbadokit", b"8.8.8.8", b"...", b"<NAMES>"]
)
def test_values_of_others_are_not(value: bytes) -> None:
    assert not is_placeholder(value)
