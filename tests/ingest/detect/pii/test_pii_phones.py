from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.pii.phones import (
    NATIONAL_REGIONS,
    after_phone_word,
    is_valid_abroad,
    is_valid_national,
    phone_recognizers,
)

HEADS = [
    str(phonenumbers.national_significant_number(example))[:5]
    for region in NATIONAL_REGIONS
    if (example := phonenumbers.example_number(region))
]


@given(st.sampled_from(NATIONAL_REGIONS), st.sampled_from(HEADS), st.text("0123456789", max_size=7))
def test_a_valid_number_is_what_phonenumbers_calls_valid(region: str, head: str, tail: str) -> None:
    digits = head + tail
    code = phonenumbers.country_code_for_region(region)
    try:
        number = phonenumbers.parse(f"+{code}{digits}", None)
    except phonenumbers.NumberParseException:
        return
    assert is_valid_abroad(f"{code}{digits}") is phonenumbers.is_valid_number(number)


@pytest.mark.parametrize("region", NATIONAL_REGIONS)
def test_an_example_is_valid_as_people_write_it_at_home(region: str) -> None:
    example = phonenumbers.example_number(region)
    assert example
    written = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
    assert is_valid_national("".join(filter(str.isdigit, written)), region)


@pytest.mark.parametrize(
    ("region", "digits"), [("US", "1234567890"), ("DE", "1"), ("FR", "000000000"), ("GB", "99")]
)
def test_what_is_not_handed_out_is_not_valid(region: str, digits: str) -> None:
    assert not is_valid_national(digits, region)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("phone: ", ": "),
        ("my Phone no ", " no "),
        ("Tel. ", ". "),
        ("hotel ", None),
        ("recall ", None),
        ("call me, cell ", " "),
        ("电话 ", " "),
    ],
)
def test_a_word_for_a_phone_is_a_word(text: str, rest: str | None) -> None:
    assert after_phone_word(text) == rest


def found(text: str) -> set[str]:
    return {text[s:e] for each in phone_recognizers() for s, e in each.spans(text)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("at +49 (0)30 901 820, now", "+49 (0)30 901 820"),
        ("at 0049 30 901820", "0049 30 901820"),
        ("at (415) 867-5309 x123.", "(415) 867-5309 x123"),
        ("+1 415 867 5309 2019", "+1 415 867 5309"),
        ("tel 06 12 34 56 78", "06 12 34 56 78"),
    ],
)
def test_a_number_is_found_in_its_written_form(text: str, value: str) -> None:
    assert value in found(text)


def test_national_numbers_are_not_looked_for_without_a_phone_word() -> None:
    number = "020 7183 " + "8750"
    assert found(f"phone {number}") == {number}
    assert found(f"value {number}") == set()
