from __future__ import annotations

from collections.abc import Callable

import phonenumbers
import pytest

from ingest.domain.finding import Category

Find = Callable[..., list[tuple[str, str]]]
Reasons = Callable[..., set[str]]


def card(prefix: str, length: int) -> str:
    """Return an invented number with the Luhn digit (ISO/IEC 7812-1, annex B)."""
    body = (prefix + "0739528614073952861")[: length - 1]
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return body + str(-total % 10)


def iban(country: str, account: str) -> str:
    """Return an invented code with its check digits (ISO 13616)."""
    digits = "".join(str(int(c, 36)) for c in account + country + "00")
    return f"{country}{98 - int(digits) % 97:02}{account}"


def grouped(digits: str, by: str = " ") -> str:
    return by.join(digits[i : i + 4] for i in range(0, len(digits), 4))


@pytest.mark.parametrize(
    ("prefix", "length"),
    [
        ("4539", 16),
        ("5312", 16),
        ("2221", 16),
        ("2720", 16),
        ("3714", 15),
        ("6011", 16),
        ("3530", 16),
        ("2131", 15),
        ("3612", 14),
        ("6212", 19),
        ("4916", 19),
        ("6759", 12),
    ],
)
def test_a_card_of_every_network_is_found(prefix: str, length: int, find: Find) -> None:
    number = card(prefix, length)
    assert find(f"card: {number}") == [("CREDIT_CARD", number)]


@pytest.mark.parametrize("by", [" ", "-"])
def test_a_grouped_card_needs_no_context(by: str, find: Find) -> None:
    number = grouped(card("4539", 16), by)
    assert find(f"x = '{number}'") == [("CREDIT_CARD", number)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("card 4111 1111 1111 1111", "published_test_card"),
        (f"card {card('9021', 16)}", "no_issuer"),
        ("card 4444 4444 4444 4448", "pattern_digits"),
        (f"id {card('4916', 19)}", "bare_digits"),
        (f"[1234567890, {card('4916', 16)}]", "number_list"),
    ],
)
def test_a_number_that_is_no_card_has_its_reason(text: str, reason: str, reasons: Reasons) -> None:
    assert reasons(text, Category.CREDIT_CARD) == {reason}


@pytest.mark.parametrize("text", [f"0.{card('4539', 16)}", card("4539", 16)[:-1] + "x", "1" * 40])
def test_digits_inside_something_longer_are_no_card(text: str, find: Find) -> None:
    assert find(f"card {text}") == []


@pytest.mark.parametrize(
    "code", [iban("DE", "501050170648489890"), iban("GB", "NWBK60161399912345")]
)
def test_an_iban_is_found_plain_and_grouped(code: str, find: Find) -> None:
    assert find(f"to {code}.") == [("IBAN_CODE", code)]
    assert find(f"to {grouped(code)} now") == [("IBAN_CODE", grouped(code))]


def test_an_iban_with_a_wrong_digit_is_none(find: Find) -> None:
    code = iban("DE", "501050170648489890")
    assert find(code[:-1] + str((int(code[-1]) + 1) % 10)) == []


def test_an_iban_of_the_registry_is_an_example(reasons: Reasons) -> None:
    assert reasons(iban("DE", "370400440532013000"), Category.IBAN_CODE) == {"published_example"}


def test_a_dashed_social_security_number_is_found(find: Find) -> None:
    number = "536-22-" + "8174"
    assert find(f"ssn: {number}") == [("US_SSN", number)]


@pytest.mark.parametrize("number", ["000-12-3456", "666-12-3456", "912-12-3456", "536-00-1234"])
def test_a_number_that_is_never_issued_is_none(number: str, find: Find) -> None:
    assert find(f"ssn: {number}") == []


def test_a_longer_dashed_number_holds_no_social_security_number(find: Find) -> None:
    assert find("id 2024-536-22-8174") == []


def test_the_advertised_social_security_number_is_an_example(reasons: Reasons) -> None:
    assert reasons("ssn 219-09-9999", Category.US_SSN) == {"published_example"}


@pytest.mark.parametrize("region", ["DE", "FR", "IN", "BR", "JP"])
def test_a_number_with_its_country_code_is_found(region: str, find: Find) -> None:
    example = phonenumbers.example_number(region)
    assert example
    number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    assert find(f"call {number} today") == [("PHONE_NUMBER", number)]


@pytest.mark.parametrize("text", ["(415) 867-{}", "415-867-{}", "415.867.{}"])
def test_a_number_in_full_us_grouping_needs_no_word(text: str, find: Find) -> None:
    number = text.format("5" + "309")
    assert find(f"at {number}, now") == [("PHONE_NUMBER", number)]


def test_a_national_number_needs_a_word_before_it(find: Find) -> None:
    number = "020 7183 " + "8750"
    assert find(f"phone: {number}") == [("PHONE_NUMBER", number)]
    assert find(f"value: {number}") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("call 415-555-0123", "fictional"),
        ("call +1 415 555 0199", "fictional"),
        ("call +44 20 7946 0123", "fictional"),
        ("x415-867-5309-22", "longer_number"),
        ("a*415-867-5309", "expression"),
    ],
)
def test_a_number_that_reaches_nobody_has_its_reason(
    text: str, reason: str, reasons: Reasons
) -> None:
    found = reasons(text, Category.PHONE_NUMBER)
    assert "" not in found
    assert found <= {reason}


@pytest.mark.parametrize("text", ["2014-05-30 12:00", "255.255.255.0", "1.2.3.4.5", "+12345678 ms"])
def test_dates_and_masks_are_no_phone_numbers(text: str, find: Find) -> None:
    assert find(text) == []
