"""Acceptance of card, bank, social security and phone numbers, and of national identities."""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.numbers import CARD_RANGES
from ingest.detect.pii.phones import after_phone_word, digits_of
from ingest.detect.pii.place import Place, Verdict, drop, first_reason
from ingest.detect.pii.words import Cues
from ingest.domain.finding import Confidence

_CARD_WORDS: Final = Cues(
    "card visa master amex discover diners maestro credit debit payment paid charge rupay unionpay "
    "troy kreditk tarjeta carte cvv expir checkout billing",
    {
        "american express": r"american express",
        "jcb": r"\bjcb",
        "pan": r"\bpan\b|_pan",
        "cc": r"\bcc",
        "pay": r"\bpay(?:ing|\b)",
        "mir": r"\bmir\b",
        "elo": r"\belo\b",
    },
)
_MIN_DISTINCT: Final = 4
_COMMON_LENGTHS: Final = frozenset((15, 16))
_COMMON_ISSUERS: Final = re.compile(
    r"4|5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|35(?:2[89]|[3-8])|2131|1800|6011|64[4-9]|65|62"
    r"|220[0-4]|9792|50(?:18|20|38|6[67])|5893|6304|67(?:59|6[1-3])|3(?:0[0-5]|6|8)|60|81|82"
)
"""Issuers whose plain numbers need no word; all else in `CARD_RANGES` needs one."""
_NUMERIC_LIST: Final = re.compile(r"\d[\s,;]*$|[-+*/<>&|^%]$|0x$")
_CARD_RANGES: Final = tuple((re.compile(prefix), frozenset(sizes)) for prefix, sizes in CARD_RANGES)


def judge_card(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept a number of an issued range that passes Luhn; bare digits need more than that."""
    value = place.value
    digits = re.sub(r"\D", "", value)
    before, after = place.before(), place.after(24)
    reason = first_reason(
        (
            ("published_test_card", exclusions.has("card", "published_test_card", digits)),
            ("no_issuer", not _is_issued_range(digits)),
            ("pattern_digits", len(set(digits)) < _MIN_DISTINCT),
        )
    )
    if reason:
        return drop(reason)
    has_word = _CARD_WORDS.are_in(before + " " + after)
    is_plain = not has_word and len(digits) == len(value)
    is_quoted = before[-1:] in {'"', "'", "`", ">"} and after[:1] in {'"', "'", "`", "<"}
    reason = first_reason(
        (
            ("no_issuer", not has_word and not _COMMON_ISSUERS.match(digits)),
            ("bare_digits", is_plain and not is_quoted and len(digits) not in _COMMON_LENGTHS),
            ("number_list", is_plain and _is_number_list(before, after)),
        )
    )
    if reason:
        return drop(reason)
    if is_plain:
        return place.accept(confidence=Confidence.MEDIUM, evidence="luhn")
    return place.accept(confidence=Confidence.HIGH, evidence="luhn_context")


def _is_number_list(before: str, after: str) -> bool:
    """Tell whether digits stand among other long numbers, or as a bare number of a program."""
    return bool(
        re.search(r"\d{6,}[\s,;]+$|[-+*/<>&|^%]$|\d\s?[-+*/]\s?$", before.rstrip(" "))
        or re.match(r"\s*[,;]?\s*\d{6}", after)
    )


def _is_issued_range(digits: str) -> bool:
    return any(len(digits) in sizes and prefix.match(digits) for prefix, sizes in _CARD_RANGES)


def judge_iban(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept what the recognizer checked, but for the examples of the registry."""
    code = re.sub(r"[ \u00a0-]", "", place.value).lower()
    if exclusions.has("iban", "published_example", code):
        return drop("published_example")
    return place.accept(confidence=Confidence.HIGH, evidence="mod97")


_SSN_WORD: Final = re.compile(r"\bssns?\b|ssn|soc(?:ial)?[ _-]?sec|social", re.IGNORECASE)
_TAX_WORD: Final = re.compile(r"tax|\btin\b", re.IGNORECASE)


def judge_ssn(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept a dashed number, and with a word for it before it a spaced or plain one."""
    value, before = place.value, place.before()
    has_word = _SSN_WORD.search(before) is not None
    is_dashed = "-" in value
    digits = re.sub(r"\D", "", value)
    reason = first_reason(
        (
            ("published_example", exclusions.has("ssn", "published_example", digits)),
            ("pattern_digits", len(set(digits)) < 3),  # noqa: PLR2004 - 111-22-1111 is typed, not issued
            ("no_context", not (has_word or is_dashed)),
            ("longer_number", re.match(r"[./]\d", place.after(2))),
        )
    )
    if reason:
        return drop(reason)
    has_word = has_word or _TAX_WORD.search(before) is not None
    return place.accept(
        confidence=Confidence.HIGH if has_word else Confidence.MEDIUM,
        evidence="ssn_word" if has_word else "dashed",
    )


_DATE: Final = re.compile(
    r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:\d{6})?"
)
_WORD_DISTANCE: Final = 40
_IN_NUMBER: Final = re.compile(r"[\w.,/:*^+%-]$")
_NEXT_TO_WORD: Final = re.compile(
    r"(?:no|num|number|nr|nummer)?[\s.\"'`\])>]{0,4}(?:[:=]+>?|,)?[\s\"'`(\[>]{0,4}(?:string)?$",
    re.IGNORECASE,
)
_LONGER: Final = re.compile(r"[\w%]|[-./:,]\d|\s?[*/+]\s?\d")
_ABROAD_IN_GROUPS: Final = re.compile(
    r"00[1-9]\d{0,2}[ /-]{1,3}\(?\d{1,5}\)?[ /-]{1,3}\d{2,}[\d /-]*"
)
"""``0049 89 / 2178 4456``: country, area and number apart."""
_SEQUENCES: Final = "0123456789" * 2 + "x" + "9876543210" * 2


def judge_phone(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept a valid number with a country code, a phone word before it, or full US grouping."""
    value, before, after = place.value, place.before(), place.after(8)
    digits = digits_of(value)
    has_country = value.startswith("+")
    is_in_number = _IN_NUMBER.search(before) is not None
    # the word matters only where the form alone does not tell
    wants_word = not has_country or is_in_number
    rest = after_phone_word(place.text_before()[-_WORD_DISTANCE:]) if wants_word else None
    has_word = rest is not None
    has_country = has_country or (
        place.hit.rule == "phone.international" and (has_word or _is_grouped_abroad(value))
    )
    is_plain = value.isdigit() and not (has_word and _NEXT_TO_WORD.match(rest or ""))
    reason = first_reason(
        (
            ("fictional", exclusions.is_fictional_phone(digits.removeprefix("00"))),
            ("pattern_digits", not has_country and _is_typed(digits)),
            ("date", _DATE.fullmatch(value)),
            ("longer_number", after and _LONGER.match(after)),
            ("expression", is_in_number and not has_word),
            ("no_context", not (has_country or has_word or place.hit.rule == "phone.us")),
            ("bare_digits", is_plain and not has_country),
        )
    )
    if reason:
        return drop(reason)
    if has_country:
        return place.accept(confidence=Confidence.HIGH, evidence="country_code")
    if has_word:
        return place.accept(confidence=Confidence.HIGH, evidence="phone_word")
    return place.accept(confidence=Confidence.MEDIUM, evidence="us_grouping")


def _is_grouped_abroad(value: str) -> bool:
    """Tell whether ``00``, country, area and number stand in groups, unlike a dump's, uneven."""
    sizes = {len(group) for group in re.findall(r"\d+", value)}
    return _ABROAD_IN_GROUPS.fullmatch(value) is not None and len(sizes) > 1


def judge_phone_beside(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept a national number that a person or another phone stands beside."""
    digits = digits_of(place.value)
    reason = first_reason(
        (
            ("fictional", exclusions.is_fictional_phone(digits)),
            ("pattern_digits", _is_typed(digits)),
            ("date", _DATE.fullmatch(place.value)),
        )
    )
    return drop(reason) if reason else place.accept(confidence=Confidence.MEDIUM, evidence="beside")


def _is_typed(digits: str) -> bool:
    """Tell whether digits were typed along the keyboard, or are one or two digits repeated."""
    tail = digits[-7:]
    few = 2 if len(digits) < 12 else 1  # noqa: PLR2004 - a long number may well end in 00 00 11
    return len(set(tail)) <= few or tail in _SEQUENCES


def judge_identity(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept what the recognizer checked, but for published examples and typed digits."""
    value = re.sub(r"[ .\-/]", "", place.value).lower()
    reason = first_reason(
        (
            ("published_example", exclusions.has("identity", "published_example", value)),
            # of letters and four digits, as India's, even 7777 says nothing
            ("pattern_digits", value[-5:].isdigit() and len(set(re.sub(r"\D", "", value))) < 3),  # noqa: PLR2004 - as above
        )
    )
    if reason:
        return drop(reason)
    is_named = place.hit.rule.endswith(".named")
    return place.accept(
        confidence=Confidence.HIGH, evidence="check_and_word" if is_named else "check_digits"
    )


def judge_column(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept what a column's reader checked, but for the published and the invented."""
    digits = re.sub(r"\D", "", place.value)
    reason = first_reason(
        (
            ("published_example", exclusions.has("ssn", "published_example", digits)),
            ("published_test_card", exclusions.has("card", "published_test_card", digits)),
            (
                "fictional",
                place.hit.rule == "phone.column" and exclusions.is_fictional_phone(digits),
            ),
            ("pattern_digits", bool(digits) and len(set(digits)) < 3),  # noqa: PLR2004 - as above
        )
    )
    return drop(reason) if reason else place.accept(confidence=Confidence.HIGH, evidence="column")
