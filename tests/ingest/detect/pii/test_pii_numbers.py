from __future__ import annotations

import pytest

from ingest.detect.pii.numbers import CARD_RANGES, IBAN_LENGTHS, number_recognizers, passes_luhn


def test_every_recognizer_has_a_name_and_a_type_of_its_own() -> None:
    recognizers = number_recognizers()
    assert len({each.name for each in recognizers}) == len(recognizers)
    assert len({each.entity for each in recognizers}) == len(recognizers)


@pytest.mark.parametrize(
    ("digits", "passes"),
    # the example of ISO/IEC 7812-1, and its neighbour
    [("49927398716", True), ("49927398717", False), ("0", True)],
)
def test_luhn(digits: str, *, passes: bool) -> None:
    assert passes_luhn(digits) is passes


def test_every_issuer_range_has_lengths_that_a_card_can_have() -> None:
    assert all(12 <= size <= 19 for _, sizes in CARD_RANGES for size in sizes)


def test_every_country_of_the_registry_has_a_length() -> None:
    assert len(IBAN_LENGTHS) > 85
    assert all(15 <= size <= 33 for size in IBAN_LENGTHS.values())
