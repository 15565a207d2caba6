"""Acceptance of card, bank, social security and phone numbers."""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.numbers import CARD_RANGES, PHONE_WORD, US_GROUPED
from ingest.detect.pii.place import Place, Verdict, drop, first_reason
from ingest.domain.finding import Confidence

_CARD_WORD: Final = re.compile(
    r"card|visa|master|amex|discover|diners|jcb|maestro|\bpan\b|\bcc|credit|debit|payment|pay\b",
    re.IGNORECASE,
)
_MIN_DISTINCT: Final = 4
_COMMON_LENGTHS: Final = frozenset((15, 16))


def judge_card(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept a number of an issued range that passes Luhn; bare digits need more than that."""
    digits = re.sub(r"\D", "", place.value)
    has_word = _CARD_WORD.search(place.before() + " " + place.after(24)) is not None
    is_plain = not has_word and len(digits) == len(place.value)
    reason = first_reason(
        ("published_test_card", exclusions.has("card", "published_test_card", digits)),
        ("no_issuer", not _is_issued_range(digits)),
        ("pattern_digits", len(set(digits)) < _MIN_DISTINCT),
        ("bare_digits", is_plain and len(digits) not in _COMMON_LENGTHS),
        ("number_list", is_plain and _is_number_list(place)),
    )
    if reason:
        return drop(reason)
    if is_plain:
        return place.accept(confidence=Confidence.MEDIUM, evidence="luhn")
    return place.accept(confidence=Confidence.HIGH, evidence="luhn_context")


def _is_number_list(place: Place) -> bool:
    """Tell whether digits stand among other long numbers, or as a bare number of a program."""
    before, after = place.before(8).rstrip(), place.after(24)
    return bool(
        re.search(r"\d[\s,;]*$|[-+*/<>&|^]$", before) or re.match(r"\s*[,;]?\s*\d{6}", after)
    )


def _is_issued_range(digits: str) -> bool:
    return any(
        len(digits) in lengths and re.match(prefix, digits) for prefix, lengths in CARD_RANGES
    )


def judge_iban(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept what the recognizer checked, but for the examples of the registry."""
    code = re.sub(r"[ -]", "", place.value).lower()
    if exclusions.has("iban", "published_example", code):
        return drop("published_example")
    return place.accept(confidence=Confidence.HIGH, evidence="mod97")


def judge_ssn(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept what the recognizer checked, but for published examples."""
    if exclusions.has("ssn", "published_example", place.value):
        return drop("published_example")
    has_word = re.search(r"ssn|social|tax", place.before(), re.IGNORECASE) is not None
    return place.accept(
        confidence=Confidence.HIGH if has_word else Confidence.MEDIUM, evidence="dashed"
    )


_DATE: Final = re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}")
_WORD_DISTANCE: Final = 40
_IN_NUMBER: Final = re.compile(r"[\w.,/:*^+-]$")


def judge_phone(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept a valid number with a country code, a phone word before it, or full US grouping."""
    value, before, after = place.value, place.before(), place.after(8)
    digits = re.sub(r"\D", "", value)
    has_word = PHONE_WORD.search(before[-_WORD_DISTANCE:]) is not None
    has_country = value.startswith("+")
    is_in_number = _IN_NUMBER.search(before) is not None and not has_word
    is_grouped = US_GROUPED.fullmatch(value) is not None
    reason = first_reason(
        ("fictional", exclusions.is_fictional_phone(digits)),
        ("date", _DATE.fullmatch(value)),
        ("longer_number", re.match(r"\w|[-./:]\d", after)),
        ("expression", is_in_number),
        ("no_context", not (has_country or has_word or is_grouped)),
    )
    if reason:
        return drop(reason)
    if has_country:
        return place.accept(confidence=Confidence.HIGH, evidence="country_code")
    if has_word:
        return place.accept(confidence=Confidence.HIGH, evidence="phone_word")
    return place.accept(confidence=Confidence.MEDIUM, evidence="us_grouping")
